/** Reads what a decision about sizes needs, in three rounds of calls that go side by side; in a fourth one where pods are given back. */
import { catalogue } from '#manifests/catalogue/index.ts';
import type { Subject } from '#shared/automation.ts';
import { parseStoredDocument } from '#shared/documents/index.ts';
import { type ResolvedModelService, resolveModelService } from '#shared/domain/model-service.ts';
import type { PoolDemand } from '#shared/domain/pool-demand.ts';
import { collections, PoolDemandRecord } from '#shared/ledger/records.ts';
import { findRecords, UnreadableRecordError } from '#shared/ledger/read-records.ts';
import type { ClusterConnection } from '#shared/ports/cluster-objects.ts';
import { parseCarry } from './carry.ts';
import { givesBack } from './decide.ts';
import { foreignScalerOf, readPods } from './pods.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import { readPrices } from './prices.ts';
import { observeSignals } from './observe-signals.ts';
import { pathOf, reachCluster } from './reach.ts';
import type { GpuPrices, Observed, RoleObserved } from './steps.ts';
import { readSurroundings } from './surroundings.ts';
import { readWorkload, refOf } from './workload.ts';

/** Throws `AutomationError` where the cluster (`ClusterGoneError`: there is none) or the ledger cannot be read: sizes are not decided by half a world. */
export async function observe(subject: Subject, ports: ScaleReplicasPorts): Promise<Observed> {
  const service = resolveModelService(parseStoredDocument('ModelService', subject.wanted, catalogue));
  const carry = parseCarry(subject.carry);
  // Pools of another cluster of the same name have prices of their own.
  const remembered = carry?.connection.cluster === pathOf(service) ? carry.prices : undefined;
  const [{ connection, inside }, demands] = await Promise.all([
    reachCluster(service, carry?.connection, {
      ports,
      nowMs: subject.nowMs,
      read: (at) => observeInside(service, { connection: at, remembered }, ports),
      isMissing: ({ unpriced }) => unpriced.some(({ workload }) => workload === undefined),
    }),
    readDemands(service, ports),
  ]);
  const { unpriced, prices, pickers } = inside;
  const roles = unpriced.map(
    (one): RoleObserved => ({
      ...one,
      usdPerGpuHour: one.role.usdPerGpuHour ?? prices[one.role.nodePool],
    }),
  );
  const { nowMs } = subject;
  const { counters, quantiles, silent } = carry ?? {};
  const measured = await observeSignals(
    { service, connection: connection.connection, roles, pickers, nowMs, counters, quantiles, silent },
    ports,
  );
  const seen: Observed = { service, connection, roles, prices, ...measured, demands };
  if (!givesBack(subject, seen)) return seen;
  return { ...seen, surroundings: await readSurroundings(service, connection.connection, ports) };
}

async function observeInside(
  service: ResolvedModelService,
  { connection, remembered }: { readonly connection: ClusterConnection; readonly remembered: GpuPrices | undefined },
  ports: ScaleReplicasPorts,
) {
  const [unpriced, prices, pickers] = await Promise.all([
    observeRoles(service, connection, ports),
    readPrices(service, { connection, remembered }, ports),
    listPickers(service, connection, ports),
  ]);
  return { unpriced, prices, pickers };
}

/** Scalers that may own a workload's size besides us: HPAs, and KEDA's objects, which make an HPA only while they are active. */
const scalerKinds = [
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' },
] as const;

async function observeRoles(
  service: ResolvedModelService,
  connection: ClusterConnection,
  { objects }: ScaleReplicasPorts,
): Promise<readonly Omit<RoleObserved, 'usdPerGpuHour'>[]> {
  const { namespace } = service;
  const scalers = Promise.all(scalerKinds.map((kind) => objects.list(connection, { ...kind, namespace })));
  const roles = service.roles.map(async (role): Promise<Omit<RoleObserved, 'foreignScaler' | 'usdPerGpuHour'>> => {
    const object = await objects.read(connection, refOf(role.workload, namespace));
    if (object === undefined) return { role, workload: undefined, pods: [] };
    const workload = readWorkload(object);
    const pods =
      workload.podSelector === undefined
        ? []
        : await objects.list(connection, {
            apiVersion: 'v1',
            kind: 'Pod',
            namespace,
            labelSelector: workload.podSelector,
          });
    return { role, workload, pods: readPods(pods) };
  });
  const found = await Promise.all([scalers, ...roles]);
  const [lists, ...observed] = found;
  return observed.map((one) => ({ ...one, foreignScaler: foreignScalerOf(one.role.workload, lists.flat()) }));
}

/** Names of the endpoint picker's pods that run; undefined: the service has no picker. */
async function listPickers(
  { endpointPicker, namespace }: ResolvedModelService,
  connection: ClusterConnection,
  { objects }: ScaleReplicasPorts,
): Promise<readonly string[] | undefined> {
  if (endpointPicker === undefined) return undefined;
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: endpointPicker.deployment };
  const deployment = await objects.read(connection, ref);
  const labelSelector = deployment === undefined ? undefined : readWorkload(deployment).podSelector;
  if (labelSelector === undefined) return [];
  const pods = readPods(await objects.list(connection, { apiVersion: 'v1', kind: 'Pod', namespace, labelSelector }));
  // One that is not ready is sent no requests, and must not make a secret of what the others hold.
  return pods.filter(({ state, answers }) => state === 'ready' && answers).map(({ name }) => name);
}

/** A service is on two pools at most; the others are those that it has left since, and that need to be told once. */
const MOST_DEMANDS = 100;

/** All that this service asks of pools, those included that none of its roles is on any more. */
export async function readDemands(
  { target }: ResolvedModelService,
  ports: ScaleReplicasPorts,
): Promise<ReadonlyMap<string, PoolDemand>> {
  const of = { collection: collections.demands, schema: PoolDemandRecord };
  const { records, unreadable } = await findRecords(ports, of, { equals: { from: target }, limit: MOST_DEMANDS });
  const [broken] = unreadable;
  if (broken !== undefined) throw new UnreadableRecordError(broken);
  return new Map(records.map(({ record }) => [record.pool, record]));
}
