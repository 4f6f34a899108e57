/**
 * The mistakes of the blog series that this project grew from (maci0/gke-inference-from-scratch part2.md, and its first edition), and those
 * that manifests of 2025 share. The manifests are written for this test; each has the mistakes that it is named after, and nothing else.
 */
import { describe, expect, it } from 'vitest';
import { readManifests } from '../../../functions/cli/manifest-file.ts';
import { checkObjects } from '#manifests/checks/check-objects.ts';

function rulesIn(text: string): readonly string[] {
  const { objects, problems } = readManifests(text);
  expect(problems).toEqual([]);
  return [...new Set(checkObjects(objects).map(({ rule }) => rule))].toSorted();
}

const barePod = `
apiVersion: v1
kind: Pod
metadata: { name: two-gpus, labels: { app: inference } }
spec:
  containers:
    - name: server
      image: vllm/vllm-openai:latest
      command: [/bin/bash, -c]
      args:
        - |
          set -e
          cat /usr/local/gib/scripts/set_nccl_env.sh
          python3 -m vllm.entrypoints.openai.api_server \\
            --model google/gemma-3-27b-it --tensor-parallel-size 2
      env:
        - { name: LD_LIBRARY_PATH, value: "/usr/lib/x88_64-linux-gnu:/usr/local/nvidia/lib64" }
        - name: HUGGING_FACE_HUB_TOKEN
          valueFrom: { secretKeyRef: { name: hf, key: token } }
      resources: { limits: { nvidia.com/gpu: 2 } }
      volumeMounts: [{ name: shm, mountPath: /dev/shm }]
  volumes: [{ name: shm, emptyDir: { medium: Memory } }]
`;

const group = `
apiVersion: leaderworkerset.x-k8s.io/v1
kind: LeaderWorkerSet
metadata: { name: vllm-multi-node }
spec:
  leaderWorkerTemplate:
    size: 2
    leaderTemplate:
      metadata:
        labels: { role: leader }
        annotations:
          networking.gke.io/default-interface: eth0
          networking.gke.io/interfaces: |
            [{"interfaceName":"eth0","network":"default"}, {"interfaceName":"eth1","network":"gvnic-1"},
             {"interfaceName":"eth2","network":"rdma-0"}]
      spec:
        containers:
          - name: leader
            image: vllm/vllm-openai:v0.8.5
            command: [sh, -c]
            args:
              - bash /vllm-workspace/examples/online_serving/multi-node-serving.sh leader --ray_cluster_size=$(LWS_GROUP_SIZE);
                python3 -m vllm.entrypoints.openai.api_server --model big --tensor-parallel-size 16 --pipeline-parallel-size 2
            resources: { limits: { nvidia.com/gpu: 8 } }
            ports: [{ containerPort: 8000 }]
            readinessProbe: { tcpSocket: { port: 8080 } }
            volumeMounts: [{ name: shm, mountPath: /dev/shm }]
        volumes: [{ name: shm, emptyDir: { medium: Memory } }]
    workerTemplate:
      spec:
        containers:
          - name: worker
            image: vllm/vllm-openai:v0.8.5
            command: [sh, -c, "bash /vllm-workspace/examples/online_serving/multi-node-serving.sh worker --ray_address=$(LWS_LEADER_ADDRESS)"]
            resources: { limits: { nvidia.com/gpu: 8 } }
            readinessProbe: { tcpSocket: { port: 8080 } }
---
apiVersion: v1
kind: Service
metadata: { name: leader }
spec:
  selector: { leaderworkerset.sigs.k8s.io/name: vllm, role: leader }
  ports: [{ port: 8000 }]
---
apiVersion: networking.gke.io/v1
kind: Network
metadata: { name: rdma-0 }
`;

const rayService = `
apiVersion: ray.io/v1
kind: RayService
metadata: { name: ray }
spec:
  rayClusterConfig:
    workerGroupSpecs:
      - template:
          spec:
            containers:
              - name: worker
                image: vllm/vllm-openai:latest
                command: ["source /usr/local/gib/scripts/set_nccl_env.sh"]
`;

