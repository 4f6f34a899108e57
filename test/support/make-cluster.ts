/** Cluster documents for tests: the smallest valid one, changed where a test says so. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblem, parseDocument, parseStoredDocument } from '#shared/documents/index.ts';
import type { Catalogue } from '#shared/domain/catalogue.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { resolveCluster } from '#shared/domain/resolve-cluster.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';

export interface ClusterChanges {
  readonly document?: JsonObject;
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  /** Changes of the one GPU pool. */
  readonly pool?: JsonObject;
}

export function makePool(changes: JsonObject = {}): JsonObject {
  return {
    name: 'h200',
    machineType: 'a3-ultragpu-8g',
    size: { initial: 2 },
    consumption: { reservation: { name: 'h200-res' } },
    ...changes,
  };
}

export function makeClusterDocument({ document, metadata, spec, pool }: ClusterChanges = {}): JsonObject {
  return {
    apiVersion: 'inference-fleet/v1',
    kind: 'Cluster',
    metadata: { name: 'demo', ...metadata },
    spec: { project: 'demo', region: 'us-central1', zone: 'us-central1-b', gpuPools: [makePool(pool)], ...spec },
    ...document,
  };
}

/** The resolved form of a document that must be valid. */
export function makeResolvedCluster(changes: ClusterChanges = {}, facts: Catalogue = catalogue): ResolvedCluster {
  return resolveCluster(parseStoredDocument('Cluster', makeClusterDocument(changes), facts), facts);
}

/** All problems of a document as a reader sees them. */
export function problemLines(value: unknown, facts: Catalogue = catalogue): readonly string[] {
  const parsed = parseDocument(value, facts);
  return parsed.ok ? [] : parsed.problems.map(formatProblem);
}
