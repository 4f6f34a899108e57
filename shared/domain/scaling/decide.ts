/** One look's sizes for one service: sleep or wake first, then each role by the rule and its limits, then what binds the roles together. */
import { describeChange, summarize } from './explain.ts';
import { applyCooldown, applyOverride, applyRollout, correctBounds, leaveAlone } from './limits.ts';
import { recallRole, rememberAsked } from './memory.ts';
import { type Draft, floorOf, limitTo, recommend, type RoleContext } from './recommend.ts';
import { publishedRule } from './rule.ts';
import type { Rule } from './rule-contract.ts';
import { applySpendCap } from './spend.ts';
import { countSupply } from './supply.ts';
import type {
  LimitedBy,
  RoleDecision,
  RoleInput,
  ScalingAction,
  ScalingDecision,
  ScalingInput,
  ScalingMemory,
  Term,
} from './types.ts';
import { decideSleep, keepPair, type Sleep } from './zero.ts';

/** Pure: the same input gives the same decision. `memory` of the decision is the input's memory of the next look, applied or not. */
export function decideSizes(input: ScalingInput, rule: Rule = publishedRule): ScalingDecision {
  const sleep = decideSleep(input);
  const drafted = input.roles.map((role) => draftRole(role, { input, rule, sleep }));
  const lasting = keepPair(drafted.map(applyRollout));
  // Once more after the cap, which may have woken only one of them.
  const drafts = keepPair(applySpendCap(lasting, input.settings.spendCapUsdPerHour));
  const roles = drafts.map((draft) => toDecision(draft));
  return { roles, memory: rememberAll(input, drafts, sleep), summary: summarize(roles) };
}

interface Look {
  readonly input: ScalingInput;
  readonly rule: Rule;
  readonly sleep: Sleep;
}

function draftRole(role: RoleInput, { input, rule, sleep }: Look): Draft {
  const { nowMs, settings, signals } = input;
  const memory = recallRole(role, input.memory?.roles[role.role], { nowMs, settings });
  const supply = countSupply(role, nowMs);
  const terms = [supply.term, ...(sleep.term === undefined ? [] : [sleep.term])];
  const begun: Draft = { role, desiredReplicas: role.currentReplicas, terms, memory };
  const left = leaveAlone(begun);
  if (left !== undefined) return left;
  const context: RoleContext = { nowMs, settings, supply };
  const bySleep = draftAsleep(begun, sleep) ?? correctBounds(begun);
  if (bySleep !== undefined) return applyOverride(applyCooldown(bySleep, context), context);
  const partner = partnerOf(role, input);
  const outcome = rule({ nowMs, role, supply, settings, signals, ...(partner !== undefined && { partner }) });
  return applyOverride(applyCooldown(recommend(begun, context, outcome), context), context);
}

/** Absent: the service neither sleeps nor wakes now. */
function draftAsleep(draft: Draft, sleep: Sleep): Draft | undefined {
  switch (sleep.kind) {
    case 'sleep':
      return { ...draft, desiredReplicas: 0 };
    case 'asleep':
      if (sleep.limitedBy === undefined) return draft;
      return limitTo(draft, 0, { by: sleep.limitedBy, formula: sleep.term.formula });
    case 'wake':
      return { ...draft, desiredReplicas: floorOf(draft.role) };
    case 'awake':
    case 'idle':
      return undefined;
  }
}

function partnerOf(role: RoleInput, { roles, nowMs }: ScalingInput) {
  const partner = roles.find((other) => other.role !== role.role);
  if (partner === undefined) return undefined;
  return { role: partner, supply: countSupply(partner, nowMs) };
}

function toDecision(draft: Draft): RoleDecision {
  const { role, desiredReplicas, limitedBy, terms } = draft;
  const change = {
    role: role.role,
    fromReplicas: role.currentReplicas,
    toReplicas: desiredReplicas,
    action: actionOf(draft),
  };
  return {
    role: role.role,
    desiredReplicas,
    action: change.action,
    ...(limitedBy !== undefined && { limitedBy }),
    terms,
    why: describeChange(change, decisiveTerm(draft)),
  };
}

/** The limit that had the last word, else the signal that asked for most. */
function decisiveTerm({ terms, limitedBy, desiredReplicas }: Draft) {
  if (limitedBy !== undefined) return terms.at(-1);
  const asks = ({ result }: Term) => result === `${desiredReplicas}` || result.startsWith(`${desiredReplicas} `);
  return terms.findLast((term) => term.name !== 'supply' && asks(term)) ?? terms.at(-1);
}

/** Limits beside which a size is as it should be; any other one stopped a change, or the knowledge for it was missing. */
const settled: readonly LimitedBy[] = ['owner', 'override', 'tolerance', 'floor', 'ceiling'];

function actionOf({ role, desiredReplicas, limitedBy }: Draft): ScalingAction {
  if (desiredReplicas > role.currentReplicas) return 'up';
  if (desiredReplicas < role.currentReplicas) return 'down';
  return limitedBy === undefined || settled.includes(limitedBy) ? 'keep' : 'hold';
}

function rememberAll({ nowMs, settings }: ScalingInput, drafts: readonly Draft[], sleep: Sleep): ScalingMemory {
  const roles = drafts.map(({ role, desiredReplicas, memory }) => [
    role.role,
    rememberAsked(memory, { role, toReplicas: desiredReplicas, nowMs, settings }),
  ]);
  const idle = sleep.kind === 'idle' || sleep.kind === 'sleep' ? { idleSinceMs: sleep.sinceMs } : {};
  return { roles: Object.fromEntries(roles), ...idle };
}
