/** What a server waits for before it is told to end. */
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { groupVariables } from '../../kubernetes/leader-worker-set.ts';
import type { Position } from './contribution.ts';
import { answers } from './model-server.ts';

export function preStopCommand(stack: Stack, role: StackRole, position: Position): readonly string[] {
  if (!answers(role, position)) return untilLeaderIsGone(stack, role);
  return ['/bin/sleep', String(stack.drain.preStopSeconds)];
}

/**
 * A worker that is drained takes its group with it (kubernetes-sigs/lws pkg/controllers/pod_controller.go, handleRestartPolicy), and without
 * it the leader can end no answer: vLLM's workers drop everything at the signal (vllm/entrypoints/cli/serve.py, run_headless). So it computes
 * for as long as the leader listens, and no longer than that may take: where the leader went first, it goes at once. Two seconds, because
 * packets to an address that is gone get no reply.
 */
function untilLeaderIsGone({ drain }: Stack, { ports }: StackRole): readonly string[] {
  const seconds = drain.preStopSeconds + drain.shutdownSeconds;
  const connect = `timeout 2 /bin/bash -c ': > "/dev/tcp/$${groupVariables.leaderAddress}/${ports.modelServer}"'`;
  return ['/bin/bash', '-c', `while [ "$SECONDS" -lt ${seconds} ] && ${connect} 2> /dev/null; do sleep 1; done`];
}
