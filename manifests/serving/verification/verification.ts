/** What is looked at before a stack serves, and what load it is given once it does. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { resolveVerification } from '../../../shared/domain/serving/verification-defaults.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { loadTest, networkCheck, nodeCheck } from './jobs.ts';

/** Before the workloads, whose pods would hold the nodes; whoever applies all at once has them tested first. */
export function verification(stack: Stack): readonly Applied[] {
  const resolved = resolveVerification(stack);
  if (resolved === undefined) return [];
  return [nodeCheck(stack, resolved.nodes), ...(resolved.network ? networkCheck(stack) : [])];
}

/** After them. */
export function load(stack: Stack): readonly Applied[] {
  const resolved = resolveVerification(stack);
  return resolved?.load === undefined ? [] : [loadTest(stack, resolved.load)];
}
