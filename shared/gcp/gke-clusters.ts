/**
 * Clusters of GKE. Its creations carry no request id and the client never repeats them (`cluster_manager_client_config.json`), so a
 * creation without an answer is `transient`, and reading the cluster tells what became of it.
 */
import { listAt, textAt } from '../domain/compare.ts';
import type { JsonObject } from '../domain/json.ts';
import { readingOrWhyNot } from '../domain/operation.ts';
import { AutomationError } from '../errors.ts';
import type { Clusters } from '../ports/clusters.ts';
import { attempt, ifThere, readTimeoutMs } from './calls.ts';
import type { GoogleConnection } from './connection.ts';
import { locationPath, gkeCallOf } from './gke-calls.ts';
import { toReading, toRunningOperation } from './gke-operations.ts';

export function makeGkeClusters(options: { readonly connection: GoogleConnection }): Clusters {
  const call = gkeCallOf(options.connection);
  return {
    read: (place, cluster) =>
      ifThere(`reading cluster ${cluster}`, () =>
        call('getCluster', { name: `${locationPath(place)}/clusters/${cluster}` }, readTimeoutMs),
      ),
    create: (place, body, { timeoutMs }) =>
      startOperation(`creating cluster ${textAt(body, 'name') ?? '(unnamed)'}`, () =>
        call('createCluster', { parent: locationPath(place), cluster: body }, timeoutMs),
      ),
    readOperation: (place, operation) =>
      readingOrWhyNot(async () => {
        const name = `${locationPath(place)}/operations/${operation}`;
        return toReading(
          await attempt(`reading operation ${operation}`, () => call('getOperation', { name }, readTimeoutMs)),
        );
      }),
    runningOperations: (place, cluster) =>
      attempt(`listing operations of cluster ${cluster}`, async () => {
        // The API has no filter: it lists what it remembers of the location, the ended ones included.
        const answer = await call('listOperations', { parent: locationPath(place) }, readTimeoutMs);
        return listAt(answer, 'operations').flatMap((operation) => toRunningOperation(operation, cluster) ?? []);
      }),
  };
}

/** Starts an operation and returns its short name. */
export function startOperation(doing: string, call: () => Promise<JsonObject>): Promise<string> {
  return attempt(doing, async () => {
    const name = textAt(await call(), 'name');
    // Without its name the operation cannot be followed; the next look finds the resource itself.
    if (name === undefined) throw new AutomationError('transient', `${doing}: the answer names no operation`);
    return name;
  });
}
