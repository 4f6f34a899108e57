/** What a check is, and what it says. */
import type { Place } from './place.ts';
import type { CheckedSet } from './checked-set.ts';

/**
 * `error`: it is refused, fails, or does without a word something else than what is written. `warning`: it runs, and costs capacity, time or
 * requests. `note`: nothing is wrong, but it is not looked at.
 */
export type Severity = 'error' | 'warning' | 'note';

export interface Check {
  /** Never changes its meaning: people filter by it. */
  readonly id: string;
  readonly severity: Severity;
  /** What must hold, as a sentence. */
  readonly title: string;
  /** Public: repository and path, or the title of a page. */
  readonly source: string;
  run(set: CheckedSet): readonly Fault[];
}

/** One place that breaks the rule. */
export interface Fault {
  readonly at: Place;
  /** What is wrong, with the value. */
  readonly message: string;
  /** What to write instead, as an instruction. */
  readonly fix: string;
  /** A word of the text at the place, for its line in a script of many lines. */
  readonly word?: string;
}

export interface Finding extends Fault {
  readonly rule: string;
  readonly severity: Severity;
  /** `Deployment/vllm`. */
  readonly object: string;
}
