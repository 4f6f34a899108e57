/**
 * Node pools of GKE. Like clusters they are created without a request id. A pool of a cluster that does not exist is `undefined` to
 * read and `gone` to create: GKE answers NOT_FOUND to both.
 */
import { textAt } from '../domain/compare.ts';
import type { NodePools } from '../ports/clusters.ts';
import { ifThere, readTimeoutMs, startOperation } from './calls.ts';
import type { GoogleConnection } from './connection.ts';
import { gkeCallOf } from './gke-calls.ts';
import { locationPath } from './location-path.ts';

export function makeGkeNodePools(options: { readonly connection: GoogleConnection }): NodePools {
  const call = gkeCallOf(options.connection);
  return {
    read: (place, cluster, pool) =>
      ifThere(`reading node pool ${cluster}/${pool}`, () =>
        call('getNodePool', { name: `${locationPath(place)}/clusters/${cluster}/nodePools/${pool}` }, readTimeoutMs),
      ),
    create: ({ place, cluster }, body, { timeoutMs }) =>
      startOperation(`creating node pool ${cluster}/${textAt(body, 'name') ?? '(unnamed)'}`, async () => {
        const request = { parent: `${locationPath(place)}/clusters/${cluster}`, nodePool: body };
        return textAt(await call('createNodePool', request, timeoutMs), 'name');
      }),
  };
}
