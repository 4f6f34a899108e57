/**
 * The published rules of llm-d, per role. Aggregated: queue and running requests, and saturation where it is measured
 * (llm-d/llm-d guides/workload-autoscaling/keda-epp). Prefill: backlog of prompt tokens in seconds; decode: KV cache used
 * (guides/workload-autoscaling/keda-epp-token-aware). The README has the table.
 */
import { findCouplingDoubt, findDecodeBottleneck } from './coupling.ts';
import { askPods, askRatio, askTotal, servingPods, unread } from './proposals.ts';
import type { Proposal, Rule, RuleView } from './rule-contract.ts';
import { describeSample, describeSum, freshValue, round, sumSamples } from './samples.ts';
import type { ServiceSignals } from './signals.ts';
import type { ServiceSettings } from './types.ts';

export type FlowControl = 'on' | 'off' | 'unknown';

/** Where requests wait. A held count that was ever read proves flow control; a missing one proves nothing. */
export function flowControlOf(
  settings: Pick<ServiceSettings, 'hasEndpointPicker'>,
  signals: ServiceSignals,
): FlowControl {
  if (!settings.hasEndpointPicker) return 'off';
  if (signals.flowControl !== undefined) return signals.flowControl;
  return signals.heldRequests.kind === 'missing' ? 'unknown' : 'on';
}

export const publishedRule: Rule = (view) => {
  switch (view.role.role) {
    case 'aggregated':
      return { proposals: forAggregated(view) };
    case 'prefill':
      return forPrefill(view);
    case 'decode':
      return { proposals: forDecode(view) };
  }
};

function forAggregated(view: RuleView): readonly Proposal[] {
  const backlog = prefillBacklog(view);
  return [
    ...queue(view),
    running(view),
    kvCacheUsed(view),
    ...(backlog === undefined ? [] : [backlog]),
    ...saturation(view),
  ];
}

/**
 * Held requests belong to what they wait for: to decode while that is the bottleneck, else to prefill. With a token backlog the queue is
 * not used beside it: one replica per waiting request runs away on prefill, where a request takes a second. Only when the backlog cannot
 * be read the queue may still prove that more is needed.
 */
function forPrefill(view: RuleView): ReturnType<Rule> {
  const bottleneck = findDecodeBottleneck(view);
  const backlog = prefillBacklog(view);
  const doubt = findCouplingDoubt(view);
  const doubted = doubt === undefined ? [] : [unread('coupling', [doubt])];
  const sized =
    backlog === undefined
      ? queue(view)
      : [backlog, ...whileHeld(view, bottleneck === undefined), ...(backlog.isProven ? [] : queue(view))];
  const isKnown = sized.some(({ result }) => result.kind === 'proposal');
  const proposals = [...sized, ...doubted, ...(isKnown ? [oneFewer(view)] : [])];
  if (bottleneck === undefined) return { proposals };
  return { proposals, held: { limitedBy: 'decodeBottleneck', term: bottleneck } };
}

/**
 * How busy prefill servers may be after one of them has gone: `scaleDownBoundary` of llm-d/llm-d-workload-variant-autoscaler,
 * config/base/manager/saturation-scaling-configmap.yaml.
 */
const BUSY_RATIO = 0.7;

/**
 * Neither an empty queue nor a short backlog says how much is spare: both stay near zero until the pool is full. So prefill shrinks by one
 * at a time, and only if the servers that work now would fill the rest to at most 0.7, a server with a request running counting as busy.
 * The window of the way down makes that one per window (1 per 300 s in the token-aware guide).
 * Example: 4 replicas, 2.1 busy → 2.1 / 0.7 = 3 → 3; 2.2 busy → 4.
 */
function oneFewer({ role, supply, nowMs }: RuleView): Proposal {
  const samples = servingPods(role).map(({ runningRequests }) => runningRequests);
  const busy = samples.reduce((sum, sample) => sum + Math.min(freshValue(sample) ?? 1, 1), 0);
  const { currentReplicas } = role;
  const needed = Math.ceil(round(busy / BUSY_RATIO));
  const replicas = Math.min(Math.max(currentReplicas - 1, needed, 0), currentReplicas);
  const result = { kind: 'proposal', replicas, usage: busy, keeps: replicas === currentReplicas } as const;
  const inputs = [describeSum('running requests', samples, { nowMs, expected: supply.ready })];
  const formula = `${round(busy)} busy ones fill the rest to at most ${BUSY_RATIO}; at most one fewer than ${currentReplicas}`;
  const { isComplete } = sumSamples(samples, supply.ready);
  return { result, isProven: isComplete, term: { name: 'step', inputs, formula, result: `${replicas}` } };
}

