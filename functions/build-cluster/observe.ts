/** Reads everything that a build's decisions depend on. Changes nothing. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { priceOf } from '#manifests/catalogue/price-of.ts';
import type { Subject } from '#shared/automation.ts';
import { textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { OperationReading } from '#shared/domain/operation.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';
import type { StepMemories } from '#shared/domain/step.ts';
import type { ClusterConnection } from '#shared/ports/cluster-objects.ts';
import { blueprint } from './blueprint.ts';
import { connectionOf } from '#shared/kubernetes/connection.ts';
import { findPool } from './gke-status.ts';
import { parseIntent } from './intent.ts';
import type { BuildPorts } from './ports.ts';
import { presentPrice } from './present-price.ts';
import { checkPreflight, chooseVersion } from './preflight.ts';
import { readPreflightFacts } from './preflight-facts.ts';
import { type BuildStep, type Observed, objectKey } from './steps.ts';
import type { NetworkKind } from '#shared/ports/cloud-networks.ts';

const networkKinds: readonly NetworkKind[] = ['networks', 'subnetworks', 'firewalls', 'routers'];

/**
 * Two rounds of calls that run side by side, each call within its own 20 s: a look that is slow everywhere still ends before its
 * lease does, or it would be taken over before it could ever record anything.
 */
export async function observe(subject: Subject, ports: BuildPorts): Promise<Observed> {
  const wanted = parseIntent(subject.wanted);
  const [network, cluster] = await Promise.all([
    readNetwork(wanted, ports),
    ports.clusters.read(wanted.place, wanted.name),
  ]);
  const toCreate = withoutStandingPools(wanted, cluster);
  const settled = settledPools(wanted, subject.memory);
  const draft = blueprint(wanted, { version: undefined, nowMs: subject.nowMs, settledPools: settled });
  const [facts, inside, clusterOperations, operations] = await Promise.all([
    needsFacts(toCreate, cluster) ? readPreflightFacts(toCreate, ports) : undefined,
    readInside(cluster, draft, ports),
    cluster === undefined ? [] : ports.clusters.runningOperations(wanted.place, wanted.name),
    readOperations(draft, subject.memory, ports),
  ]);
  const version = facts === undefined ? undefined : chooseVersion(wanted, facts);
  const price = priceOf(wanted, catalogue);
  const budget = { price, capUsdPerHour: ports.spendCapUsdPerHour };
  return {
    target: wanted.target,
    steps: blueprint(wanted, { version, nowMs: subject.nowMs, settledPools: settled }),
    preflight: facts && checkPreflight(toCreate, facts, { subnetworks: network.subnetworks, budget }),
    network,
    cluster,
    clusterOperations,
    operations,
    objects: inside?.objects,
    nodes: inside?.nodes ?? [],
    usdPerHour: presentPrice(wanted, { settledPools: settled, nodes: inside?.nodes ?? [] }),
  };
}

/** A pool that stands uses up its reservation itself, so the checks are about the others. */
function withoutStandingPools(wanted: ResolvedCluster, cluster: JsonObject | undefined): ResolvedCluster {
  return { ...wanted, gpuPools: wanted.gpuPools.filter(({ name }) => findPool(cluster, name) === undefined) };
}

/** The provider's facts matter while something that depends on them may be created; afterwards the world is the proof. */
function needsFacts(toCreate: ResolvedCluster, cluster: JsonObject | undefined): boolean {
  if (cluster === undefined) return true;
  return textAt(cluster, 'status') === 'RUNNING' && toCreate.gpuPools.length > 0;
}

/** A pool that stood before the cluster was last found ready has been part of what was ready. */
function settledPools({ gpuPools }: ResolvedCluster, memory: StepMemories): ReadonlySet<string> {
  const readySinceMs = memory['readiness']?.doneSinceMs;
  const settled = gpuPools.filter(({ name }) => {
    const stoodAtMs = memory[`pool/${name}`]?.endedAtMs;
    return readySinceMs !== undefined && stoodAtMs !== undefined && stoodAtMs <= readySinceMs;
  });
  return new Set(settled.map(({ name }) => name));
}

async function readNetwork(
  { place }: ResolvedCluster,
  ports: BuildPorts,
): Promise<Readonly<Record<NetworkKind, readonly JsonObject[]>>> {
  // Lists, not one get per name: four calls instead of sixteen, and nothing that is absent costs an error.
  const lists = await Promise.all(networkKinds.map((kind) => ports.networks.list(kind, place)));
  const [networks = [], subnetworks = [], firewalls = [], routers = []] = lists;
  return { networks, subnetworks, firewalls, routers };
}

/** What our remembered operations say; only those of steps that are not over. */
async function readOperations(
  steps: readonly BuildStep[],
  memories: StepMemories,
  ports: BuildPorts,
): Promise<ReadonlyMap<string, OperationReading>> {
  const open = steps.flatMap((step) => {
    const memory = memories[step.id];
    if (memory?.operation === undefined || memory.state === 'done') return [];
    return [{ step, operation: memory.operation }];
  });
  const readings = await Promise.all(
    open.map(async ({ step, operation }): Promise<[string, OperationReading]> => {
      const reading =
        step.kind === 'network'
          ? await ports.networks.readOperation(step.resource, step.place, operation)
          : await ports.clusters.readOperation(step.place, operation);
      return [step.id, reading];
    }),
  );
  return new Map(readings);
}

interface Inside {
  readonly objects: ReadonlyMap<string, JsonObject>;
  readonly nodes: readonly JsonObject[];
}

/** Our objects and all nodes; undefined while the cluster cannot be asked. */
async function readInside(
  cluster: JsonObject | undefined,
  steps: readonly BuildStep[],
  ports: BuildPorts,
): Promise<Inside | undefined> {
  const connection = cluster === undefined ? undefined : connectionOf(cluster);
  if (connection === undefined) return undefined;
  const wanted = steps.flatMap((step) => (step.kind === 'objects' ? step.objects : []));
  const [lists, nodes] = await Promise.all([
    Promise.all(kindsOf(wanted).map((query) => ports.objects.list(connection, query))),
    readNodes(connection, ports),
  ]);
  const names = new Set(wanted.map(objectKey));
  const objects = lists.flat().filter((object) => names.has(objectKey(object)));
  return { objects: new Map(objects.map((object) => [objectKey(object), object])), nodes };
}

async function readNodes(connection: ClusterConnection, ports: BuildPorts): Promise<readonly JsonObject[]> {
  return await ports.objects.list(connection, { apiVersion: 'v1', kind: 'Node' });
}

/** One list call per kind and namespace that our objects have. */
function kindsOf(objects: readonly JsonObject[]): readonly { apiVersion: string; kind: string; namespace?: string }[] {
  const queries = objects.map((object) => {
    const namespace = textAt(object, 'metadata.namespace');
    return {
      apiVersion: textAt(object, 'apiVersion') ?? '',
      kind: textAt(object, 'kind') ?? '',
      ...(namespace !== undefined && { namespace }),
    };
  });
  return [...new Map(queries.map((query) => [JSON.stringify(query), query])).values()];
}
