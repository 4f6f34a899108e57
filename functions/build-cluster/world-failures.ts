/** The failures that the world itself shows, in words that say what to do. Pure. */
import { at } from '#shared/domain/compare.ts';
import type { Json, JsonObject } from '#shared/domain/json.ts';
import type { Failure, StepStatus } from '#shared/domain/step.ts';

/** Not `fresh`: what stands in the way was not learnt from an attempt of ours, so none is counted. */
export function failed(failure: Failure): StepStatus {
  return { state: 'failed', failure, fresh: false };
}

/** Ownership is told by a label, or by the description where labels do not exist (shared/domain/ownership.ts). */
export function foreign(title: string): Failure {
  return {
    kind: 'permanent',
    message: `${title} exists and is not ours: it is left untouched; rename the cluster in the document, or remove what is there`,
  };
}

/** Changing it would mean to delete and build anew, which nobody asked for. */
export function differs(title: string, different: readonly string[]): Failure {
  return {
    kind: 'permanent',
    message: `${title} exists and differs in what is fixed at creation (${different.join('; ')}): it is left untouched`,
  };
}

/** `{ 'a.b': value }` of a found object, the shape that `pick` gives of the wanted one. */
export function flatten(found: JsonObject, paths: readonly string[]): JsonObject {
  return Object.fromEntries(paths.map((path): [string, Json | undefined] => [path, at(found, path)]));
}
