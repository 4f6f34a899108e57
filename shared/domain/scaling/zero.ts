/**
 * To zero and from zero: the service as one. A prefill without decode serves nothing and neither does the reverse, so both sleep and both
 * wake (llm-d/llm-d issue 1531). What wakes them are requests held by the endpoint picker's flow control: without it nobody would know.
 */
import { isOverridden } from './limits.ts';
import { type Draft, floorOf, limitTo } from './recommend.ts';
import { flowControlOf } from './rule.ts';
import { describeSample, describeSum, freshValue, sumSamples } from './samples.ts';
import type { PodSignals, Sample } from './signals.ts';
import { countSupply } from './supply.ts';
import type { LimitedBy, RoleInput, ScalingInput, Term, TermInput } from './types.ts';

export type Sleep =
  /** Something is, or may be, going on. `term` absent: the service never sleeps. */
  | { readonly kind: 'awake'; readonly term?: Term }
  | { readonly kind: 'idle'; readonly sinceMs: number; readonly term: Term }
  /** Idle for long enough: all roles to zero. */
  | { readonly kind: 'sleep'; readonly sinceMs: number; readonly term: Term }
  /** All roles are at zero and stay there. */
  | { readonly kind: 'asleep'; readonly limitedBy?: LimitedBy; readonly term: Term }
  | { readonly kind: 'wake'; readonly term: Term };

/** Whether the service as a whole may go to zero, stays there, or has to wake. */
export function decideSleep(input: ScalingInput): Sleep {
  const { roles, nowMs, settings, memory } = input;
  if (roles.every(({ currentReplicas }) => currentReplicas === 0)) return decideWake(input);
  if (roles.some((role) => isLifted(role, nowMs))) return { kind: 'awake' };
  if (!roles.every(({ size, owner }) => size.min === 0 && owner === 'inference-fleet')) return { kind: 'awake' };
  if (roles.some(({ size }) => size.max === 0)) return { kind: 'awake' };
  const term = idleTerm(input);
  if (flowControlOf(settings, input.signals) !== 'on') {
    return { kind: 'awake', term: { ...term, formula: 'no flow control: nothing would wake it', result: 'not zero' } };
  }
  const busy = idleSigns(input).find(({ isZero }) => !isZero);
  if (busy !== undefined) {
    return { kind: 'awake', term: { ...term, formula: `${busy.input.name} not proven to be 0`, result: 'not idle' } };
  }
  // A clock that went back must not have proven anything in advance.
  const sinceMs = Math.min(memory?.idleSinceMs ?? nowMs, nowMs);
  const idleSeconds = Math.floor((nowMs - sinceMs) / 1000);
  const formula = `idle for ${idleSeconds} of ${settings.scaleToZeroAfterSeconds} s`;
  if (idleSeconds < settings.scaleToZeroAfterSeconds)
    return { kind: 'idle', sinceMs, term: { ...term, formula, result: 'not yet zero' } };
  return { kind: 'sleep', sinceMs, term: { ...term, formula, result: '0 of every role' } };
}

/** A person wants it up: then it neither goes to zero nor stays there. */
function isLifted(role: RoleInput, nowMs: number): boolean {
  return isOverridden(role, nowMs) && (role.override?.replicas ?? 0) > 0;
}

/** One measured quantity, and whether it is a fresh zero. */
interface IdleSign {
  readonly input: TermInput;
  readonly isZero: boolean;
}

/**
 * All must be fresh zeros: nothing ended, nothing waits, nothing runs, and the servers say the same. The picker alone is no witness: one
 * that was restarted counts from zero, and requests may reach the servers past it.
 */
function idleSigns({ signals, roles, nowMs }: ScalingInput): readonly IdleSign[] {
  const atPicker: readonly (readonly [string, Sample])[] = [
    ['completed requests', signals.completedRequestsPerSecond],
    ['held requests', signals.heldRequests],
    ['running requests', signals.runningRequests],
  ];
  return [
    ...atPicker.map(([name, sample]) => {
      return { input: describeSample(name, sample, nowMs), isZero: freshValue(sample) === 0 };
    }),
    ...roles.flatMap((role) => serverSigns(role, nowMs)),
  ];
}

const serverSignals: readonly (readonly [string, (pod: PodSignals) => Sample])[] = [
  ['running at the servers', ({ runningRequests }) => runningRequests],
  ['queued at the servers', ({ queuedRequests }) => queuedRequests],
];

function serverSigns(role: RoleInput, nowMs: number): readonly IdleSign[] {
  const expected = countSupply(role, nowMs).ready;
  return serverSignals.map(([name, of]) => {
    const samples = role.signals.pods.map(of);
    const { sum, isComplete } = sumSamples(samples, expected);
    const input = describeSum(`${role.role} requests ${name}`, samples, { nowMs, expected });
    return { input, isZero: isComplete && sum === 0 };
  });
}

function idleTerm(input: ScalingInput): Term {
  return { name: 'idleness', inputs: idleSigns(input).map((sign) => sign.input), formula: '', result: '' };
}

function decideWake(input: ScalingInput): Sleep {
  const { roles, nowMs, settings, signals } = input;
  const term = (formula: string, result: string): Term => ({
    name: 'wake',
    inputs: [describeSample('held requests', signals.heldRequests, nowMs)],
    formula,
    result,
  });
  const maxima = roles.map(({ size }) => size.max);
  if (maxima.includes(0)) return { kind: 'asleep', term: term('a maximum is 0', '0 of every role') };
  if (roles.some((role) => isLifted(role, nowMs))) {
    return { kind: 'wake', term: term('an override asks for more than 0', 'every role to at least 1') };
  }
  const floor = Math.max(...roles.map(({ size }) => size.min));
  if (floor > 0) return { kind: 'wake', term: term(`a minimum is ${floor}`, 'every role to its minimum') };
  const flow = flowControlOf(settings, signals);
  if (flow === 'off')
    return { kind: 'wake', term: term('no flow control: nothing else would wake it', 'every role to 1') };
  const held = freshValue(signals.heldRequests);
  if (flow === 'unknown' || held === undefined) {
    return {
      kind: 'asleep',
      limitedBy: 'noSignal',
      term: term('nobody knows whether requests are held', 'stays at 0'),
    };
  }
  if (held > 0) return { kind: 'wake', term: term(`${held} held`, 'every role to at least 1') };
  return { kind: 'asleep', term: term('none held', 'stays at 0') };
}

/**
 * Never half a pair. A role that would go to zero alone stays; one that would rise from zero alone waits for the other.
 * Whatever is already half, and not ours to mend, is left.
 */
export function keepPair(drafts: readonly Draft[]): readonly Draft[] {
  const atZero = drafts.filter(({ desiredReplicas }) => desiredReplicas === 0);
  if (atZero.length === 0 || atZero.length === drafts.length) return drafts;
  return drafts.map((draft) => {
    const { currentReplicas } = draft.role;
    if (draft.desiredReplicas === 0 && currentReplicas > 0) {
      const formula = 'the other role stays: neither goes to zero alone';
      return limitTo(draft, Math.min(currentReplicas, floorOf(draft.role)), { by: 'pair', formula });
    }
    if (draft.desiredReplicas > 0 && currentReplicas === 0) {
      return limitTo(draft, 0, { by: 'pair', formula: 'the other role stays at zero: neither wakes alone' });
    }
    return draft;
  });
}
