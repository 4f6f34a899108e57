/** What a GPU of each pool costs: read off a node, and remembered for when there is none. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { type PricedNode, priceOfGpu } from '#manifests/catalogue/price-of-gpu.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { labelOf, NODE_POOL_LABEL } from '#shared/domain/kubernetes-facts.ts';
import type { ResolvedModelService } from '#shared/domain/model-service.ts';
import type { ClusterConnection } from '#shared/ports/cluster-objects.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import type { GpuPrices } from './steps.ts';

/**
 * Nodes say of what machine they are and whether they are spot. A pool without nodes keeps the price that it had, or a service that
 * sleeps could never wake below its cap; one that never had a node, or whose machine is unknown, has none.
 */
export async function readPrices(
  { roles, cluster, spendCapUsdPerHour }: ResolvedModelService,
  {
    connection,
    remembered = {},
  }: { readonly connection: ClusterConnection; readonly remembered?: GpuPrices | undefined },
  { objects }: Pick<ScaleReplicasPorts, 'objects'>,
): Promise<GpuPrices> {
  // Without a cap no decision depends on the price, and the list of nodes is the largest answer of a look.
  if (spendCapUsdPerHour === undefined) return {};
  const unstated = roles.filter(({ usdPerGpuHour }) => usdPerGpuHour === undefined);
  const pools = [...new Set(unstated.map(({ nodePool }) => nodePool))];
  const prices = await Promise.all(
    pools.map(async (pool): Promise<[string, number][]> => {
      const labelSelector = `${NODE_POOL_LABEL}=${pool}`;
      const [node] = await objects.list(connection, { apiVersion: 'v1', kind: 'Node', labelSelector });
      const price = node === undefined ? remembered[pool] : priceOfGpu(catalogue, pricedAs(node), cluster.location);
      return price === undefined ? [] : [[pool, price]];
    }),
  );
  return Object.fromEntries(prices.flat());
}

/**
 * What the price of a node depends on, by its labels (Kubernetes documentation, "Well-Known Labels, Annotations and Taints"; GKE
 * documentation, "Spot VMs").
 */
function pricedAs(node: JsonObject): PricedNode {
  return {
    machineType: labelOf(node, 'node.kubernetes.io/instance-type'),
    isSpot: labelOf(node, 'cloud.google.com/gke-spot') === 'true',
  };
}
