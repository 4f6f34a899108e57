/** Manifests in which nothing is wrong, to be broken in one place. */

export interface ServerParts {
  readonly name?: string;
  readonly model?: string;
  readonly args?: readonly string[];
  /** Instead of `vllm serve` and its arguments. */
  readonly script?: string;
  readonly image?: string;
  readonly env?: readonly object[];
  readonly gpus?: number;
  /** Of the container, beside or instead of what is there. */
  readonly container?: object;
  /** Of the pod. */
  readonly pod?: object;
  readonly labels?: object;
  readonly annotations?: object;
  /** Of the workload. */
  readonly spec?: object;
}

const probe = (path: string, failureThreshold: number) => ({
  httpGet: { path, port: 'http' },
  periodSeconds: 10,
  failureThreshold,
});

export function makeTemplate(parts: ServerParts = {}) {
  const { name = 'llama', image = 'vllm/vllm-openai:v0.30.0', gpus = 1, script, args = [] } = parts;
  const resources = { memory: '64Gi', 'nvidia.com/gpu': String(gpus) };
  return {
    metadata: {
      labels: { app: name, ...parts.labels },
      ...(parts.annotations !== undefined && { annotations: parts.annotations }),
    },
    spec: {
      terminationGracePeriodSeconds: 75,
      containers: [
        {
          name: 'vllm',
          image,
          command: script === undefined ? ['vllm', 'serve'] : ['/bin/bash', '-c'],
          args:
            script === undefined
              ? [parts.model ?? 'meta-llama/Llama-3.1-8B', '--shutdown-timeout=45', ...args]
              : [script],
          env: parts.env ?? [],
          ports: [{ name: 'http', containerPort: 8000 }],
          lifecycle: { preStop: { exec: { command: ['/bin/sleep', '15'] } } },
          startupProbe: probe('/v1/models', 360),
          livenessProbe: probe('/health', 3),
          readinessProbe: probe('/v1/models', 3),
          resources: { requests: resources, limits: resources },
          volumeMounts: [{ name: 'shm', mountPath: '/dev/shm' }],
          ...parts.container,
        },
      ],
      volumes: [{ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '20Gi' } }],
      ...parts.pod,
    },
  };
}

export function makeDeployment(parts: ServerParts = {}) {
  const { name = 'llama' } = parts;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 2,
      progressDeadlineSeconds: 4200,
      strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      selector: { matchLabels: { app: name } },
      template: makeTemplate(parts),
      ...parts.spec,
    },
  };
}

export interface GroupParts {
  readonly name?: string;
  readonly leader: ServerParts;
  readonly worker: ServerParts;
  readonly size?: number;
  readonly spec?: object;
}

/** Two nodes of eight GPUs, one server over both. */
export function makeGroup({ name = 'llama', leader, worker, size = 2, spec }: GroupParts) {
  return {
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    kind: 'LeaderWorkerSet',
    metadata: { name },
    spec: {
      replicas: 1,
      leaderWorkerTemplate: {
        size,
        leaderTemplate: makeTemplate({ name, gpus: 8, ...leader }),
        workerTemplate: makeTemplate({ name, gpus: 8, ...worker }),
      },
      ...spec,
    },
  };
}

const nodes = '--nnodes $(LWS_GROUP_SIZE) --node-rank $(LWS_WORKER_INDEX) --master-addr $(LWS_LEADER_ADDRESS)';
const serve = 'exec vllm serve big/model --tensor-parallel-size 8 --pipeline-parallel-size $(LWS_GROUP_SIZE)';

export const silent = { startupProbe: undefined, livenessProbe: undefined, readinessProbe: undefined };

export const makeTwoNodes = (parts: Partial<GroupParts> = {}) =>
  makeGroup({
    leader: { script: `${serve} ${nodes} --shutdown-timeout 45` },
    worker: { script: `${serve} ${nodes} --headless`, container: silent },
    ...parts,
  });

export const makeService = (selector: object, port: object = { port: 80, targetPort: 'http' }) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'front' },
  spec: { selector, ports: [port] },
});

