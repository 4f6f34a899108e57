/** ModelService documents for tests: a small valid one with prefill and decode, changed where a test says so. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblem, parseDocument, parseStoredDocument } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { ModelServiceDocument } from '#shared/domain/model-service.ts';

export interface ModelServiceChanges {
  readonly document?: JsonObject;
  readonly metadata?: JsonObject;
  readonly spec?: JsonObject;
  readonly prefill?: JsonObject;
  readonly decode?: JsonObject;
  /** Changes of the one node pool. */
  readonly pool?: JsonObject;
}

export function makeRole(role: string, changes: JsonObject = {}): JsonObject {
  return {
    role,
    workload: { kind: 'Deployment', name: `llama-70b-${role}` },
    gpusPerReplica: 4,
    nodePool: 'h200',
    size: { min: 1, max: 8 },
    ...(role === 'prefill' && { peakPrefillTokensPerSecond: 22_200 }),
    ...changes,
  };
}

export function makeModelServiceDocument(changes: ModelServiceChanges = {}): JsonObject {
  const { document, metadata, spec, prefill, decode, pool } = changes;
  const name = metadata?.['name'] ?? 'llama-70b';
  // A workload is of one service.
  const ofService = (role: string) => ({ workload: { kind: 'Deployment', name: `${String(name)}-${role}` } });
  return {
    apiVersion: 'inference-fleet/v1',
    kind: 'ModelService',
    metadata: { name, ...metadata },
    spec: {
      cluster: { project: 'demo', location: 'us-central1', name: 'demo' },
      namespace: 'serving',
      servedModelName: 'meta-llama/Llama-3.3-70B-Instruct',
      endpointPicker: { deployment: 'llama-70b-epp', inferencePool: 'llama-70b' },
      roles: [
        makeRole('prefill', { ...ofService('prefill'), ...prefill }),
        makeRole('decode', { ...ofService('decode'), ...decode }),
      ],
      nodePools: [{ name: 'h200', size: { min: 1, max: 4 }, ...pool }],
      ...spec,
    },
    ...document,
  };
}

/** As it is read; the document must be valid. */
export function makeModelService(changes: ModelServiceChanges = {}): ModelServiceDocument {
  return parseStoredDocument('ModelService', makeModelServiceDocument(changes), catalogue);
}

/** What is said of a document, problems or warnings, as a reader sees it. */
export function remarks(document: JsonObject): {
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
} {
  const parsed = parseDocument(document, catalogue);
  return parsed.ok
    ? { problems: [], warnings: parsed.warnings.map(formatProblem) }
    : { problems: parsed.problems.map(formatProblem), warnings: [] };
}
