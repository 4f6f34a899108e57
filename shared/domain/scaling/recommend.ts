/** From a rule's proposals to a size for one role: the largest wins, doubt never shrinks, and the autoscaler's windows and rates apply. */
import { formatDuration } from '../time-text.ts';
import { combineProposals, type HpaLimit, normalize } from './hpa.ts';
import type { Proposal, RuleOutcome } from './rule-contract.ts';
import { replaceStuck, type Supply } from './supply.ts';
import { behaviorOf } from './pace.ts';
import type { LimitedBy, RoleInput, RoleMemory, ServiceSettings, Term } from './types.ts';

/** A size on its way through the limits; each that changes it leaves its name and its line. */
export interface Draft {
  readonly role: RoleInput;
  readonly desiredReplicas: number;
  /** The last limit that changed the size. */
  readonly limitedBy?: LimitedBy;
  readonly terms: readonly Term[];
  readonly memory: RoleMemory;
}

/** What a limit is applied in. */
export interface RoleContext {
  readonly nowMs: number;
  readonly settings: ServiceSettings;
  readonly supply: Supply;
}

/** The draft at another size, with the limit's name and its line. */
export function limitTo(draft: Draft, to: number, reason: { readonly by: LimitedBy; readonly formula: string }): Draft {
  const term: Term = { name: reason.by, inputs: [], formula: reason.formula, result: `${to}` };
  return { ...draft, desiredReplicas: to, limitedBy: reason.by, terms: [...draft.terms, term] };
}

/** The fewest replicas while the service is not proven idle: zero is for the whole service at once. */
export function floorOf({ size }: RoleInput): number {
  return Math.min(Math.max(size.min, 1), size.max);
}

/**
 * From proposals to a size, in order: the largest wins; what is unproven does not shrink; what the rule holds stays; then windows and
 * rates.
 */
export function recommend(begun: Draft, context: RoleContext, outcome: RuleOutcome): Draft {
  const { role } = begun;
  const { currentReplicas } = role;
  const { proposals, held } = outcome;
  const said = [...proposals.map(({ term }) => term), ...(held === undefined ? [] : [held.term])];
  const drafted: Draft = { ...begun, terms: [...begun.terms, ...said] };
  const combined = combineProposals(
    proposals.map(({ result }) => result),
    currentReplicas,
  );
  if (combined.kind === 'unknown') return withoutDecision(drafted, proposals, combined.reason);
  const unproven = proposals.find(({ isProven }) => !isProven);
  if (combined.replicas < currentReplicas && unproven !== undefined) {
    return withoutDecision(drafted, proposals, `${unproven.term.name} is not complete`);
  }
  if (held !== undefined && combined.replicas !== currentReplicas) {
    return { ...drafted, desiredReplicas: currentReplicas, limitedBy: held.limitedBy };
  }
  return applyWindows(tryBesideStuck(drafted, context, { proposals, wanted: combined.replicas }), context, proposals);
}

/** Nothing is remembered of a look that knew too little, as upstream does it. */
function withoutDecision(draft: Draft, proposals: readonly Proposal[], reason: string): Draft {
  const knowsNothing = proposals.every(({ result }) => result.kind === 'failed');
  const by = knowsNothing ? 'noSignal' : 'unprovenSignal';
  return limitTo(draft, draft.role.currentReplicas, { by, formula: `${reason}: no smaller size without proof` });
}

function tryBesideStuck(
  draft: Draft,
  { supply }: RoleContext,
  { proposals, wanted }: { readonly proposals: readonly Proposal[]; readonly wanted: number },
): Draft {
  const asked = proposals.some(
    ({ result }) => result.kind === 'proposal' && !result.keeps && result.replicas === wanted,
  );
  const replicas = asked ? replaceStuck(wanted, supply, draft.role.currentReplicas) : wanted;
  if (replicas === wanted) return { ...draft, desiredReplicas: wanted };
  const formula = `${wanted} needed, ${supply.ready} serve, ${supply.stuck} not up for too long: one more try beside them`;
  const term: Term = { name: 'replacement', inputs: [], formula, result: `${replicas}` };
  return { ...draft, desiredReplicas: replicas, terms: [...draft.terms, term] };
}

