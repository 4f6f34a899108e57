/**
 * Several nodes by Ray, for whoever needs it: the leader starts a cluster and serves, workers join it and run no server of their own
 * (vllm-project/vllm examples/ray_serving/multi-node-serving.sh, where it is since it moved from examples/online_serving).
 */
import { portDefaults } from '../../../shared/domain/serving/defaults.ts';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { groupVariables } from '../../kubernetes/leader-worker-set.ts';
import type { Contributor, ServerContribution } from './contribution.ts';

const SCRIPT = '/bin/bash /vllm-workspace/examples/ray_serving/multi-node-serving.sh';

/** The script goes on when Ray does not start, and would wait for its whole patience for nodes that cannot join. */
const hasRay = "command -v ray > /dev/null || { echo 'this image has no Ray' >&2; exit 1; }";

/** Last among the contributors: what Ray's processes are to see must be exported before they start. */
export const ray: Contributor = (stack, role, position) => {
  if (role.executor !== 'ray' || role.nodes === 1) return {};
  return { server: position === 'worker' ? worker(stack) : leader(stack, role) };
};

/** The script ends when all workers have joined, and fails when they have not in time: the server must not start then. */
function leader(stack: Stack, { nodes }: StackRole): ServerContribution {
  return {
    flags: [{ name: '--distributed-executor-backend', value: 'ray' }],
    preamble: [hasRay, `${SCRIPT} leader --ray_cluster_size=${nodes} ${common(stack)}`],
  };
}

/** The script stays for as long as the node is part of the cluster. */
function worker(stack: Stack): ServerContribution {
  const join = `${SCRIPT} worker --ray_address=$(${groupVariables.leaderAddress}) ${common(stack)}`;
  return { preamble: [hasRay], insteadOfServer: join };
}

/** Its own patience, 300 s, ends before a node is made and the image pulled. */
function common({ startup }: Stack): string {
  return `--ray_port=${portDefaults.ray} --ray_init_timeout=${startup.budgetSeconds}`;
}
