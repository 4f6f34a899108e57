/** Reading one cluster of GKE, by its REST API: all that a function needs which works inside a cluster. */
import { isJsonObject, parseJson } from '../domain/json.ts';
import { AutomationError } from '../errors.ts';
import type { Clusters } from '../ports/clusters.ts';
import { ifThere, readTimeoutMs } from './calls.ts';
import type { GoogleConnection } from './connection.ts';
import { callRest } from './google-rest.ts';
import { locationPath } from './location-path.ts';

/** `projects.locations.clusters.get` of the Kubernetes Engine REST reference v1; without retries: the next look reads again. */
export function makeClusterReader(options: { readonly connection: GoogleConnection }): Pick<Clusters, 'read'> {
  return {
    read: (place, cluster) => {
      const doing = `reading cluster ${cluster}`;
      return ifThere(doing, async () => {
        const path = `/v1/${locationPath(place)}/clusters/${cluster}`;
        const call = {
          service: 'containerRest',
          host: 'container.googleapis.com',
          path,
          timeoutMs: readTimeoutMs,
        } as const;
        const found = parseJson(await callRest(options.connection, call));
        if (isJsonObject(found)) return found;
        throw new AutomationError('transient', `${doing}: the answer is no JSON object`);
      });
    },
  };
}
