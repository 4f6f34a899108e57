/**
 * Objects of a served model as plain manifests: what somebody had deployed before anything scaled it. Names, labels and ports after
 * llm-d/llm-d guides/pd-disaggregation; containers are reduced to what the local cloud looks at.
 */
import { stageAnnotations } from '../controllers/pod-facts.ts';
import type { JsonMap } from '../world/json.ts';
import type { ServedPickerFacts, ServedRole, ServedRoleFacts } from './service.ts';

export interface FixtureFacts {
  /** Of the service; its objects are called `<name>-<role>` and `<name>-epp`. */
  readonly name: string;
  readonly namespace: string;
  readonly replicas: Readonly<Record<'prefill' | 'decode', number>>;
  readonly gpusPerPod: number;
  /** Seconds from running to ready; drawn by the kubelet unless given. */
  readonly loadSeconds?: number;
}

const metricsPorts: Readonly<Record<ServedRole, number>> = { aggregated: 8000, prefill: 8000, decode: 8200 };
const PICKER_METRICS_PORT = 9090;
/** A model server that is taken away finishes what it has (vLLM `--shutdown-timeout`, 45 s in llm-d's guides). */
const DRAIN_SECONDS = 45;

/** Selects the pods of one role; leader and workers of a group alike. */
export const rolePods = (name: string, role: ServedRole): Readonly<Record<string, string>> => ({
  'llm-d.ai/guide': name,
  'llm-d.ai/role': role,
});

const pickerPods = (name: string): Readonly<Record<string, string>> => ({ app: `${name}-epp` });

/** What a `ServedService` says of a role of these objects. */
export function servedRole(
  name: string,
  role: ServedRole,
  performance: ServedRoleFacts['performance'],
): ServedRoleFacts {
  return { role, pods: rolePods(name, role), metricsPort: metricsPorts[role], performance };
}

/** What a `ServedService` says of the picker of these objects. */
export function servedPicker(name: string, flowControl: boolean): ServedPickerFacts {
  return { pods: pickerPods(name), inferencePool: name, metricsPort: PICKER_METRICS_PORT, flowControl };
}

/** Prefill and decode Deployments, their disruption budgets, and the endpoint picker before them. */
export function prefillDecodeObjects(facts: FixtureFacts): readonly JsonMap[] {
  return [
    namespaceObject(facts),
    endpointPicker(facts),
    ...(['prefill', 'decode'] as const).flatMap((role) => [
      modelServerDeployment(facts, role),
      disruptionBudget(facts, role),
    ]),
  ];
}

/** An aggregated model over several nodes: a LeaderWorkerSet of `size` pods a group. */
export function leaderWorkerObjects(
  facts: Omit<FixtureFacts, 'replicas'> & { readonly replicas: number; readonly size: number },
): readonly JsonMap[] {
  const labels = rolePods(facts.name, 'aggregated');
  const template = podTemplate(facts, 'aggregated');
  const set = {
    apiVersion: 'leaderworkerset.x-k8s.io/v1',
    kind: 'LeaderWorkerSet',
    metadata: { name: `${facts.name}-aggregated`, namespace: facts.namespace, labels },
    spec: {
      replicas: facts.replicas,
      leaderWorkerTemplate: {
        size: facts.size,
        restartPolicy: 'RecreateGroupOnPodRestart',
        leaderTemplate: template,
        workerTemplate: template,
      },
    },
  };
  return [namespaceObject(facts), endpointPicker(facts), set, disruptionBudget(facts, 'aggregated')];
}

type Place = Pick<FixtureFacts, 'name' | 'namespace'>;
type Pods = Pick<FixtureFacts, 'name' | 'gpusPerPod' | 'loadSeconds'>;

function namespaceObject({ namespace }: Place): JsonMap {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
}

function modelServerDeployment(facts: FixtureFacts, role: 'prefill' | 'decode'): JsonMap {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${facts.name}-${role}`, namespace: facts.namespace, labels: rolePods(facts.name, role) },
    spec: {
      replicas: facts.replicas[role],
      // A fixed number of GPUs: an old pod makes room before a new one comes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      selector: { matchLabels: rolePods(facts.name, role) },
      template: podTemplate(facts, role),
    },
  };
}

function podTemplate({ name, gpusPerPod, loadSeconds }: Pods, role: ServedRole): JsonMap {
  const gpus = { 'nvidia.com/gpu': String(gpusPerPod) };
  return {
    metadata: {
      labels: { 'llm-d.ai/inference-serving': 'true', ...rolePods(name, role) },
      annotations: {
        [stageAnnotations.drain]: String(DRAIN_SECONDS),
        ...(loadSeconds !== undefined && { [stageAnnotations.load]: String(loadSeconds) }),
      },
    },
    spec: {
      terminationGracePeriodSeconds: 2 * DRAIN_SECONDS,
      tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
      containers: [
        {
          name: 'modelserver',
          image: 'vllm/vllm-openai:v0.19.0',
          ports: [{ name: 'modelserver', containerPort: metricsPorts[role] }],
          resources: { requests: { cpu: '16', memory: '64Gi', ...gpus }, limits: gpus },
        },
      ],
    },
  };
}

function endpointPicker({ name, namespace }: Place): JsonMap {
  const labels = pickerPods(name);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${name}-epp`, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'epp',
              image: 'llm-d/llm-d-router:v0.10.0',
              ports: [
                { name: 'grpc', containerPort: 9002 },
                { name: 'metrics', containerPort: PICKER_METRICS_PORT },
              ],
            },
          ],
        },
      },
    },
  };
}

function disruptionBudget({ name, namespace }: Place, role: ServedRole): JsonMap {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: `${name}-${role}`, namespace },
    spec: { maxUnavailable: 1, selector: { matchLabels: rolePods(name, role) } },
  };
}
