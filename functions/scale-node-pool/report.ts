/** What a person wants to read of a pool at a glance: counted from what was observed. Pure. */
import type { JsonObject } from '#shared/domain/json.ts';
import type { PoolDecision } from '#shared/domain/node-pool/types.ts';
import type { ObservedPool } from './steps.ts';

export function report(observed: ObservedPool, decision: PoolDecision): JsonObject {
  const { counts, needNodes, wantedNodes, limitedBy } = decision;
  return {
    ...sizesOf(observed),
    nodes: { ...counts },
    wantedNodes,
    ...(needNodes !== undefined && { needNodes }),
    ...(limitedBy !== undefined && { limitedBy }),
  };
}

export function sizesOf({ wanted, groups, nodes }: ObservedPool): JsonObject {
  const { size, declaredBy } = wanted;
  return {
    size: { ...size },
    declaredBy,
    machines: groups.reduce((sum, { targetSize }) => sum + targetSize, 0),
    gpus: nodes.filter(({ isReady }) => isReady).reduce((sum, { gpus }) => sum + gpus, 0),
    gpusInUse: nodes.flatMap(({ pods }) => pods).reduce((sum, { gpus }) => sum + gpus, 0),
  };
}
