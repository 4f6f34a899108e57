/** Commands for tests: small valid ones, changed where a test says so. */
import type { JsonObject } from '#shared/domain/json.ts';

const apiVersion = 'inference-fleet/v1';
const target = 'model/demo/serving/llama-70b';

export function makeOverride(spec: JsonObject = {}): JsonObject {
  return { apiVersion, kind: 'Override', spec: { target, sizes: { decode: 6 }, forSeconds: 7200, ...spec } };
}

/** Of the model unless `spec` says what it is about. */
export function makePause(spec: JsonObject = { target }, kind: 'Pause' | 'Resume' = 'Pause'): JsonObject {
  return { apiVersion, kind, spec };
}