function forDecode(view: RuleView): readonly Proposal[] {
  const isOff = flowControlOf(view.settings, view.signals) === 'off';
  const waitsHere = isOff || findDecodeBottleneck(view) !== undefined;
  return [kvCacheUsed(view), ...(waitsHere ? queue(view) : whileHeld(view, false))];
}

/**
 * Where held requests do not size the role, they still say that nothing may go; and if more are held than the target allows although the
 * role's own signal is satisfied (short prompts, one hot server), one replica more is tried at a time. Ours: no guide covers it, and
 * the requests are invisible to every other signal (llm-d/llm-d-workload-variant-autoscaler issues 1249, 1421).
 */
function whileHeld(view: RuleView, mayGrow: boolean): readonly Proposal[] {
  const flow = flowControlOf(view.settings, view.signals);
  if (flow === 'off') return [];
  const name = 'held requests';
  const inputs = [describeSample(name, view.signals.heldRequests, view.nowMs)];
  const held = freshValue(view.signals.heldRequests);
  if (flow === 'unknown' || held === undefined) return [unread(name, inputs)];
  if (held === 0) return [];
  const { currentReplicas } = view.role;
  const isOver = held / view.settings.targets.queuedRequestsPerReplica > currentReplicas;
  const grows = mayGrow && isOver && view.supply.starting === 0;
  const replicas = grows ? currentReplicas + 1 : currentReplicas;
  const result = { kind: 'proposal', replicas, usage: held, keeps: !grows } as const;
  const formula = grows ? `${held} held: one more than ${currentReplicas}` : `${held} held: no smaller size`;
  return [{ result, isProven: true, term: { name, inputs, formula, result: `${replicas}` } }];
}

/** Held by the endpoint picker or waiting in the servers: the one place where they wait, never both. */
function queue(view: RuleView): readonly Proposal[] {
  const target = view.settings.targets.queuedRequestsPerReplica;
  const name = 'queued requests';
  const inServers = () =>
    askPods(view, { name, pick: (pod) => pod.queuedRequests, target, unit: 'per replica', isTotal: true });
  const held = () =>
    askTotal(view, { name: 'held requests', sample: view.signals.heldRequests, target, unit: 'per replica' });
  switch (flowControlOf(view.settings, view.signals)) {
    case 'on':
      return [held()];
    case 'off':
      return [inServers()];
    case 'unknown': {
      const note = 'nobody could tell whether the endpoint picker holds requests';
      return [unread('held requests', [{ name: 'held requests', state: 'missing', note }]), inServers()];
    }
  }
}

function running(view: RuleView): Proposal {
  const target = view.settings.targets.runningRequestsPerReplica;
  const name = 'running requests';
  return view.settings.hasEndpointPicker
    ? askTotal(view, { name, sample: view.signals.runningRequests, target, unit: 'per replica' })
    : askPods(view, { name, pick: (pod) => pod.runningRequests, target, unit: 'per replica', isTotal: true });
}

/** The sum over the pods, not a mean or a maximum: it grows with the pool, so the division gives replicas. */
function kvCacheUsed(view: RuleView): Proposal {
  return askPods(view, {
    name: 'KV cache used',
    pick: (pod) => pod.kvCacheUsedRatio,
    target: view.settings.targets.kvCacheUsedRatio,
    unit: 'of a replica',
    isTotal: false,
  });
}

/** Example: 95,568 tokens at 15,928 tokens/s are 6 s; with 1.5 s a replica that is 4 replicas. */
function prefillBacklog(view: RuleView): Proposal | undefined {
  const { peakPrefillTokensPerSecond, signals } = view.role;
  if (peakPrefillTokensPerSecond === undefined) return undefined;
  return askTotal(view, {
    name: 'prefill backlog',
    sample: signals.inflightTokens,
    target: view.settings.targets.prefillBacklogSeconds,
    unit: 's per replica',
    perSecond: peakPrefillTokensPerSecond,
  });
}

function saturation(view: RuleView): readonly Proposal[] {
  if (flowControlOf(view.settings, view.signals) !== 'on') return [];
  const { saturationRatio } = view.settings.targets;
  return [askRatio(view, { name: 'saturation', sample: view.signals.saturationRatio, target: saturationRatio })];
}
