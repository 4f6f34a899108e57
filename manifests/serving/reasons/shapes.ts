/** Of how a model is spread over pods: groups, ranks, and prefill apart from decode. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Reason } from './reason.ts';

const DOCUMENT = 'the document';
const LWS = 'kubernetes-sigs/lws api/leaderworkerset/v1/leaderworkerset_types.go';
const DISAGGREGATED = 'kubernetes-sigs/lws api/disaggregatedset/v1/disaggregatedset_types.go';
const PARALLELISM = 'vllm-project/vllm docs/serving/parallelism_scaling.md';
const WIDE_EP = 'llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/base';
const WIDE_EP_ON_GKE = 'llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/gke';
const SIDECAR = 'llm-d/llm-d-router pkg/sidecar/proxy/options.go';
const ALLOWLIST = 'llm-d/llm-d-router pkg/sidecar/proxy/allowlist.go';

const WHY_REPLICAS = 'as many as the role asks for, one where it does not say';
const WHY_ROLLOUT =
  'without free GPUs (spareGpus of the role) a replica must go before its successor can come; with enough for a replica it may stay until then';
const WHY_RESTART =
  'a group that lost a member cannot go on and is made anew, but not while one of its pods is still pending, or a slow node would take the others down again and again; a single pod restarts its container where it is';

const groups: readonly Reason[] = [
  { setting: 'LeaderWorkerSet spec.replicas', why: WHY_REPLICAS, source: DOCUMENT },
  { setting: 'LeaderWorkerSet spec.rolloutStrategy', why: WHY_ROLLOUT, source: LWS },
  { setting: 'LeaderWorkerSet spec.leaderWorkerTemplate.size', why: sizeSaid, source: PARALLELISM },
  { setting: 'LeaderWorkerSet spec.leaderWorkerTemplate.restartPolicy', why: WHY_RESTART, source: LWS },
  {
    setting: 'env VLLM_HOST_IP',
    why: 'the address that the other pods of the group reach this one by, where it has several',
    source: PARALLELISM,
  },
  {
    setting: 'Service/*-http spec.ports',
    why: 'one address for the servers of a stack without a gateway; where they listen',
    source: DOCUMENT,
  },
];

const disaggregated: readonly Reason[] = [
  {
    setting: 'DisaggregatedSet spec.roles.*.name',
    why: 'what the role does; its role scaler is called by the set and it',
    source: DISAGGREGATED,
  },
  {
    setting: 'DisaggregatedSet spec.roles.*.scaling',
    why: 'the number of replicas is that of the role scaler, which the controller makes with one; whoever scales writes to it',
    source: 'kubernetes-sigs/lws pkg/controllers/disaggregatedset/scaler_manager.go',
  },
  { setting: 'DisaggregatedSet spec.roles.*.spec.replicas', why: WHY_REPLICAS, source: DOCUMENT },
  {
    setting: 'DisaggregatedSet spec.roles.*.spec.rolloutStrategy',
    why: `${WHY_ROLLOUT}; the default would ask for a whole replica's GPUs beside those in use`,
    source: 'llm-d/llm-d guides/wide-ep/modelserver/gpu/vllm-deepseek-r1-0528/base',
  },
  { setting: 'DisaggregatedSet spec.roles.*.spec.leaderWorkerTemplate.size', why: sizeSaid, source: PARALLELISM },
  { setting: 'DisaggregatedSet spec.roles.*.spec.leaderWorkerTemplate.restartPolicy', why: WHY_RESTART, source: LWS },
];

function sizeSaid({ roles }: Stack): string {
  const each = roles.map(({ role, nodes, gpusPerPod, parallelism: { tensor, pipeline, data } }) => {
    const ways = data > 1 ? `${data} ranks of data parallelism` : `tensor ${tensor} × pipeline ${pipeline}`;
    return `${role}: ${nodes} pods × ${gpusPerPod} GPUs = ${nodes * gpusPerPod} = ${ways}`;
  });
  return `one pod for each node of a replica; ${each.join('; ')}`;
}

const experts: readonly Reason[] = [
  {
    setting: 'env VLLM_ENGINE_READY_TIMEOUT_S',
    why: 'ranks wait for one another, and each for its weights, for as long as the start may take; the default is 600 s',
    source: 'vllm-project/vllm vllm/envs.py',
  },
  {
    setting: 'env VLLM_RANDOMIZE_DP_DUMMY_INPUTS',
    why: 'ranks without a request compute on dummies, which would all go to the same experts',
    source: WIDE_EP,
  },
  {
    setting: 'env DEEP_EP_DEVICE_TO_HCA_MAPPING',
    why: 'each GPU takes the NIC on its own PCIe bridge; what NVSHMEM chooses by itself may lie across the machine',
    source: WIDE_EP_ON_GKE,
  },
  { setting: 'env NVSHMEM_REMOTE_TRANSPORT', why: 'GPUs write to the NIC themselves', source: WIDE_EP },
  { setting: 'env NVSHMEM_IB_ENABLE_IBGDA', why: 'GPUs write to the NIC themselves', source: WIDE_EP },
  { setting: 'env NVSHMEM_DISABLE_GDRCOPY', why: 'nodes of GKE have no driver of GDRCopy', source: WIDE_EP_ON_GKE },
  {
    setting: 'env NVSHMEM_BOOTSTRAP_UID_SOCK_IFNAME',
    why: 'ranks find each other over the interface of the cluster, not over a NIC',
    source: WIDE_EP,
  },
  { setting: 'env NVSHMEM_SYMMETRIC_SIZE', why: 'buffers that the low-latency kernels receive into', source: WIDE_EP },
  {
    setting: '* **.containers.modelserver.securityContext.privileged',
    why: 'GPUs that drive the NIC need its registers, which GKE gives to privileged containers only',
    source: 'llm-d/llm-d docs/infrastructure/providers/gke/README.md',
  },
  {
    setting: '* **.containers.modelserver.securityContext.runAsUser',
    why: 'capabilities that are added count for root only',
    source: WIDE_EP,
  },
];

const sidecar: readonly Reason[] = [
  {
    setting: '* **.initContainers.routing-proxy.restartPolicy',
    why: 'a native sidecar: it is there before the model server and goes after it, so that answers in flight get out',
    source: 'Kubernetes documentation, "Sidecar Containers"',
  },
  {
    setting: '* **.initContainers.routing-proxy.args',
    why: 'it listens where the pool sends requests, and hands them on to the server behind it, by NIXL, without TLS on a network that has none; with a gateway it believes in prefill pods of its own pool only',
    source: SIDECAR,
  },
  {
    setting: '* **.initContainers.routing-proxy.ports',
    why: 'what the pool sends requests to, one for each rank',
    source: SIDECAR,
  },
  {
    setting: '* **.initContainers.routing-proxy.livenessProbe',
    why: 'its own life; /health is passed on to the model server, which may be loading for long',
    source: 'llm-d/llm-d-router pkg/sidecar/proxy/proxy.go',
  },
  {
    setting: '* **.initContainers.routing-proxy.readinessProbe',
    why: 'ready when a request gets through it to the model server',
    source: 'kserve/kserve config/llmisvcconfig',
  },
  {
    setting: '* **.initContainers.routing-proxy.resources',
    why: 'ours: it copies bytes; with limits like all others, the pod stays among the last to be evicted',
    source: 'Kubernetes documentation, "Pod Quality of Service Classes"',
  },
  {
    setting: '* **.initContainers.routing-proxy.securityContext',
    why: 'it opens high ports and nothing else',
    source: 'Kubernetes documentation, "Pod Security Standards"',
  },
  {
    setting: 'Role/*-sidecar rules',
    why: 'it sends prompts to pods of its InferencePool only, so it watches the pool and its pods; without this right it never starts',
    source: ALLOWLIST,
  },
  {
    setting: 'env VLLM_HTTP_TIMEOUT_KEEP_ALIVE',
    why: keepAliveSaid,
    source:
      'llm-d/llm-d guides/pd-disaggregation/modelserver/gpu/vllm/base; Google Cloud documentation, "Application Load Balancer overview"',
  },
];

/** Of prefill where there is one; else of the only role, behind a gateway. */
function keepAliveSaid({ roles }: Stack): string {
  const caller = roles.some(({ role }) => role === 'prefill')
    ? 'longer than the 90 s for which the routing sidecar of decode, which asks for the prefill, keeps an idle connection'
    : 'longer than the 600 s for which the load balancer keeps an idle connection';
  return `${caller}: a server that closes first, as it does after 5 s by default, resets the next request`;
}

export const shapeReasons: readonly Reason[] = [...groups, ...disaggregated, ...experts, ...sidecar];
