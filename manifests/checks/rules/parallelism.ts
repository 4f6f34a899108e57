/** Ranks and GPUs. */
import { counted } from '../../../shared/domain/counted.ts';
import type { Check, Fault } from '../check.ts';
import type { CheckedSet, ServedPod } from '../checked-set.ts';
import { usesRay } from '../model-server.ts';
import { claimedDevices, gpuCount, isGpuClass } from '../gpus.ts';
import { isThere, at, itemsOf, textOf } from '../place.ts';

const VLLM_PARALLELISM = 'vllm-project/vllm docs/serving/parallelism_scaling.md';
const WIDE_EP = 'llm-d/llm-d guides/wide-ep-lws/modelserver/gpu/vllm/base';

/** Of a whole server, over all its pods. */
interface Ranks {
  readonly tensor: number;
  readonly pipeline: number;
  readonly data: number;
}

/** Undefined: one of them depends on what is unknown here. */
function ranksOf({ flags }: ServedPod): Ranks | undefined {
  const [tensor, pipeline, data] = ['--tensor-parallel-size', '--pipeline-parallel-size', '--data-parallel-size'].map(
    (name) => (flags.has(name) ? flags.number(name) : 1),
  );
  if (flags.has('--config') || tensor === undefined || pipeline === undefined || data === undefined) return undefined;
  return { tensor, pipeline, data };
}

/** Pods whose GPUs the server's ranks fill together; undefined: some other way of spreading, which is not judged here. */
function podsOfServer(server: ServedPod): number | undefined {
  const { flags, pod, container } = server;
  if (flags.has('--data-parallel-rank') || flags.has('--data-parallel-start-rank')) return pod.group?.size;
  if (flags.has('--nnodes')) return flags.number('--nnodes');
  if (usesRay(container) || startsRay(server)) return pod.group?.size;
  // A group of independent servers, or of ranks that find one another in some other way.
  return pod.group !== undefined && pod.group.size > 1 ? undefined : 1;
}

/** By the kind that holds the pod, or by any container beside the server: Ray may be started for it. */
function startsRay({ pod }: ServedPod): boolean {
  return pod.object.kind.startsWith('Ray') || pod.containers.some(usesRay);
}

/** Ranks beside GPUs; undefined where either is unknown, or the GPUs are another vendor's. */
function spread(set: CheckedSet, server: ServedPod) {
  const [ranks, pods, gpus] = [ranksOf(server), podsOfServer(server), gpuCount(set, server.container)];
  if (ranks === undefined || pods === undefined || gpus === undefined || gpus === 0) return undefined;
  const { tensor, pipeline, data } = ranks;
  const formula = [
    `tensor ${tensor}`,
    ...(pipeline > 1 ? [`pipeline ${pipeline}`] : []),
    ...(data > 1 ? [`data ${data}`] : []),
  ].join(' × ');
  const have = pods === 1 ? counted(gpus, 'GPU') : `${pods} pods × ${gpus} = ${pods * gpus} GPUs`;
  const needed = tensor * pipeline * data;
  return { needed, available: pods * gpus, told: `${formula} = ${counted(needed, 'rank')} on ${have}` };
}

function spreadFault(
  set: CheckedSet,
  server: ServedPod,
  isWrong: (needed: number, available: number) => boolean,
): readonly Fault[] {
  const found = spread(set, server);
  if (found === undefined || !isWrong(found.needed, found.available)) return [];
  return [
    {
      at: server.at,
      word: '--tensor-parallel-size',
      message: found.told,
      fix: 'make them equal: tensor parallel = GPUs of a node, pipeline parallel = nodes of the group',
    },
  ];
}

const parallelismFillsGpus: Check = {
  id: 'parallelism-fills-gpus',
  severity: 'error',
  title: 'A server has a GPU for each of its ranks: tensor × pipeline × data is at most pods × GPUs.',
  source: VLLM_PARALLELISM,
  run: (set) => set.servers.flatMap((server) => spreadFault(set, server, (needed, available) => needed > available)),
};

const idleGpus: Check = {
  id: 'idle-gpus',
  severity: 'warning',
  title: 'Every GPU that is asked for has a rank.',
  source: VLLM_PARALLELISM,
  run: (set) => set.servers.flatMap((server) => spreadFault(set, server, (needed, available) => needed < available)),
};

const dataParallelSize: Check = {
  id: 'data-parallel-size',
  severity: 'error',
  title: 'Data-parallel ranks are the pods of the group times the ranks of a pod.',
  source: WIDE_EP,
  run: ({ servers }) =>
    servers.flatMap((server) => {
      const { flags, pod, at: place } = server;
      const [all, local] = [flags.number('--data-parallel-size'), flags.number('--data-parallel-size-local')];
      const pods = pod.group?.size;
      if (all === undefined || local === undefined || pods === undefined || all === pods * local) return [];
      return [
        {
          at: place,
          word: '--data-parallel-size',
          message: `--data-parallel-size is ${all}, the group has ${pods} pods of ${local} ranks = ${pods * local}`,
          fix: `write --data-parallel-size ${pods * local}, or $((LWS_GROUP_SIZE * ${local})) in a shell`,
        },
      ];
    }),
};

const claimsCount: Check = {
  id: 'claims-count',
  severity: 'error',
  title: 'A pod claims as many GPUs as it has ranks.',
  source: 'llm-d/llm-d guides/pd-disaggregation/modelserver/components/gke-rdma',
  run: (set) =>
    set.servers.flatMap((server) => {
      const claimed = claimedDevices(set, server.container)?.filter(isGpuClass) ?? [];
      const count = claimed.reduce((sum, request) => sum + (request.count ?? Number.NaN), 0);
      const ranks = localRanks(server);
      if (claimed.length === 0 || Number.isNaN(count) || ranks === undefined || count === ranks) return [];
      return [
        {
          at: at(server.container.place, 'resources', 'claims'),
          message: `${counted(count, 'GPU')} claimed for the ${counted(ranks, 'rank')} of the pod`,
          fix: 'name one claim of a GPU (and its NIC) per rank, in the pod and in the container',
        },
      ];
    }),
};

/** Of one pod. */
function localRanks(server: ServedPod): number | undefined {
  const ranks = ranksOf(server);
  const pods = podsOfServer(server);
  return ranks === undefined || pods === undefined ? undefined : (ranks.tensor * ranks.pipeline * ranks.data) / pods;
}

const sharedMemory: Check = {
  id: 'shared-memory',
  severity: 'warning',
  title: 'A server of several tensor-parallel ranks has a /dev/shm of its own: a container’s is 64 MiB.',
  source: VLLM_PARALLELISM,
  run: (set) =>
    set.servers.flatMap(({ flags, container, pod }) => {
      const tensor = flags.number('--tensor-parallel-size') ?? 1;
      const mounts = itemsOf(at(container.place, 'volumeMounts')).map((mount) => textOf(at(mount, 'mountPath')));
      const isShared = mounts.some((path) => path === '/dev/shm' || path === '/dev/shm/' || path === '/dev');
      // Other accelerators hand results over in other ways.
      if (gpuCount(set, container) === undefined) return [];
      if (tensor < 2 || isShared || isThere(at(pod.spec, 'hostIPC'))) return [];
      return [
        {
          at: container.place,
          message: `${tensor} tensor-parallel ranks share the 64 MiB of the container’s /dev/shm`,
          fix: 'mount an emptyDir with medium: Memory at /dev/shm',
        },
      ];
    }),
};

export const parallelismChecks: readonly Check[] = [
  parallelismFillsGpus,
  idleGpus,
  dataParallelSize,
  claimsCount,
  sharedMemory,
];
