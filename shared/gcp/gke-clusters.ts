/**
 * Clusters of GKE. Its creations carry no request id and the client never repeats them (`cluster_manager_client_config.json`), so a
 * creation without an answer is `transient`, and reading the cluster tells what became of it.
 */
import { listAt, textAt } from '../domain/compare.ts';
import { readingOrWhyNot } from '../domain/operation.ts';
import type { Clusters } from '../ports/clusters.ts';
import { attempt, ifThere, readTimeoutMs, startOperation } from './calls.ts';
import type { GoogleConnection } from './connection.ts';
import { gkeCallOf } from './gke-calls.ts';
import { locationPath } from './location-path.ts';
import { toReading, toRunningOperation } from './gke-operations.ts';

export function makeGkeClusters(options: { readonly connection: GoogleConnection }): Clusters {
  const call = gkeCallOf(options.connection);
  return {
    read: (place, cluster) =>
      ifThere(`reading cluster ${cluster}`, () =>
        call('getCluster', { name: `${locationPath(place)}/clusters/${cluster}` }, readTimeoutMs),
      ),
    create: (place, body, { timeoutMs }) =>
      startOperation(`creating cluster ${textAt(body, 'name') ?? '(unnamed)'}`, async () =>
        textAt(await call('createCluster', { parent: locationPath(place), cluster: body }, timeoutMs), 'name'),
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
