/** What stands between a rule and everything that limits it: another engine is another function of this type. */
import type { HpaProposal } from './hpa-calculator.ts';
import type { ServiceSignals } from './signals.ts';
import type { Supply } from './supply.ts';
import type { RoleInput, ServiceSettings, Term } from './types.ts';

export interface RuleView {
  readonly nowMs: number;
  readonly role: RoleInput;
  readonly supply: Supply;
  /** The other role of a pair. */
  readonly partner?: { readonly role: RoleInput; readonly supply: Supply };
  readonly settings: ServiceSettings;
  readonly signals: ServiceSignals;
}

/** What one signal asks for. */
export interface Proposal {
  readonly result: HpaProposal;
  /** Whether every sample it rests on is fresh; else it may only ask for more. */
  readonly isProven: boolean;
  /** The load in replicas before rounding: how close a smaller size would be to its target. Absent where nothing was read. */
  readonly loadReplicas?: number;
  readonly term: Term;
}

export interface RuleOutcome {
  /** The largest wins. */
  readonly proposals: readonly Proposal[];
  /** Why the size must not change although its own signals may ask for it. */
  readonly held?: { readonly limitedBy: 'decodeBottleneck'; readonly term: Term };
}

/** Pure. Bounds, windows, rates, cool-downs and caps are not the rule's business. */
export type Rule = (view: RuleView) => RuleOutcome;
