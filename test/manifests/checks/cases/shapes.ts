/** Selectors, ranks, prefill and decode. */
import {
  claiming,
  makeClaimTemplate,
  makeDecode,
  makeDeployment,
  makeGroup,
  makePool,
  makePrefill,
  makeService,
  makeSidecar,
  makeTwoNodes,
  silent,
} from '../make-manifests.ts';
import type { Case } from './case.ts';

const ranks = (pods: number, local: number) =>
  makeGroup({
    leader: { args: [`--data-parallel-size=${pods * local}`, `--data-parallel-size-local=${local}`] },
    worker: { args: ['--data-parallel-size=16', '--data-parallel-size-local=8', '--data-parallel-start-rank=8'] },
  });

const roles = (slices: number, ...replicas: readonly number[]) => ({
  apiVersion: 'disaggregatedset.x-k8s.io/v1',
  kind: 'DisaggregatedSet',
  metadata: { name: 'pd' },
  spec: {
    slices,
    roles: [
      { name: 'prefill', scaling: { mode: 'External' } },
      ...replicas.map((count, index) => ({ name: `r${index}`, spec: { replicas: count } })),
    ],
  },
});

export const shapeCases: readonly Case[] = [
  {
    rule: 'selector-matches-template',
    name: 'a label that the template has not',
    wrong: [makeDeployment({ spec: { selector: { matchLabels: { app: 'lama' } } } })],
    right: [makeDeployment()],
    found: ['Deployment/llama spec.selector.matchLabels.app: the selector asks for app: lama, the template has llama'],
  },
  {
    rule: 'leader-worker-set-name',
    name: 'the name of the sample that it was copied from',
    wrong: [makeTwoNodes({ name: 'vllm-multi-node' }), makeService({ 'leaderworkerset.sigs.k8s.io/name': 'vllm' })],
    right: [makeTwoNodes({ name: 'vllm' }), makeService({ 'leaderworkerset.sigs.k8s.io/name': 'vllm' })],
    found: [
      "Service/front spec.selector['leaderworkerset.sigs.k8s.io/name']: leaderworkerset.sigs.k8s.io/name is vllm, and the LeaderWorkerSet is called vllm-multi-node",
    ],
  },
  {
    rule: 'selector-near-miss',
    name: 'another value of a label of the pods',
    wrong: [makeDeployment(), makePool({ app: 'llama2' })],
    right: [makeDeployment(), makePool({ app: 'llama' })],
    found: ['InferencePool/pool spec.selector.matchLabels.app: no pod has app: llama2; pods here have llama'],
  },
  {
    rule: 'selector-finds-nothing',
    name: 'a label that no pod has',
    wrong: [makeDeployment(), makePool({ 'llmd.ai/inferenceServing': 'true' })],
    right: [makePool({ 'llm-d.ai/guide': 'elsewhere' })],
    found: [
      "InferencePool/pool spec.selector.matchLabels['llmd.ai/inferenceServing']: no pod here has a label llmd.ai/inferenceServing",
    ],
  },
  {
    rule: 'target-port-exists',
    name: 'a port that nobody opens',
    wrong: [makeDeployment(), makeService({ app: 'llama' }, { port: 80, targetPort: 8080 })],
    right: [makeDeployment(), makeService({ app: 'llama' }, { port: 80, targetPort: 8000 })],
    found: ['Service/front spec.ports[0].targetPort: no pod that is selected has port 8080; they have http, 8000'],
  },
  {
    rule: 'parallelism-fills-gpus',
    name: 'more ranks than GPUs',
    wrong: [makeDeployment({ gpus: 4, args: ['--tensor-parallel-size', '8'] })],
    right: [makeDeployment({ gpus: 8, args: ['-tp', '8'] }), makeTwoNodes()],
    found: ['Deployment/llama spec.template.spec.containers[0].args: tensor 8 = 8 ranks on 4 GPUs'],
  },
  {
    rule: 'idle-gpus',
    name: 'fewer ranks than GPUs',
    wrong: [makeDeployment({ gpus: 8, args: ['--tensor_parallel_size=4'] })],
    right: [makeDeployment({ gpus: 8, args: ['--tensor-parallel-size=4', '--data-parallel-size=2'] })],
    found: ['Deployment/llama spec.template.spec.containers[0].args: tensor 4 = 4 ranks on 8 GPUs'],
  },
  {
    rule: 'data-parallel-size',
    name: 'not the pods times the ranks of a pod',
    wrong: [ranks(3, 8)],
    right: [ranks(2, 8)],
    found: [
      'LeaderWorkerSet/llama spec.leaderWorkerTemplate.leaderTemplate.spec.containers[0].args: --data-parallel-size is 24, the group has 2 pods of 8 ranks = 16',
    ],
  },
  {
    rule: 'claims-count',
    name: 'fewer claims than ranks',
    wrong: [
      makeClaimTemplate('gpu-nic', 'gpu.nvidia.com', 'mrdma.google.com'),
      makeDeployment({ args: ['--tensor-parallel-size=4'], ...claiming(2) }),
    ],
    right: [
      makeClaimTemplate('gpu-nic', 'gpu.nvidia.com', 'mrdma.google.com'),
      makeDeployment({ args: ['--tensor-parallel-size=4'], ...claiming(4) }),
    ],
    found: [
      'Deployment/llama spec.template.spec.containers[0].resources.claims: 2 GPUs claimed for the 4 ranks of the pod',
    ],
  },
  {
    rule: 'shared-memory',
    name: 'several ranks without /dev/shm',
    wrong: [makeDeployment({ gpus: 2, args: ['--tensor-parallel-size=2'], container: { volumeMounts: [] } })],
    right: [makeDeployment({ gpus: 1, container: { volumeMounts: [] } })],
    found: [
      'Deployment/llama spec.template.spec.containers[0]: 2 tensor-parallel ranks share the 64 MiB of the container’s /dev/shm',
    ],
  },
  {
    rule: 'decode-behind-sidecar',
    name: 'both on one port, a sidecar that is waited for, and none at all',
    wrong: [
      makeDecode({ args: ['--port=8000'], name: 'same-port' }),
      makeDecode({ pod: { initContainers: [makeSidecar({ restartPolicy: undefined })] }, name: 'plain-init' }),
      makeDecode({ pod: {}, name: 'alone' }),
      makePrefill(),
    ],
    right: [makeDecode(), makePrefill()],
    found: [
      'Deployment/same-port spec.template.spec.containers[0].args: vLLM and its routing sidecar both listen on 8000',
      'Deployment/plain-init spec.template.spec.initContainers[0]: the pod waits for this init container to end, and it never does',
      'Deployment/alone spec.template.spec: this decode pod has no routing sidecar: nobody asks prefill for the keys and values of its requests',
    ],
  },
  {
    rule: 'disaggregated-parity',
    name: 'another block size and another image',
    wrong: [makePrefill({ args: ['--block-size=64'] }), makeDecode({ image: 'vllm/vllm-openai:v0.29.0' })],
    right: [makePrefill(), makeDecode()],
    found: [
      'Deployment/decode spec.template.spec.containers[0].image: image is vllm/vllm-openai:v0.29.0 here and vllm/vllm-openai:v0.30.0 on prefill (Deployment prefill)',
      'Deployment/decode spec.template.spec.containers[0].args: --block-size is 128 here and 64 on prefill (Deployment prefill)',
    ],
  },
  {
    rule: 'decode-tensor-parallel',
    name: 'fewer ranks on decode',
    wrong: [makePrefill({ gpus: 4, args: ['--tensor-parallel-size=4', '--block-size=128'] }), makeDecode()],
    right: [
      makePrefill({
        model: 'deepseek-ai/DeepSeek-R1',
        gpus: 4,
        args: ['--tensor-parallel-size=4', '--block-size=128'],
      }),
      makeDecode({ model: 'deepseek-ai/DeepSeek-R1' }),
    ],
    found: [
      'Deployment/decode spec.template.spec.containers[0].args: decode has 1 tensor-parallel rank, prefill (Deployment prefill) 4',
    ],
  },
  {
    rule: 'nixl-side-channel',
    name: 'no address of its own',
    wrong: [makePrefill({ env: [] })],
    right: [makePrefill()],
    found: [
      'Deployment/prefill spec.template.spec.containers[0]: VLLM_NIXL_SIDE_CHANNEL_HOST is not set: the other side is told to connect to localhost',
    ],
  },
  {
    rule: 'kv-transfer-config',
    name: 'a connector without a role',
    wrong: [makeDeployment({ args: ['--kv_transfer_config', '{"kv_connector":"OffloadingConnector"}'] })],
    right: [
      makeDeployment({ args: ['--kv-transfer-config', '{"kv_connector":"OffloadingConnector","kv_role":"kv_both"}'] }),
    ],
    found: [
      'Deployment/llama spec.template.spec.containers[0].args: --kv-transfer-config names a connector and no kv_role',
    ],
  },
  {
    rule: 'disaggregated-external',
    name: 'two slices, and one role at zero',
    wrong: [roles(2, 0, 1)],
    right: [roles(1, 1, 2)],
    found: [
      'DisaggregatedSet/pd spec.slices: spec.slices is 2 while a role is scaled externally',
      'DisaggregatedSet/pd spec.roles: replicas of the roles are 0 and 1: some zero, some not',
    ],
  },
  {
    rule: 'probe-port-exists',
    name: 'a name that no port has, and a port on which nobody listens',
    wrong: [
      makeDeployment({ container: { readinessProbe: { httpGet: { path: '/v1/models', port: 'web' } } } }),
      makeDeployment({ name: 'moved', args: ['--port=9000'] }),
    ],
    right: [
      makeDeployment(),
      makeDeployment({
        name: 'moved',
        args: ['--port=9000'],
        container: { ports: [{ name: 'http', containerPort: 9000 }] },
      }),
    ],
    found: [
      'Deployment/llama spec.template.spec.containers[0].readinessProbe.httpGet.port: no port of container vllm is named web',
      'Deployment/moved spec.template.spec.containers[0].startupProbe.httpGet.port: the probe asks port 8000, the server listens on 9000',
      'Deployment/moved spec.template.spec.containers[0].livenessProbe.httpGet.port: the probe asks port 8000, the server listens on 9000',
      'Deployment/moved spec.template.spec.containers[0].readinessProbe.httpGet.port: the probe asks port 8000, the server listens on 9000',
    ],
  },
  {
    rule: 'probes-on-silent-worker',
    name: 'readiness of a worker without HTTP',
    wrong: [
      makeTwoNodes({
        worker: {
          script: 'vllm serve big/model --headless',
          container: { ...silent, readinessProbe: { httpGet: { path: '/health', port: 8000 } } },
        },
      }),
    ],
    right: [makeTwoNodes()],
    found: [
      'LeaderWorkerSet/llama spec.leaderWorkerTemplate.workerTemplate.spec.containers[0].readinessProbe: container vllm computes and answers nobody, so this probe never passes',
    ],
  },
];
