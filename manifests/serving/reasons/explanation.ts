import type { Json } from '../../../shared/domain/json.ts';

/** One value of a rendered object, and why it is that. */
export interface Explanation {
  readonly object: ExplainedObject;
  /** `spec.template.spec.terminationGracePeriodSeconds`; for a flag the argument that it stands in, and the flag. */
  readonly path: string;
  readonly value: Json;
  readonly why: string;
  readonly source: string;
}

export interface ExplainedObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}
