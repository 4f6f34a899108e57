/**
 * Tensor parallel inside a node, pipeline parallel between nodes; several nodes find each other by vLLM's own rendezvous
 * (vllm-project/vllm docs/serving/parallelism_scaling.md). Ray, where it is asked for: `ray.ts`; experts: `expert-parallelism.ts`.
 */
import { portDefaults } from '../../../shared/domain/serving/defaults.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { groupVariables } from '../../kubernetes/leader-worker-set.ts';
import type { Contributor, Position } from './contribution.ts';
import type { VllmFlag } from './vllm-command.ts';

export const parallelism: Contributor = (stack, role, position) => {
  if (role.parallelism.dataPerPod > 0) return {};
  const { tensor, pipeline } = role.parallelism;
  const isGroup = role.nodes > 1;
  return {
    server: {
      flags: [
        { name: '--tensor-parallel-size', value: tensor },
        ...(pipeline > 1 ? [{ name: '--pipeline-parallel-size', value: pipeline } as const] : []),
        ...(isGroup && role.executor === 'multi-process' ? groupFlags(stack, role, position) : []),
      ],
      ...(isGroup && { env: [hostAddress] }),
    },
  };
};

/** A pod with several interfaces must name the one that the others reach it by (vllm-project/vllm docs/serving/parallelism_scaling.md). */
export const hostAddress = { name: 'VLLM_HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } } as const;

function groupFlags({ startup }: Stack, { nodes }: StackRole, position: Position): readonly VllmFlag[] {
  return [
    { name: '--nnodes', value: nodes },
    { name: '--node-rank', value: { env: groupVariables.workerIndex } },
    { name: '--master-addr', value: { env: groupVariables.leaderAddress } },
    { name: '--master-port', value: portDefaults.group },
    { name: '--distributed-timeout-seconds', value: startup.budgetSeconds },
    ...(position === 'worker' ? [{ name: '--headless' } as const] : []),
  ];
}
