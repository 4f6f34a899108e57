/** One proposal per signal, each through the autoscaler's own arithmetic, each with its line of explanation. */
import {
  type HpaProposal,
  proposeForAverage,
  proposeForPods,
  proposeForValue,
  type Tolerance,
} from './hpa-calculator.ts';
import type { Proposal, RuleView } from './rule-contract.ts';
import { describeSample, describeSum, freshValue, round, sumSamples } from './samples.ts';
import type { PodSignals, Sample } from './signals.ts';
import { guardOvershoot, type Supply } from './supply.ts';
import type { RoleInput } from './types.ts';

/** The same width both ways, as the autoscaler has it unless told otherwise. */
export function toleranceOf({ settings }: RuleView): Tolerance {
  return { up: settings.toleranceRatio, down: settings.toleranceRatio };
}

/** Pods that should serve now: neither starting nor being deleted. */
export function servingPods(role: RoleInput): readonly PodSignals[] {
  const others = new Set([...role.pending.map(({ pod }) => pod), ...role.terminating]);
  return role.signals.pods.filter(({ pod }) => !others.has(pod));
}

/** How a gauge of each pod becomes replicas. `target`: of the gauge, per replica. */
export interface PodQuestion {
  readonly name: string;
  readonly pick: (pod: PodSignals) => Sample;
  readonly target: number;
  /** In words, after the number: `per replica`. */
  readonly unit: string;
  /** A queue grows while replicas start, so they are credited; a mean over the pods is bounded by itself. */
  readonly isTotal: boolean;
}

/** A gauge of each pod. Pods that give no sample count as the autoscaler counts missing ones, and forbid the way down. */
export function askPods(view: RuleView, question: PodQuestion): Proposal {
  const { role, supply, nowMs } = view;
  const samples = servingPods(role).map(question.pick);
  const { sum, isComplete } = sumSamples(samples, supply.ready);
  const unlisted = Array.from({ length: Math.max(0, supply.ready - samples.length) }, () => undefined);
  const asked = proposeForPods({
    currentReplicas: role.currentReplicas,
    target: question.target,
    tolerance: toleranceOf(view),
    samples: [...samples.map(freshValue), ...unlisted],
    pendingPods: supply.starting,
  });
  const result = question.isTotal ? guarded(asked, supply) : asked;
  return {
    result,
    isProven: isComplete,
    ...(result.kind === 'proposal' && { loadReplicas: sum / question.target }),
    term: {
      name: question.name,
      inputs: [describeSum(question.name, samples, { nowMs, expected: supply.ready })],
      formula: `${round(sum)} / ${question.target} ${question.unit}${creditOf(asked, result, supply)}`,
      result: describeResult(result),
    },
  };
}

export interface TotalQuestion {
  readonly name: string;
  readonly sample: Sample;
  readonly target: number;
  readonly unit: string;
  /** What one unit of the sample is divided by before the target: tokens per second for a backlog in seconds. */
  readonly perSecond?: number;
}

/** A sum over the whole pool. Replicas that are starting are credited: it does not know of them. */
export function askTotal(view: RuleView, question: TotalQuestion): Proposal {
  const { supply, role, nowMs } = view;
  const { name, sample, target, unit, perSecond } = question;
  const inputs = [describeSample(name, sample, nowMs)];
  const value = freshValue(sample);
  if (value === undefined) return unread(name, inputs);
  const usage = value / (perSecond ?? 1);
  // What does not come up is no supply: the tolerance is that of the replicas to count on.
  const answer = proposeForAverage({ usage, target, tolerance: toleranceOf(view), statusReplicas: supply.total });
  const asked: HpaProposal =
    answer.kind === 'proposal' && answer.keeps ? { ...answer, replicas: role.currentReplicas } : answer;
  const result = guarded(asked, supply);
  const divided = perSecond === undefined ? '' : ` / ${perSecond} tokens/s`;
  return {
    result,
    isProven: true,
    loadReplicas: usage / target,
    term: {
      name,
      inputs,
      formula: `${round(value)}${divided} / ${target} ${unit}${creditOf(asked, result, supply)}`,
      result: describeResult(result),
    },
  };
}

/**
 * A ratio of the whole pool, which does not grow with it: multiplied by what serves, never by what was asked for, else each look during a
 * start would multiply again. Never through the overshoot guard, which is for totals.
 */
export function askRatio(view: RuleView, question: Omit<TotalQuestion, 'perSecond' | 'unit'>): Proposal {
  const { role, supply, nowMs } = view;
  const { name, sample, target } = question;
  const inputs = [describeSample(name, sample, nowMs)];
  const usage = freshValue(sample);
  if (usage === undefined) return unread(name, inputs);
  const result = proposeForValue({
    usage,
    target,
    tolerance: toleranceOf(view),
    currentReplicas: role.currentReplicas,
    readyPods: supply.ready,
    pods: supply.total,
  });
  const formula = `${round(usage)} / ${target} · ${supply.ready} ready`;
  const loadReplicas = (usage / target) * supply.ready;
  return { result, isProven: true, loadReplicas, term: { name, inputs, formula, result: describeResult(result) } };
}

/** A signal that the rule needs and nobody can name a value of. */
export function unread(name: string, inputs: Proposal['term']['inputs']): Proposal {
  const [input] = inputs;
  const reason = `${name} ${input?.state ?? 'missing'}`;
  const result: HpaProposal = { kind: 'failed', reason };
  return { result, isProven: false, term: { name, inputs, formula: 'no value', result: describeResult(result) } };
}

function guarded(asked: HpaProposal, supply: Supply): HpaProposal {
  if (asked.kind === 'failed' || asked.keeps) return asked;
  return { ...asked, replicas: guardOvershoot(asked.replicas, supply) };
}

function creditOf(asked: HpaProposal, result: HpaProposal, { starting }: Supply): string {
  if (asked.kind === 'failed' || result.kind === 'failed' || asked.replicas === result.replicas) return '';
  return ` = ${asked.replicas}, of which ${starting} are starting`;
}

function describeResult(result: HpaProposal): string {
  if (result.kind === 'failed') return 'unknown: no smaller size on this';
  return result.keeps ? `${result.replicas} (within tolerance)` : `${result.replicas}`;
}