export const makePool = (selector: object, ports: readonly number[] = [8000]) => ({
  apiVersion: 'inference.networking.k8s.io/v1',
  kind: 'InferencePool',
  metadata: { name: 'pool' },
  spec: { selector: { matchLabels: selector }, targetPorts: ports.map((number) => ({ number })) },
});

const nixl = (role: string) =>
  `--kv-transfer-config={"kv_connector":"NixlConnector","kv_role":"${role}","kv_load_failure_policy":"fail"}`;

export const podIp = { name: 'VLLM_NIXL_SIDE_CHANNEL_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } };

export const makeSidecar = (over: object = {}) => ({
  name: 'routing-proxy',
  image: 'ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0',
  restartPolicy: 'Always',
  args: ['--port=8000', '--model-server-port=8200', '--secure-proxy=false'],
  ports: [{ name: 'sidecar', containerPort: 8000 }],
  ...over,
});

export function makePrefill({ args = ['--block-size=128'], ...parts }: ServerParts = {}) {
  const labels = { 'llm-d.ai/role': 'prefill', 'llm-d.ai/guide': 'pd' };
  return makeDeployment({ name: 'prefill', labels, env: [podIp], ...parts, args: [nixl('kv_producer'), ...args] });
}

export function makeDecode({ args = ['--block-size=128', '--port=8200'], ...parts }: ServerParts = {}) {
  return makeDeployment({
    name: 'decode',
    labels: { 'llm-d.ai/role': 'decode', 'llm-d.ai/guide': 'pd' },
    env: [podIp],
    pod: { initContainers: [makeSidecar()] },
    ...parts,
    args: [nixl('kv_consumer'), ...args],
    container: { ports: [{ name: 'http', containerPort: 8200 }], ...parts.container },
  });
}

export const makeClaimTemplate = (name: string, ...classes: readonly string[]) => ({
  apiVersion: 'resource.k8s.io/v1',
  kind: 'ResourceClaimTemplate',
  metadata: { name },
  spec: {
    spec: {
      devices: {
        requests: classes.map((deviceClassName, index) => ({
          name: `d${index}`,
          exactly: { deviceClassName, count: 1 },
        })),
      },
    },
  },
});

/** A pod of as many GPUs as claims. */
export const claiming = (count: number, template = 'gpu-nic') => ({
  container: { resources: { claims: Array.from({ length: count }, (_, index) => ({ name: `rank-${index}` })) } },
  pod: {
    terminationGracePeriodSeconds: 75,
    resourceClaims: Array.from({ length: count }, (_, index) => ({
      name: `rank-${index}`,
      resourceClaimTemplateName: template,
    })),
  },
});

export const interfaces = (...networks: readonly string[]) => ({
  'networking.gke.io/default-interface': 'eth0',
  'networking.gke.io/interfaces': JSON.stringify(
    ['default', ...networks].map((network, index) => ({ interfaceName: `eth${index}`, network })),
  ),
});

export const makePicker = (over: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'picker' },
  spec: {
    strategy: { type: 'Recreate' },
    selector: { matchLabels: { app: 'picker' } },
    template: {
      metadata: { labels: { app: 'picker' } },
      spec: {
        terminationGracePeriodSeconds: 130,
        containers: [{ name: 'epp', image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0' }],
      },
    },
    ...over,
  },
});

export const makePickerConfig = (text: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'picker' },
  data: { 'config.yaml': `apiVersion: llm-d.ai/v1alpha1\nkind: EndpointPickerConfig\n${text}` },
});

export const makeScaledObject = (query: string, over: object = {}) => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'scaler' },
  spec: {
    scaleTargetRef: { name: 'llama' },
    triggers: [{ type: 'prometheus', metadata: { query, threshold: '5' } }],
    ...over,
  },
});

export const makeAutoscaler = (metric: string, over: object = {}) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'autoscaler' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llama' },
    metrics: [
      { type: 'Pods', pods: { metric: { name: metric }, target: { type: 'AverageValue', averageValue: '10' } } },
    ],
    ...over,
  },
});
