import { catalogue } from '#manifests/catalogue/index.ts';
import { priceOf } from '#manifests/catalogue/price-of.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';
import { nodesOf } from './readiness.ts';

/**
 * What is paid now, USD per hour: a pool that has been ready has the size that its owner gave it since, any other one that which is
 * built. Undefined: a part of it is not known.
 */
export function presentPrice(
  wanted: ResolvedCluster,
  { settledPools, nodes }: { readonly settledPools: ReadonlySet<string>; readonly nodes: readonly JsonObject[] },
): number | undefined {
  const gpuPools = wanted.gpuPools.map((pool) => {
    const initial = settledPools.has(pool.name) ? nodesOf(pool.name, nodes).length : pool.size.initial;
    return { ...pool, size: { ...pool.size, initial } };
  });
  return priceOf({ ...wanted, gpuPools }, catalogue).usdPerHour;
}
