/** What a `ModelService` document would have looked after: sizes and their owners, the pools, and what that can cost. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { priceOfGpu } from '#manifests/catalogue/price-of-gpu.ts';
import { type FleetDocument, parseDocument, targetOf } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { type ResolvedModelService, type ResolvedRole, resolveModelService } from '#shared/domain/model-service.ts';
import { derivedPools, type PoolSpec } from '#shared/domain/pool-declaration.ts';
import { resolveCluster } from '#shared/domain/resolve-cluster.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';
import { clusterTarget, poolTarget } from '#shared/domain/target.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import { DocumentRecord, documentKey } from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { specOf } from '../pool-records.ts';

/** `{ service, pools }`; nothing for a document that is no service. */
export async function previewService(ledger: Ledger, document: FleetDocument): Promise<JsonObject> {
  if (document.kind !== 'ModelService') return {};
  const service = resolveModelService(document);
  const cluster = await readCluster(ledger, service);
  const priced = service.roles.map((role) => ({ role, usdPerGpuHour: priceFor(role, cluster) }));
  return {
    service: {
      cluster: service.cluster,
      namespace: service.namespace,
      servedModelName: service.servedModelName,
      roles: priced.map(toRow),
      price: toPrice(priced),
      ...(service.spendCapUsdPerHour !== undefined && { spendCapUsdPerHour: service.spendCapUsdPerHour }),
    },
    pools: await readPoolRows(ledger, document, service),
  };
}

interface PricedRole {
  readonly role: ResolvedRole;
  /** Undefined: nobody has said it. */
  readonly usdPerGpuHour: number | undefined;
}

function toRow({ role, usdPerGpuHour }: PricedRole): JsonObject {
  const { role: name, workload, gpusPerReplica, nodePool, size } = role;
  const price = usdPerGpuHour === undefined ? {} : { usdPerGpuHour };
  return { role: name, workload, gpusPerReplica, nodePool, size, ...price };
}

/** For all roles at their fewest and at their most replicas. One price that is missing leaves none: a partial sum would look like it. */
function toPrice(priced: readonly PricedRole[]): JsonObject {
  const gpus = (end: 'min' | 'max') => sum(priced, ({ role }) => role.size[end] * role.gpusPerReplica);
  const unknownPools = priced.flatMap(({ role, usdPerGpuHour }) =>
    usdPerGpuHour === undefined ? [role.nodePool] : [],
  );
  const counts = { minGpus: gpus('min'), maxGpus: gpus('max') };
  if (unknownPools.length > 0) return { ...counts, unknownPools: [...new Set(unknownPools)] };
  const usd = (end: 'min' | 'max') =>
    sum(priced, ({ role, usdPerGpuHour = 0 }) => role.size[end] * role.gpusPerReplica * usdPerGpuHour);
  return { ...counts, minUsdPerHour: usd('min'), maxUsdPerHour: usd('max') };
}

function sum(priced: readonly PricedRole[], of: (one: PricedRole) => number): number {
  return priced.reduce((total, one) => total + of(one), 0);
}

/** What the document states, else that of the machine which the cluster's own document gives the pool. */
function priceFor({ usdPerGpuHour, nodePool }: ResolvedRole, cluster: ResolvedCluster | undefined): number | undefined {
  const pool = cluster?.gpuPools.find(({ name }) => name === nodePool);
  if (usdPerGpuHour !== undefined || cluster === undefined || pool === undefined) return usdPerGpuHour;
  const { machine, consumption, usdPerNodeHour } = pool;
  if (usdPerNodeHour !== undefined) return usdPerNodeHour / machine.gpuCount;
  const node = { machineType: machine.machineType, isSpot: consumption.kind === 'spot' };
  return priceOfGpu(catalogue, node, cluster.place.region);
}

/** Undefined: not built by us, or of older rules. */
async function readCluster(ledger: Ledger, { cluster }: ResolvedModelService): Promise<ResolvedCluster | undefined> {
  const stands = await readRecord(ledger, documentKey(clusterTarget(cluster.name)), DocumentRecord);
  const parsed = stands === undefined ? undefined : parseDocument(stands.document, catalogue);
  if (parsed?.ok !== true || parsed.document.kind !== 'Cluster') return undefined;
  return resolveCluster(parsed.document, catalogue);
}

/** Pools that the document declares, and those that its roles use without. */
async function readPoolRows(
  ledger: Ledger,
  document: FleetDocument,
  { cluster, roles }: ResolvedModelService,
): Promise<readonly JsonObject[]> {
  const declared = new Map(derivedPools(document).map(({ target, spec }) => [target, spec]));
  const used = roles.map(({ nodePool }) => poolTarget(cluster.name, nodePool));
  return await Promise.all(
    [...new Set([...declared.keys(), ...used])].map(async (target): Promise<JsonObject> => {
      const stands = await readRecord(ledger, documentKey(target), DocumentRecord);
      const standing = stands && specOf(stands);
      const spec = declared.get(target);
      const says = noteOf({ own: targetOf(document), spec, standing });
      const size = (spec ?? standing)?.size;
      return { target, ...(size !== undefined && { size }), says };
    }),
  );
}

/** How the pool's own document comes about. */
function noteOf({
  own,
  spec,
  standing,
}: {
  readonly own: string;
  readonly spec: PoolSpec | undefined;
  readonly standing: PoolSpec | undefined;
}): string {
  if (spec === undefined) {
    return standing === undefined
      ? 'declared by nobody: its size is left alone'
      : `declared by ${standing.declaredBy}: this document only asks it for nodes`;
  }
  if (standing === undefined) return 'new: derived from this document';
  if (standing.declaredBy === own) return 'derived from this document already';
  const { min, max, owner } = standing.size;
  const isSame = min === spec.size.min && max === spec.size.max && owner === spec.size.owner;
  return isSame
    ? `derived from ${standing.declaredBy}, which says the same`
    : `taken over from ${standing.declaredBy}, which no longer declares it`;
}
