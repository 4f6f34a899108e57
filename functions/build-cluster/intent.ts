/** The wanted document → a cluster with nothing left to decide. Pure. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { parseStoredDocument } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { resolveCluster } from '#shared/domain/resolve-cluster.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';

/** Throws `permanent` for a document that was accepted under other rules and no longer passes: it stays visible, with the reason. */
export function parseIntent(wanted: JsonObject): ResolvedCluster {
  return resolveCluster(parseStoredDocument('Cluster', wanted, catalogue), catalogue);
}
