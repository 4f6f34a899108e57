/** A difference between a real component and ours that is known, and why it may stay. */
export interface ConformanceException {
  /** As in the suite's title, e.g. `Pub/Sub`. */
  readonly wire: string;
  /** Short and stable, e.g. `filter-ignored`. */
  readonly id: string;
  /** What differs, on which side, and why it may. */
  readonly reason: string;
  /** Where it can be read up: public documentation, or the section of a recording’s README. */
  readonly source?: string;
}
