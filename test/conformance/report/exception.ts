/** Whose difference it is: the real component lacks or refuses something, ours does, or asking both cannot give one answer. */
export type ExceptionKind = 'limit-of-real' | 'choice-of-ours' | 'not-comparable';

/** A difference between a real component and ours that is known, and why it may stay. */
export interface ConformanceException {
  /** As in the suite's title, e.g. `Pub/Sub`. */
  readonly wire: string;
  /** Short and stable, e.g. `filter-ignored`. */
  readonly id: string;
  readonly kind: ExceptionKind;
  /** What differs, on which side, and why it may. */
  readonly reason: string;
  /** Where whoever has this repository alone can read it up: public documentation or code, or a file of ours. */
  readonly source: string;
}
