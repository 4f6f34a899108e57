import type { FailureKind } from '../errors.ts';

/** One row of the table that says what Google's errors mean. */
export interface GoogleErrorRow {
  /** All that are given must hold. `sign` may be in a reason or in the text. */
  readonly when: {
    readonly sign?: RegExp;
    readonly text?: RegExp;
    readonly canonical?: readonly string[];
    readonly http?: readonly number[];
    readonly system?: RegExp;
  };
  readonly kind: FailureKind;
  /** Ours; absent: the first reason or status code of the error itself. */
  readonly code?: string;
  /** In words; `$1` is the first group of `text`. */
  readonly waitingFor?: string;
  readonly retryAfterSeconds?: number;
  /** Repository and path, issue or page title. */
  readonly source: string;
}
