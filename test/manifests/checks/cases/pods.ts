/** Probes, drain, rollout, memory, NICs, images, credentials, labels. */
import {
  claiming,
  interfaces,
  makeClaimTemplate,
  makeDeployment,
  makePicker,
  makeTemplate,
  makeTwoNodes,
} from '../make-manifests.ts';
import type { Case } from './case.ts';

const zero = Object.fromEntries([0, 1].map((index) => [`networking.gke.io.networks/rdma-${index}`, '0']));
const annotated = { annotations: interfaces('rdma-0', 'rdma-1') };
const withZero = { container: { resources: { limits: { 'nvidia.com/gpu': '1', ...zero } } } };
const network = (name: string) => ({ apiVersion: 'networking.gke.io/v1', kind: 'Network', metadata: { name } });
const ray =
  'bash /vllm-workspace/examples/online_serving/multi-node-serving.sh leader --ray_cluster_size=$(LWS_GROUP_SIZE)';
const offload = (gib: number) =>
  `{"kv_connector":"OffloadingConnector","kv_role":"kv_both","kv_connector_extra_config":{"cpu_bytes_to_use":${gib * 2 ** 30}}}`;
const memory = (limit: string) => ({ container: { resources: { limits: { memory: limit, 'nvidia.com/gpu': '1' } } } });

