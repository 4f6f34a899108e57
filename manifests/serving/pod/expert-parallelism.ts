/**
 * Wide expert parallelism: a rank of data parallelism on each GPU of a group of whole nodes, the experts of the model spread over all of
 * them. A supervisor in each pod runs its ranks, gives each a port, and answers for the pod (llm-d/llm-d guides/wide-ep).
 */
import { portDefaults } from '../../../shared/domain/serving/defaults.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { groupVariables } from '../../kubernetes/leader-worker-set.ts';
import type { Contributor, ServerContribution } from './contribution.ts';
import { deepEpEnvironment } from './deep-ep.ts';
import { hostAddress } from './parallelism.ts';
import type { VllmFlag } from './vllm-command.ts';

/** Requests that a rank of low-latency kernels takes at once; their buffers are sized for it (llm-d/llm-d guides/wide-ep). */
const LOW_LATENCY_BATCH = 256;

export const expertParallelism: Contributor = (stack, role) => {
  if (role.parallelism.dataPerPod === 0) return {};
  return {
    server: {
      flags: [...rankFlags(role), ...patience(stack, role), ...allToAllFlags(role)],
      // Segments of a server that crashed stay, until there is no room for those of the next one (llm-d/llm-d issue 352).
      preamble: ['find /dev/shm -type f -delete'],
      env: [hostAddress, ...rankEnvironment(stack.startup.budgetSeconds), ...deepEpEnvironment(role)],
      ports: role.ports.supervisor === undefined ? [] : [{ name: 'supervisor', containerPort: role.ports.supervisor }],
      ...rights(role),
    },
  };
};

function rankFlags({ parallelism: { tensor, data, dataPerPod }, ports }: StackRole): readonly VllmFlag[] {
  return [
    { name: '--enable-expert-parallel' },
    { name: '--tensor-parallel-size', value: tensor },
    { name: '--data-parallel-size', value: data },
    { name: '--data-parallel-size-local', value: dataPerPod },
    { name: '--data-parallel-address', value: { env: groupVariables.leaderAddress } },
    { name: '--data-parallel-rpc-port', value: portDefaults.dataParallelRpc },
    { name: '--data-parallel-start-rank', value: { shell: `$((${groupVariables.workerIndex} * ${dataPerPod}))` } },
    { name: '--data-parallel-multi-port-external-lb' },
    ...(ports.supervisor === undefined
      ? []
      : [{ name: '--data-parallel-supervisor-port', value: ports.supervisor } as const]),
  ];
}

/** Ranks of other nodes come when these were made, and have what they load when it has arrived. */
function patience({ startup }: Stack, { nodes }: StackRole): readonly VllmFlag[] {
  return nodes === 1 ? [] : [{ name: '--distributed-timeout-seconds', value: startup.budgetSeconds }];
}

function allToAllFlags(role: StackRole): readonly VllmFlag[] {
  switch (role.allToAll) {
    case 'nccl':
      return [{ name: '--all2all-backend', value: 'allgather_reducescatter' }];
    case 'deepep-v2':
      return [{ name: '--all2all-backend', value: 'deepep_v2' }];
    case 'deepep':
      return role.role === 'prefill' ? throughputFlags : latencyFlags;
  }
}

/** For prompts, which come in thousands of tokens (vllm-project/vllm docs/serving/expert_parallel_deployment.md). */
const throughputFlags: readonly VllmFlag[] = [{ name: '--all2all-backend', value: 'deepep_high_throughput' }];

/** For answers, a token of each request at a time; while one half of a batch travels, the other is computed. */
const latencyFlags: readonly VllmFlag[] = [
  { name: '--all2all-backend', value: 'deepep_low_latency' },
  { name: '--enable-dbo' },
  { name: '--dbo-decode-token-threshold', value: 32 },
  { name: '--max-num-seqs', value: LOW_LATENCY_BATCH },
  { name: '--max-num-batched-tokens', value: LOW_LATENCY_BATCH },
];

function rankEnvironment(budgetSeconds: number) {
  return [
    // A rank waits for all others, and these for their weights; vLLM gives up after 600 s (vllm/envs.py).
    { name: 'VLLM_ENGINE_READY_TIMEOUT_S', value: String(budgetSeconds) },
    // Ranks without a request compute on dummies: all of them zeros would go to the same experts.
    { name: 'VLLM_RANDOMIZE_DP_DUMMY_INPUTS', value: '1' },
  ];
}

/** GPUs that drive the NIC themselves need its registers, and memory that is not swapped (llm-d/llm-d docs/infrastructure/providers/gke). */
function rights({ allToAll, nodes }: StackRole): Pick<ServerContribution, 'capabilities' | 'privileged' | 'runAsUser'> {
  if (allToAll === 'nccl' || nodes === 1) return {};
  return { capabilities: ['IPC_LOCK', 'SYS_RAWIO'], privileged: true, runAsUser: 0 };
}
