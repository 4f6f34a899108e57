import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';

/** Why a value that is nobody's default stands where it stands. */
export interface Reason {
  /**
   * Which settings it explains: a variable (`env HF_TOKEN`), or a kind (`*`: any) and a path, `*` for one step and `**` for any number:
   * `Deployment spec.strategy`, `* **.containers.*.lifecycle`. It covers all that is below. Flags of vLLM are explained in their catalogue.
   * An entry of a list is a step too, by its place or its name: `* **.volumes.shm`. A key with dots is written as it is:
   * `* **.annotations.networking.gke.io/interfaces`. `Deployment/*-epp spec` is about objects of such a name. Of several that fit, the one
   * that begins deepest counts, then the one that names its objects, then its kind.
   */
  readonly setting: string;
  /** The arithmetic too, where there is one. */
  readonly why: string | ((stack: Stack) => string);
  readonly source: string;
}
