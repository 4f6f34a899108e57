/**
 * Recorded decisions of the real Horizontal Pod Autoscaler (kubernetes v1.35.4) and how to feed them to our functions. The recordings
 * are not part of this repository (recordings.ts).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beginMemory, type Behavior, type HpaMemory } from '#shared/domain/scaling/hpa-behavior.ts';
import { decideAsHpa, type HpaDecision } from '#shared/domain/scaling/hpa.ts';
import {
  type HpaProposal,
  proposeForAverage,
  proposeForPods,
  proposeForValue,
} from '#shared/domain/scaling/hpa-calculator.ts';
import { recordingsFolder } from './recordings.ts';

interface PodGroup {
  readonly state: 'ready' | 'notReady' | 'pending' | 'failed' | 'deleting';
  readonly count: number;
  readonly metricValues?: Readonly<Record<string, readonly (number | null)[]>>;
}

interface Metric {
  readonly name: string;
  readonly type: 'Pods' | 'Object' | 'External' | 'Resource';
  readonly targetType: 'Value' | 'AverageValue' | 'Utilization';
  readonly target: number;
}

export interface Inputs {
  readonly specReplicas: number;
  readonly statusReplicas: number;
  /** Null where there are no pods. */
  readonly podGroups: readonly PodGroup[] | null;
  readonly metrics?: Readonly<
    Record<string, { readonly value?: number; readonly values?: readonly number[]; readonly error?: true }>
  >;
}

interface RecordedRules {
  readonly stabilizationWindowSeconds: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: Behavior['up']['policies'];
}

export interface Vector {
  readonly id: string;
  readonly config: {
    readonly mode: 'calculator' | 'controller';
    readonly minReplicas?: number;
    readonly maxReplicas?: number;
    readonly toleranceUp: number;
    readonly toleranceDown: number;
    readonly downscaleStabilizationSeconds?: number;
    readonly metrics: readonly Metric[];
    readonly behaviorEffective: { readonly scaleUp: RecordedRules; readonly scaleDown: RecordedRules } | null;
  };
  readonly steps: readonly {
    readonly tSeconds: number;
    readonly inputs: Inputs;
    readonly expect: {
      readonly desiredReplicas: number | null;
      readonly usage?: number;
      readonly error?: boolean;
      readonly conditions?: Readonly<Record<string, { readonly status: string; readonly reason: string }>>;
    };
  }[];
}

const file = 'autoscalers/hpa.jsonl';
const folder = recordingsFolder(file);

/** Why nothing can be replayed; undefined: the recordings are there. */
export const skippedBecause =
  folder === undefined
    ? 'no recorded decisions of the Horizontal Pod Autoscaler (test/README.md, "Recordings")'
    : undefined;

/** None without a folder. */
export function readVectors(): readonly Vector[] {
  if (folder === undefined) return [];
  const lines = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Vector); // as it was recorded
}

/** Why a case cannot be replayed through our functions; absent: it can. */
export function leftOutBecause(vector: Vector): string | undefined {
  return vector.config.metrics.some(({ type }) => type === 'Resource')
    ? 'a Resource (cpu) metric: the engine reads no cpu, so there is no code for it'
    : undefined;
}

export function propose(vector: Vector, metric: Metric, inputs: Inputs): HpaProposal {
  const tolerance = { up: vector.config.toleranceUp, down: vector.config.toleranceDown };
  const read = inputs.metrics?.[metric.name];
  if (read?.error === true) return { kind: 'failed', reason: 'error' };
  if (metric.type === 'Pods') {
    return proposeForPods({
      currentReplicas: inputs.specReplicas,
      target: metric.target,
      tolerance,
      samples: samplesOf(metric.name, inputs),
      pendingPods: countOf(inputs, ['pending']),
    });
  }
  if (read === undefined) return { kind: 'failed', reason: 'error' };
  const usage = (read.values ?? [read.value ?? Number.NaN]).reduce((sum, value) => sum + value, 0);
  const asked = { usage, target: metric.target, tolerance };
  if (metric.targetType === 'AverageValue')
    return proposeForAverage({ ...asked, statusReplicas: inputs.statusReplicas });
  const pods = countOf(inputs, ['ready', 'notReady', 'pending', 'failed', 'deleting']);
  return proposeForValue({
    ...asked,
    currentReplicas: inputs.specReplicas,
    readyPods: countOf(inputs, ['ready']),
    pods,
  });
}

/** One entry per running pod. */
function samplesOf(metric: string, { podGroups }: Inputs): readonly (number | undefined)[] {
  const running = (podGroups ?? []).filter(({ state }) => state === 'ready' || state === 'notReady');
  return running.flatMap(({ count, metricValues }) =>
    Array.from({ length: count }, (_, at) => metricValues?.[metric]?.[at] ?? undefined),
  );
}

function countOf({ podGroups }: Inputs, states: readonly PodGroup['state'][]): number {
  return (podGroups ?? []).filter(({ state }) => states.includes(state)).reduce((sum, { count }) => sum + count, 0);
}

/** The whole sequence through one memory, as the controller lived it. */
export function replay(vector: Vector): readonly HpaDecision[] {
  const { minReplicas = 1, maxReplicas = 0, downscaleStabilizationSeconds = 300, behaviorEffective } = vector.config;
  const behavior = behaviorEffective && { up: behaviorEffective.scaleUp, down: behaviorEffective.scaleDown };
  const config = {
    minReplicas,
    maxReplicas,
    downWindowSeconds: downscaleStabilizationSeconds,
    ...(behavior !== null && { behavior }),
  };
  let memory: HpaMemory | undefined;
  return vector.steps.map(({ tSeconds, inputs }) => {
    const nowMs = tSeconds * 1000;
    memory ??= beginMemory(inputs.specReplicas, nowMs);
    const proposals = vector.config.metrics.map((metric) => propose(vector, metric, inputs));
    const decision = decideAsHpa(memory, config, { nowMs, currentReplicas: inputs.specReplicas, proposals });
    memory = decision.memory;
    return decision;
  });
}
