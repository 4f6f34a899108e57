import type { Json } from './json.ts';

/** One thing that is wrong in a document, complete enough to be mended without a manual. */
export interface Problem {
  /** Where, e.g. `spec.gpuPools[0].machineType`. */
  readonly field: string;
  /** What stands there; undefined when nothing does. */
  readonly value: Json | undefined;
  /** The value is what a field means that was left out: nobody who reads the document finds it there. */
  readonly isDefault?: true;
  /** What must hold, as the rest of a sentence about the field. */
  readonly rule: string;
  /** What to write instead, as an instruction. */
  readonly fix: string;
}
