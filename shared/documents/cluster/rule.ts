import type { Catalogue } from '../../domain/catalogue.ts';
import type { Problem } from '../../domain/problem.ts';
import type { ClusterParts, PoolParts } from './parts.ts';

/** One thing that must hold; the function's name says what. Answers with nothing when it holds or cannot be judged. */
export type ClusterRule = (parts: ClusterParts, catalogue: Catalogue) => readonly Problem[];

export type PoolRule = (pool: PoolParts, parts: ClusterParts, catalogue: Catalogue) => readonly Problem[];

export function forEachPool(rule: PoolRule): ClusterRule {
  return (parts, catalogue) => parts.gpuPools.flatMap((pool) => rule(pool, parts, catalogue));
}