function applyWindows(draft: Draft, { nowMs, settings }: RoleContext, proposals: readonly Proposal[]): Draft {
  const { role } = draft;
  const settled = keepWithinTolerance(halveAtMost(draft), settings.toleranceRatio, proposals);
  const learned = keepAboveTooFew(settled, nowMs);
  const wanted = learned.desiredReplicas;
  const behavior = behaviorOf(settings);
  const moment = { nowMs, currentReplicas: role.currentReplicas, wanted };
  const normalized = normalize(draft.memory, behavior, {
    ...moment,
    minReplicas: floorOf(role),
    maxReplicas: role.size.max,
  });
  const remembered = { ...learned, memory: { ...draft.memory, ...normalized.memory } };
  const stabilized =
    normalized.stabilizedReplicas === wanted
      ? remembered
      : limitTo(remembered, normalized.stabilizedReplicas, {
          by: 'stabilization',
          formula: windowText(wanted, role, settings),
        });
  const limit = limits[normalized.limit];
  if (limit === undefined) return stabilized;
  const formula = `${normalized.stabilizedReplicas} ${limit.text}`;
  return limitTo(stabilized, normalized.replicas, { by: limit.by, formula });
}

const limits: Readonly<Record<HpaLimit, { readonly by: LimitedBy; readonly text: string } | undefined>> = {
  DesiredWithinRange: undefined,
  ScaleUpLimit: { by: 'rateLimit', text: 'is more than may be added at once' },
  ScaleDownLimit: { by: 'rateLimit', text: 'is less than may be left at once' },
  TooManyReplicas: { by: 'ceiling', text: 'wanted, which is above it' },
  TooFewReplicas: { by: 'floor', text: 'wanted, which is below it' },
};

function windowText(wanted: number, { currentReplicas }: RoleInput, { up, down }: ServiceSettings): string {
  return wanted < currentReplicas
    ? `${wanted} wanted; the highest of the last ${down.stabilizationSeconds} s counts`
    : `${wanted} wanted; the lowest of the last ${up.stabilizationSeconds} s counts`;
}

/**
 * Never below half at once: a fuller replica is slower, so what was measured at one size says little about a much smaller one
 * (`max-scale-down-rate` 2 of knative/serving pkg/autoscaler/config). Taken before the windows, so that each further step has been
 * wanted for a whole window at the new size.
 */
function halveAtMost(draft: Draft): Draft {
  const { currentReplicas } = draft.role;
  const half = Math.ceil(currentReplicas / 2);
  if (draft.desiredReplicas >= half || currentReplicas <= floorOf(draft.role)) return draft;
  return limitTo(draft, half, {
    by: 'rateLimit',
    formula: `${draft.desiredReplicas} is less than half of ${currentReplicas}`,
  });
}

/**
 * A smaller size must leave the load below its target by the tolerance, else the next look would ask for the larger one again.
 * Example: load 2.95 replicas, tolerance 0.1 → not below 4, since 3 would have to bear 3.245; load 2.6 → 3.
 */
function keepWithinTolerance(draft: Draft, toleranceRatio: number, proposals: readonly Proposal[]): Draft {
  const { currentReplicas } = draft.role;
  if (draft.desiredReplicas >= currentReplicas) return draft;
  const load = Math.max(0, ...proposals.map(({ loadReplicas = 0 }) => loadReplicas));
  let fewest = draft.desiredReplicas;
  while (fewest < currentReplicas && load * (1 + spareRatio(toleranceRatio, fewest / currentReplicas)) > fewest)
    fewest++;
  if (fewest === draft.desiredReplicas) return draft;
  const formula = `a load of ${load.toFixed(2)} replicas fills ${draft.desiredReplicas} to within ${percent(spareRatio(toleranceRatio, draft.desiredReplicas / currentReplicas))} %`;
  return limitTo(draft, fewest, { by: 'tolerance', formula });
}

/**
 * How far below its target a smaller size must be. A replica with more to do is slower, which no look can foresee: where more than a
 * quarter of them go, the tolerance grows with what each of the others gets, to twice as much for the half. With the tolerance alone, a
 * size of two went up and down for ever under a load that filled one to 91 % (test/shared/domain/scaling/constant-load.test.ts).
 */
function spareRatio(toleranceRatio: number, leftRatio: number): number {
  return toleranceRatio * Math.max(1, 4 * (1 - leftRatio));
}

function percent(ratio: number): number {
  return Math.round(ratio * 100);
}

/** A size that had to be left again soon after it was gone down to is not tried again for a while. */
function keepAboveTooFew(draft: Draft, nowMs: number): Draft {
  const { tooFew } = draft.memory;
  const { currentReplicas } = draft.role;
  if (tooFew === undefined || tooFew.untilMs <= nowMs) return draft;
  if (draft.desiredReplicas >= currentReplicas || draft.desiredReplicas > tooFew.replicas) return draft;
  const left = formatDuration(Math.ceil((tooFew.untilMs - nowMs) / 1000) * 1000);
  const formula = `${tooFew.replicas} were too few; not tried again for ${left}`;
  return limitTo(draft, Math.min(currentReplicas, tooFew.replicas + 1), { by: 'tooFew', formula });
}
