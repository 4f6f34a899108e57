/** Where the cluster's API server is: remembered, and asked for again where that leads nowhere. */
import { textAt } from '#shared/domain/compare.ts';
import type { ResolvedModelService } from '#shared/domain/model-service.ts';
import { AutomationError } from '#shared/errors.ts';
import { connectionOf } from '#shared/kubernetes/connection.ts';
import type { ClusterConnection } from '#shared/ports/cluster-objects.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import type { RememberedConnection } from './steps.ts';

/** How long the address of a cluster is believed while everything is found there, ms. */
const CONNECTION_AGE_MS = 10 * 60_000;

/**
 * How long it is believed while something is missing there, ms: a server that is another one by now may answer 404 to everything, and
 * so does the right one as long as a workload does not exist.
 */
const DOUBTED_AGE_MS = 60_000;

/** GKE itself says that there is no such cluster: then nothing of the service stands, which no other failure proves. */
export class ClusterGoneError extends AutomationError {
  override readonly name = 'ClusterGoneError';

  constructor({ cluster: { project, location, name } }: Pick<ResolvedModelService, 'cluster'>) {
    super('gone', `connecting to cluster ${name}: there is none in ${project}/${location}`);
  }
}

export interface Reach<Inside> {
  readonly ports: Pick<ScaleReplicasPorts, 'clusters'>;
  readonly nowMs: number;
  /** Reads what is wanted of the cluster; throws where the server does not answer as one of ours would. */
  readonly read: (connection: ClusterConnection) => Promise<Inside>;
  /** Whether something was not found that is expected to be there. */
  readonly isMissing: (inside: Inside) => boolean;
}

interface Reached<Inside> {
  readonly connection: RememberedConnection;
  readonly inside: Inside;
}

/**
 * A cluster that is made anew, or moved to its DNS endpoint, is found within the same look: whatever fails at a remembered address (no
 * connection, another certificate, 401, 404) makes us ask GKE once, and try the address that it has now if that is another one.
 */
export async function reachCluster<Inside>(
  service: ResolvedModelService,
  remembered: RememberedConnection | undefined,
  reach: Reach<Inside>,
): Promise<Reached<Inside>> {
  const known = believed(service, remembered, reach.nowMs);
  if (known === undefined) return await readAt(await lookUp(service, reach), reach);
  const attempt = await tryAt(known, reach);
  if ('inside' in attempt) {
    const isDoubted = reach.isMissing(attempt.inside) && reach.nowMs - known.readAtMs >= DOUBTED_AGE_MS;
    if (!isDoubted) return attempt;
  }
  const current = await lookUp(service, reach);
  const isOther = JSON.stringify(current.connection) !== JSON.stringify(known.connection);
  if (isOther) return await readAt(current, reach);
  if ('failure' in attempt) throw attempt.failure;
  return { ...attempt, connection: current };
}

function believed(
  service: ResolvedModelService,
  remembered: RememberedConnection | undefined,
  nowMs: number,
): RememberedConnection | undefined {
  if (remembered?.cluster !== pathOf(service) || nowMs - remembered.readAtMs >= CONNECTION_AGE_MS) return undefined;
  return remembered;
}

async function readAt<Inside>(connection: RememberedConnection, { read }: Reach<Inside>): Promise<Reached<Inside>> {
  return { connection, inside: await read(connection.connection) };
}

async function tryAt<Inside>(
  connection: RememberedConnection,
  reach: Reach<Inside>,
): Promise<Reached<Inside> | { readonly failure: AutomationError }> {
  try {
    return await readAt(connection, reach);
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    return { failure: thrown };
  }
}

/** `<project>/<location>/<name>`. */
export function pathOf({ cluster }: ResolvedModelService): string {
  return `${cluster.project}/${cluster.location}/${cluster.name}`;
}

async function lookUp(
  service: ResolvedModelService,
  { ports, nowMs }: Pick<Reach<unknown>, 'ports' | 'nowMs'>,
): Promise<RememberedConnection> {
  const { project, location, name } = service.cluster;
  const clusters = await ports.clusters();
  const found = await clusters.read({ project, region: location }, name);
  if (found === undefined) throw new ClusterGoneError(service);
  const connection = connectionOf(found);
  if (connection !== undefined) return { cluster: pathOf(service), connection, readAtMs: nowMs };
  const status = textAt(found, 'status') ?? 'unknown';
  throw new AutomationError('busy', `connecting to cluster ${name}: it has no endpoint (${status})`);
}