const of2025 = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: llama }
spec:
  replicas: 1
  selector: { matchLabels: { app: llama } }
  template:
    metadata: { labels: { app: llama, llm-d.ai/inferenceServing: "true", llm-d.ai/role: both } }
    spec:
      containers:
        - name: vllm
          image: vllm/vllm-openai:v0.8.5
          args: [--model, llama]
          env: [{ name: HF_TOKEN, value: hf_abcdefghijklmnopqrstuvwxyz012345 }]
          livenessProbe: { httpGet: { path: /health, port: 8000 } }
---
apiVersion: inference.networking.x-k8s.io/v1alpha2
kind: InferencePool
metadata: { name: llama }
spec: { selector: { app: llama2 }, targetPortNumber: 8000, extensionRef: { name: epp } }
---
apiVersion: inference.networking.x-k8s.io/v1alpha2
kind: InferenceModel
metadata: { name: llama }
spec: { modelName: llama, poolRef: { name: llama } }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: llama }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: llama }
  metrics:
    - type: Pods
      pods: { metric: { name: "vllm:gpu_cache_usage_perc" }, target: { type: AverageValue, averageValue: "0.8" } }
    - type: Pods
      pods: { metric: { name: inference_extension_flow_control_queue_size }, target: { type: AverageValue, averageValue: "1" } }
  behavior: { scaleDown: { stabilizationWindowSeconds: 0 } }
`;

describe('of the series', () => {
  const single = rulesIn(barePod);
  const multi = rulesIn(group);

  it.each([
    { mistake: 'a bare Pod', rule: 'bare-pod', found: single },
    { mistake: 'cat instead of source', rule: 'nccl-env-sourced', found: single },
    { mistake: 'x88_64 in LD_LIBRARY_PATH', rule: 'library-path', found: single },
    { mistake: 'the former name of the token', rule: 'token-name', found: single },
    { mistake: 'an image that is another one tomorrow', rule: 'floating-tag', found: single },
    { mistake: 'no probe at all', rule: 'readiness-probe', found: single },
    { mistake: 'the Service of a LeaderWorkerSet of another name', rule: 'leader-worker-set-name', found: multi },
    { mistake: 'readiness of a worker that answers nobody', rule: 'probes-on-silent-worker', found: multi },
    { mistake: 'readiness on a port where nobody listens', rule: 'probe-port-exists', found: multi },
    { mistake: 'readiness that asks for an open port', rule: 'readiness-probe', found: multi },
    { mistake: 'sixteen tensor-parallel ranks on eight GPUs', rule: 'parallelism-fills-gpus', found: multi },
    { mistake: 'a server after a script that failed', rule: 'server-after-failure', found: multi },
    { mistake: 'an image of early 2025', rule: 'old-image', found: multi },
    { mistake: 'an interface on a network that is not there', rule: 'network-exists', found: multi },
    { mistake: 'RDMA networks without the limit of "0"', rule: 'rdma-bare-request', found: multi },
    { mistake: 'requests in flight that nobody waits for', rule: 'drains', found: multi },
    { mistake: 'source as a program', rule: 'command-is-program', found: rulesIn(rayService) },
  ])('$mistake is found', ({ rule, found }) => {
    expect(found).toContain(rule);
  });

  it('Ray in an image without it, and its script in its former place, are found in today’s image', () => {
    const today = rulesIn(group.replaceAll('v0.8.5', 'v0.30.0'));

    expect(today).toEqual(expect.arrayContaining(['ray-in-image', 'ray-script-path']));
  });
});

describe('of 2025', () => {
  const found = rulesIn(of2025);

  it.each([
    'startup-probe',
    'drains',
    'literal-token',
    'former-metric-name',
    'retired-kind',
    'deprecated-label',
    'selector-near-miss',
    'old-image',
    'hasty-scale-down',
  ])('%s is found', (rule) => {
    expect(found).toContain(rule);
  });

  it('blocks over TCP on a pod with NICs are found', () => {
    const tcp = group.replace('resources:', 'env: [{ name: UCX_TLS, value: "cuda_copy,tcp" }]\n            resources:');

    expect(rulesIn(tcp)).toContain('ucx-tls-rdma');
  });
});
