/**
 * Whether decode is what a prefill/decode pair waits for. Then more prefill only piles up KV that nobody pulls, and less prefill would be
 * missed as soon as decode has caught up: llm-d/llm-d-workload-variant-autoscaler issue 1325 ("prefill scales up when decode is the
 * bottleneck").
 */
import { servingPods } from './proposals.ts';
import type { RuleView } from './rule-contract.ts';
import { describeSum, round, type SampleSum, sumSamples } from './samples.ts';
import type { PodSignals, Sample } from './signals.ts';
import type { Supply } from './supply.ts';
import type { RoleInput, Term, TermInput } from './types.ts';

interface Signal {
  readonly name: string;
  readonly pick: (pod: PodSignals) => Sample;
}

const kvCacheUsed: Signal = { name: 'KV cache used', pick: (pod) => pod.kvCacheUsedRatio };
const queued: Signal = { name: 'queued requests', pick: (pod) => pod.queuedRequests };
const running: Signal = { name: 'running requests', pick: (pod) => pod.runningRequests };

interface Reading extends SampleSum {
  readonly input: TermInput;
  /** Of the fresh ones; NaN without any, which is neither above nor below anything. */
  readonly mean: number;
}

interface Readings {
  readonly decodeUsed: Reading;
  readonly decodeQueued: Reading;
  readonly prefillUsed: Reading;
  readonly prefillRunning: Reading;
}

function readPair(view: RuleView): Readings | undefined {
  const { role, supply, partner, nowMs } = view;
  if (partner === undefined) return undefined;
  const own = { role, supply };
  const [prefill, decode] = role.role === 'prefill' ? [own, partner] : [partner, own];
  return {
    decodeUsed: read(decode, kvCacheUsed, nowMs),
    decodeQueued: read(decode, queued, nowMs),
    prefillUsed: read(prefill, kvCacheUsed, nowMs),
    prefillRunning: read(prefill, running, nowMs),
  };
}

function read(of: { readonly role: RoleInput; readonly supply: Supply }, signal: Signal, nowMs: number): Reading {
  const samples = servingPods(of.role).map(signal.pick);
  const sum = sumSamples(samples, of.supply.ready);
  const input = describeSum(`${of.role.role} ${signal.name}`, samples, { nowMs, expected: of.supply.ready });
  return { ...sum, input, mean: sum.sum / sum.fresh };
}

/** Absent: decode is not the bottleneck, or nothing fresh says that it is. */
export function findDecodeBottleneck(view: RuleView): Term | undefined {
  const readings = readPair(view);
  if (readings === undefined) return undefined;
  const { decodeUsed, decodeQueued, prefillUsed, prefillRunning } = readings;
  const { kvCacheUsedRatio, queuedRequestsPerReplica } = view.settings.targets;
  if (decodeUsed.mean > kvCacheUsedRatio) {
    return bottleneck([decodeUsed], `decode's KV cache is ${round(decodeUsed.mean)} full, target ${kvCacheUsedRatio}`);
  }
  if (decodeQueued.mean > queuedRequestsPerReplica) {
    const waiting = `${round(decodeQueued.mean)} requests wait for capacity on each decode replica`;
    return bottleneck([decodeQueued], `${waiting}, target ${queuedRequestsPerReplica}`);
  }
  // A prefill server frees KV when decode has pulled it: a full cache beside hardly any work is KV that waits to be pulled.
  if (prefillUsed.mean > kvCacheUsedRatio && prefillRunning.mean < 1) {
    const held = `prefill's KV cache is ${round(prefillUsed.mean)} full with ${round(prefillRunning.mean)} requests running on each`;
    return bottleneck([prefillUsed, prefillRunning], `${held}: decode does not pull`);
  }
  return undefined;
}

/**
 * What of this could not be read in full. Then prefill may grow on its own proof, but nobody knows that it is not only idle because decode
 * holds it up.
 */
export function findCouplingDoubt(view: RuleView): TermInput | undefined {
  const readings = Object.values(readPair(view) ?? {});
  return readings.find(({ isComplete }) => !isComplete)?.input;
}

function bottleneck(readings: readonly Reading[], formula: string): Term {
  const inputs = readings.map(({ input }) => input);
  return { name: 'decode is the bottleneck', inputs, formula, result: 'prefill keeps its size' };
}
