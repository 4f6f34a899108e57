import type { FailureKind } from '../errors.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problem.ts';

/** Where a target is (D14). */
export const phases = [
  'pending',
  'building',
  'updating',
  'ready',
  'degraded',
  'holding',
  'failed',
  'deleting',
  'deleted',
] as const;
export type Phase = (typeof phases)[number];

/** One unit of work, idempotent: deterministic name, absolute values. */
export interface Step {
  /** Stable within the target, e.g. `subnet/rdma-3`. */
  readonly id: string;
  /** For people, e.g. `subnet demo-rdma-sub-3`. */
  readonly title: string;
  /** Ids of the steps that must be done before this one may start. */
  readonly dependsOn: readonly string[];
  /** Tells others what is, and changes nothing of it: a pause does not hold it back. Absent: it changes something. */
  readonly isReport?: true;
}

export interface Failure {
  readonly kind: FailureKind;
  /** One sentence with field, value and what to do about it. */
  readonly message: string;
  readonly code?: string;
  readonly retryAfterSeconds?: number;
}

export type WaitCause =
  /** A person has stopped all changes. */
  | 'paused'
  /** Other steps of the same graph. */
  | 'prerequisites'
  /** The pause after a refused or failed attempt. */
  | 'retry'
  /** Somebody else, who is at work on the same resource. */
  | 'others';

export type StepStatus =
  /** As wanted, seen in the world. */
  | { readonly state: 'done' }
  /** Somebody (usually we) is at it; `operation` names what runs. */
  | { readonly state: 'running'; readonly reason: string; readonly operation?: string }
  /** Its prerequisites are done and nothing speaks against starting it now. */
  | { readonly state: 'ready' }
  /** Something else has to happen first: `reason` says what, `cause` what kind of thing. */
  | { readonly state: 'waiting'; readonly cause: WaitCause; readonly reason: string }
  /** Known to have failed. `fresh`: learnt in this look, so the attempt is over and the next one gets a new request id. */
  | { readonly state: 'failed'; readonly failure: Failure; readonly fresh: boolean };

export interface PlannedStep<S extends Step> {
  readonly step: S;
  readonly status: StepStatus;
}

/** What a planner decides: nothing to start now (`hold`), or a frontier to start (`act`: the steps that are `ready`). */
export interface Plan<S extends Step> {
  readonly kind: 'hold' | 'act';
  readonly phase: Phase;
  /** Why, in one sentence: goes to status, chat and log as it is. */
  readonly reason: string;
  /** What comes next, in one sentence. */
  readonly next: string;
  /** The whole graph, finished steps included. */
  readonly steps: readonly PlannedStep<S>[];
  /** When to look again; absent: only when woken. */
  readonly recheckAfterSeconds?: number;
  /** What a person wants to read once it stands; kept in status. */
  readonly report?: JsonObject;
  /** What the next look is to remember besides its steps; replaces what it was handed, absent: unchanged. */
  readonly carry?: JsonObject;
  /** Why the sizes are what they are; kept for whoever asks. */
  readonly decision?: Decision;
  /** For whoever asks before the document is published; never kept. Absent: steps and `report` say it all. */
  readonly foreseen?: Foreseen;
}

export interface Foreseen {
  /** What a person has to make or correct before anything can be done. */
  readonly problems: readonly Problem[];
  /** What is known all the same, in the form of `report`. */
  readonly report: JsonObject;
}

/** A decision as it is shown: plain JSON besides the two texts. */
export interface Decision extends JsonObject {
  /** What came out, in a form that is equal for equal outcomes: looks that decide the same are kept as one. */
  readonly outcome: string;
  /** One sentence for log, status and chat. */
  readonly summary: string;
  /** What went otherwise than planned when it was carried out; absent: nothing. */
  readonly remarks?: readonly string[];
}

/** What the ledger remembers of one step. */
export interface StepMemory {
  readonly title: string;
  readonly state: StepStatus['state'] | 'intended';
  /** Known failures so far; part of the request id, so it grows only when the last attempt is known to be over. */
  readonly attempts: number;
  /** Calls made, repetitions included. */
  readonly calls: number;
  /** For the back-off: failures in a row, and calls accepted without an operation whose effect has not been seen yet. */
  readonly failuresInARow: number;
  readonly operation?: string;
  readonly startedAtMs?: number;
  /** When it was first found done. */
  readonly endedAtMs?: number;
  /** When it was last found done after not having been. */
  readonly doneSinceMs?: number;
  readonly reason?: string;
  /** Kind of the latest failure, while it is not over. */
  readonly failureKind?: FailureKind;
  /** No new call before this instant. */
  readonly notBeforeMs?: number;
}

export type StepMemories = Readonly<Record<string, StepMemory>>;

/** What `apply` reports of one step. */
export type StepResult =
  /** The answer itself shows that the world is as wanted: no look is needed to know it. `remark`: what went otherwise than planned. */
  | { readonly kind: 'done'; readonly remark?: string }
  /**
   * The call was accepted; whether it is done, the world says at the next look. `operation` names what runs; without one, a step
   * that the next look does not see done is started again with growing pauses only.
   */
  | { readonly kind: 'started'; readonly operation?: string }
  | { readonly kind: 'failed'; readonly failure: Failure };