export const podCases: readonly Case[] = [
  {
    rule: 'startup-probe',
    name: 'liveness alone',
    wrong: [makeDeployment({ container: { startupProbe: undefined } })],
    right: [makeDeployment()],
    found: [
      'Deployment/llama spec.template.spec.containers[0].livenessProbe: liveness kills the container 30 s after its start, loaded or not, and there is no startup probe',
    ],
  },
  {
    rule: 'readiness-probe',
    name: 'none, and an open port',
    wrong: [
      makeDeployment({ container: { startupProbe: undefined, readinessProbe: undefined } }),
      makeDeployment({ name: 'tcp', container: { readinessProbe: { tcpSocket: { port: 8000 } } } }),
    ],
    right: [makeDeployment()],
    found: [
      'Deployment/llama spec.template.spec.containers[0]: there is no readiness probe: requests arrive before the model is loaded',
      'Deployment/tcp spec.template.spec.containers[0].readinessProbe.tcpSocket: an open port says nothing about the model behind it',
    ],
  },
  {
    rule: 'progress-deadline',
    name: 'the default below the budget',
    wrong: [makeDeployment({ spec: { progressDeadlineSeconds: undefined } })],
    right: [makeDeployment()],
    found: ['Deployment/llama spec: the Deployment is reported as failed after 600 s, its pods may load for 3600 s'],
  },
  {
    rule: 'grace-covers-drain',
    name: 'the default grace',
    wrong: [makeDeployment({ pod: { terminationGracePeriodSeconds: undefined } })],
    right: [makeDeployment({ pod: { terminationGracePeriodSeconds: 65 } })],
    found: [
      'Deployment/llama spec.template.spec: the pod is killed after 30 s; preStop 15 s + --shutdown-timeout 45 s + exit 5 s = 65 s',
    ],
  },
  {
    rule: 'drains',
    name: 'no wait and no timeout',
    wrong: [makeDeployment({ container: { args: ['m'], lifecycle: undefined } })],
    right: [makeDeployment()],
    found: [
      'Deployment/llama spec.template.spec.containers[0]: there is no preStop wait (requests still arrive when it ends) and no --shutdown-timeout (its default, 0, aborts requests in flight)',
    ],
  },
  {
    rule: 'picker-grace',
    name: 'a picker that goes before its pods',
    wrong: [makeDeployment({ pod: { terminationGracePeriodSeconds: 200 } }), makePicker()],
    right: [makeDeployment(), makePicker()],
    found: [
      'Deployment/picker spec.template.spec.terminationGracePeriodSeconds: the endpoint picker is killed after 130 s, model servers have 200 s',
    ],
  },
  {
    rule: 'surge-or-unavailable',
    name: 'both zero, also as percent of few',
    wrong: [
      makeDeployment({ spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } } }),
      makeTwoNodes({
        spec: { rolloutStrategy: { rollingUpdateConfiguration: { maxSurge: 0, maxUnavailable: '10%' } } },
      }),
    ],
    right: [makeDeployment(), makeTwoNodes()],
    found: [
      'Deployment/llama spec.strategy.rollingUpdate: of 2 replicas maxSurge is 0 and maxUnavailable 0',
      'LeaderWorkerSet/llama spec.rolloutStrategy.rollingUpdateConfiguration: of 1 replica maxSurge is 0 and maxUnavailable 0',
    ],
  },
  {
    rule: 'surge-fits-spare-gpus',
    name: 'the default surge on a full cluster',
    spareGpus: 4,
    wrong: [makeDeployment({ gpus: 8, args: ['--tensor-parallel-size=8'], spec: { strategy: undefined } })],
    right: [makeDeployment({ gpus: 8, args: ['--tensor-parallel-size=8'] })],
    found: ['Deployment/llama spec: a rollout adds 1 pod of 8 GPUs, and 4 are spare'],
  },
  {
    rule: 'leader-ready-deadlock',
    name: 'workers that come after a ready leader',
    wrong: [makeTwoNodes({ spec: { startupPolicy: 'LeaderReady' } })],
    right: [makeTwoNodes({ spec: { startupPolicy: 'LeaderCreated' } })],
    found: [
      'LeaderWorkerSet/llama spec.startupPolicy: the leader waits for its 1 worker, created only when it is ready',
    ],
  },
  {
    rule: 'bare-pod',
    name: 'a Pod that serves',
    wrong: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'vllm' }, spec: makeTemplate().spec }],
    right: [makeDeployment()],
    found: ['Pod/vllm kind: Pod vllm is replaced by nobody when its node goes, and cannot be rolled out'],
  },
  {
    rule: 'memory-covers-shm',
    name: '16 GiB with 20 GiB of shared memory',
    wrong: [makeDeployment(memory('16Gi'))],
    right: [makeDeployment(memory('64Gi'))],
    found: [
      'Deployment/llama spec.template.spec.containers[0].resources.limits.memory: the limit is 16 GiB, volumes in memory may take 20 GiB of it',
    ],
  },
  {
    rule: 'memory-covers-offload',
    name: '64 GiB with 100 GiB of blocks',
    wrong: [makeDeployment({ args: ['--kv-transfer-config', offload(100)], ...memory('64Gi') })],
    right: [makeDeployment({ args: ['--kv-transfer-config', offload(100)], ...memory('160Gi') })],
    found: [
      'Deployment/llama spec.template.spec.containers[0].resources.limits.memory: the limit is 64 GiB, offloaded blocks take 100 GiB and shared memory 20 GiB',
    ],
  },
  {
    rule: 'one-rdma-attachment',
    name: 'annotation and claim',
    wrong: [
      makeClaimTemplate('gpu-nic', 'gpu.nvidia.com', 'mrdma.google.com'),
      makeDeployment({ ...annotated, ...claiming(1) }),
    ],
    right: [
      makeClaimTemplate('gpu-nic', 'gpu.nvidia.com', 'mrdma.google.com'),
      makeDeployment(claiming(1)),
      makeDeployment({ name: 'b', ...annotated }),
    ],
    found: [
      "Deployment/llama spec.template.metadata.annotations['networking.gke.io/interfaces']: the annotation attaches rdma-0, rdma-1, and a claim asks for NICs too",
    ],
  },
  {
    rule: 'gpu-claims-only',
    name: 'plugin and claim',
    wrong: [
      makeClaimTemplate('gpu-nic', 'gpu.nvidia.com'),
      makeDeployment({
        ...claiming(1),
        container: { resources: { claims: [{ name: 'rank-0' }], limits: { 'nvidia.com/gpu': '1' } } },
      }),
    ],
    right: [makeClaimTemplate('gpu-nic', 'gpu.nvidia.com'), makeDeployment(claiming(1))],
    found: [
      "Deployment/llama spec.template.spec.containers[0].resources.limits['nvidia.com/gpu']: the device plugin is asked for 1 GPU, claims for 1 more",
    ],
  },
  {
    rule: 'interfaces-readable',
    name: 'no JSON, and one network twice',
    wrong: [
      makeDeployment({ annotations: { 'networking.gke.io/interfaces': "[{'interfaceName':'eth0'}]" } }),
      makeDeployment({ name: 'twice', annotations: interfaces('rdma-0', 'rdma-0') }),
    ],
    right: [makeDeployment(annotated)],
    found: [
      "Deployment/llama spec.template.metadata.annotations['networking.gke.io/interfaces']: it is no JSON list",
      "Deployment/twice spec.template.metadata.annotations['networking.gke.io/interfaces']: rdma-0 is there twice",
    ],
  },
  {
    rule: 'network-exists',
    name: 'a network that nobody made',
    wrong: [network('rdma-0'), makeDeployment(annotated)],
    right: [network('rdma-0'), network('rdma-1'), makeDeployment(annotated)],
    found: [
      "Deployment/llama spec.template.metadata.annotations['networking.gke.io/interfaces']: no Network here is called rdma-1",
    ],
  },
  {
    rule: 'rdma-bare-request',
    name: 'no limit of "0"',
    wrong: [makeDeployment(annotated)],
    right: [makeDeployment({ ...annotated, ...withZero })],
    found: [
      'Deployment/llama spec.template.spec.containers[0].resources.limits: 2 of 2 RDMA networks have no limit of "0", so the pod stays pending on nodes that offer only rdma-0.IP',
    ],
  },
  {
    rule: 'ucx-tls-rdma',
    name: 'TCP on a pod with NICs',
    wrong: [makeDeployment({ ...annotated, env: [{ name: 'UCX_TLS', value: 'cuda_ipc,cuda_copy,tcp' }] })],
    right: [
      makeDeployment({ ...annotated, env: [{ name: 'UCX_TLS', value: 'rc,cuda_copy' }] }),
      makeDeployment({ name: 'no-nics', env: [{ name: 'UCX_TLS', value: 'cuda_ipc,tcp' }] }),
    ],
    found: [
      'Deployment/llama spec.template.spec.containers[0].env[0].value: UCX_TLS is cuda_ipc,cuda_copy,tcp, with no RDMA transport in it',
    ],
  },
  {
    rule: 'nccl-env-sourced',
    name: 'printed, and run by another shell',
    wrong: [
      makeDeployment({ script: 'cat /usr/local/gib/scripts/set_nccl_env.sh\nvllm serve m' }),
      makeDeployment({ name: 'child', script: 'bash /usr/local/gib/scripts/set_nccl_env.sh && vllm serve m' }),
    ],
    right: [
      makeDeployment({
        script:
          'cat /usr/local/gib/scripts/set_nccl_env.sh; source /usr/local/gib/scripts/set_nccl_env.sh && vllm serve m',
      }),
    ],
    found: [
      'Deployment/llama spec.template.spec.containers[0].args[0]: cat /usr/local/gib/scripts/set_nccl_env.sh leaves nothing in the environment of the server',
      'Deployment/child spec.template.spec.containers[0].args[0]: bash /usr/local/gib/scripts/set_nccl_env.sh leaves nothing in the environment of the server',
    ],
  },
  {
    rule: 'library-path',
    name: 'x88_64',
    wrong: [
      makeDeployment({
        env: [{ name: 'LD_LIBRARY_PATH', value: '/usr/lib/x88_64-linux-gnu:/usr/local/nvidia/lib64' }],
      }),
    ],
    right: [
      makeDeployment({
        env: [{ name: 'LD_LIBRARY_PATH', value: '/usr/lib/x86_64-linux-gnu:/usr/local/nvidia/lib64' }],
      }),
    ],
    found: [
      'Deployment/llama spec.template.spec.containers[0].env[0].value: there is no folder /usr/lib/x88_64-linux-gnu',
    ],
  },
  {
    rule: 'flag-newer-than-image',
    name: 'a flag of 0.18.0 on 0.17.1',
    wrong: [makeDeployment({ image: 'mirror.example/vllm/vllm-openai:v0.17.1' })],
    right: [
      makeDeployment({ image: 'vllm/vllm-openai:v0.18.0' }),
      makeDeployment({ name: 'b', image: 'example/own:v0.1.0' }),
    ],
    found: [
      'Deployment/llama spec.template.spec.containers[0].args: --shutdown-timeout is there since vLLM 0.18.0, the image has 0.17.1',
    ],
  },
  {
    rule: 'floating-tag',
    name: 'latest, by name and by default',
    wrong: [
      makeDeployment({ image: 'vllm/vllm-openai:latest' }),
      makeDeployment({ name: 'b', image: 'vllm/vllm-openai' }),
    ],
    right: [
      makeDeployment({ image: 'localhost:5000/vllm/vllm-openai:v0.30.0' }),
      makeDeployment({ name: 'b', image: `x/y@sha256:${'0'.repeat(64)}` }),
    ],
    found: [
      'Deployment/llama spec.template.spec.containers[0].image: vllm/vllm-openai:latest is another image tomorrow',
      'Deployment/b spec.template.spec.containers[0].image: vllm/vllm-openai is another image tomorrow',
    ],
  },
  {
    rule: 'old-image',
    name: '0.8.5',
    wrong: [makeDeployment({ image: 'vllm/vllm-openai:v0.8.5' })],
    right: [makeDeployment({ image: 'vllm/vllm-openai:v0.11.0' })],
    found: [
      'Deployment/llama spec.template.spec.containers[0].image: vLLM 0.8.5 has the V0 engine’s metrics and cannot end requests in flight',
    ],
  },
  {
    rule: 'ray-in-image',
    name: 'Ray in the stock image',
    wrong: [makeTwoNodes({ leader: { script: `${ray} && vllm serve m -tp 8 -pp 2` } })],
    right: [
      makeTwoNodes({ leader: { script: `${ray} && vllm serve m -tp 8 -pp 2`, image: 'example/vllm-with-ray:v1' } }),
    ],
    found: [
      'LeaderWorkerSet/llama spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0].image: vllm/vllm-openai:v0.30.0 comes without Ray',
    ],
  },
  {
    rule: 'ray-script-path',
    name: 'the former path',
    wrong: [makeTwoNodes({ leader: { script: `${ray} && vllm serve m -tp 8 -pp 2` } })],
    right: [
      makeTwoNodes({
        leader: { script: `${ray.replace('online_serving', 'ray_serving')} && vllm serve m -tp 8 -pp 2` },
      }),
    ],
    found: [
      'LeaderWorkerSet/llama spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0].args[0]: this version has no examples/online_serving/multi-node-serving.sh',
    ],
  },
  {
    rule: 'server-after-failure',
    name: 'a semicolon',
    wrong: [makeTwoNodes({ leader: { script: `${ray}; vllm serve m -tp 8 -pp 2` } })],
    right: [
      makeTwoNodes({ leader: { script: `${ray} && vllm serve m -tp 8 -pp 2` } }),
      makeTwoNodes({ name: 'b', leader: { script: `set -e\n${ray}\nvllm serve m -tp 8 -pp 2` } }),
    ],
    found: [
      'LeaderWorkerSet/llama spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0].args[0]: the server starts after ; even if the group never formed, with the GPUs of one node',
    ],
  },
  {
    rule: 'command-is-program',
    name: 'source as a program',
    wrong: [makeDeployment({ container: { command: ['source /usr/local/gib/scripts/set_nccl_env.sh'] } })],
    right: [makeDeployment()],
    found: [
      'Deployment/llama spec.template.spec.containers[0].command[0]: there is no program called “source /usr/local/gib/scripts/set_nccl_env.sh”',
    ],
  },
  {
    rule: 'literal-token',
    name: 'in the environment, as a placeholder, and as a flag',
    wrong: [
      makeDeployment({
        env: [
          { name: 'HF_TOKEN', value: 'hf_abcdefghijklmnopqrstuvwxyz012345' },
          { name: 'AWS_SECRET_ACCESS_KEY', value: '$AWS_SECRET' },
        ],
      }),
      makeDeployment({ name: 'flag', args: ['--api-key=s3cret'] }),
    ],
    right: [
      makeDeployment({
        args: ['--api-key=$(API_KEY)'],
        env: [
          { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: 'llm-d-hf-token', key: 'HF_TOKEN' } } },
          { name: 'OPENAI_API_KEY', value: 'EMPTY' },
          { name: 'MAX_TOKENS', value: '256' },
        ],
      }),
    ],
    found: [
      'Deployment/llama spec.template.spec.containers[0].env[0].value: HF_TOKEN holds the token itself',
      'Deployment/llama spec.template.spec.containers[0].env[1].value: AWS_SECRET_ACCESS_KEY will hold the token itself once $AWS_SECRET is filled in',
      'Deployment/flag spec.template.spec.containers[0].args: --api-key has the credential in it',
    ],
  },
  {
    rule: 'token-name',
    name: 'the former name',
    wrong: [makeDeployment({ env: [{ name: 'HUGGING_FACE_HUB_TOKEN', valueFrom: {} }] })],
    right: [
      makeDeployment({
        env: [
          { name: 'HUGGING_FACE_HUB_TOKEN', valueFrom: {} },
          { name: 'HF_TOKEN', valueFrom: {} },
        ],
      }),
    ],
    found: ['Deployment/llama spec.template.spec.containers[0].env[0].name: HUGGING_FACE_HUB_TOKEN is a former name'],
  },
  {
    rule: 'label-length',
    name: 'a slash, 64 characters, and a truth value',
    wrong: [makeDeployment({ labels: { model: 'meta-llama/Llama-3.1-8B', long: 'x'.repeat(64), serving: true } })],
    right: [makeDeployment({ labels: { model: 'llama-3.1-8b', long: 'x'.repeat(63), pool: '${POOL}/x' } })],
    found: [
      'Deployment/llama spec.template.metadata.labels.model: model: meta-llama/Llama-3.1-8B has characters that no label may have',
      'Deployment/llama spec.template.metadata.labels.long: long: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx has 64 characters',
      'Deployment/llama spec.template.metadata.labels.serving: serving is true, which is no text in YAML',
    ],
  },
  {
    rule: 'deprecated-label',
    name: 'camel case, a lost hyphen, and both',
    wrong: [
      makeDeployment({
        labels: { 'llm-d.ai/inferenceServing': 'true', 'llmd.ai/model': 'm', 'llm-d.ai/role': 'both' },
      }),
    ],
    right: [makeDeployment({ labels: { 'llm-d.ai/inference-serving': 'true', 'llm-d.ai/role': 'prefill-decode' } })],
    found: [
      "Deployment/llama spec.template.metadata.labels['llm-d.ai/inferenceServing']: llm-d.ai/inferenceServing: true is a former spelling",
      "Deployment/llama spec.template.metadata.labels['llmd.ai/model']: llmd.ai/model: m is a former spelling",
      "Deployment/llama spec.template.metadata.labels['llm-d.ai/role']: llm-d.ai/role: both is a former spelling",
    ],
  },
];
