/**
 * Formulas of KEDA's scaling modifiers (expr-lang). They give a number of replicas, of which one replica may "have" one, so that HPA passes
 * it on. Figures in them are targets: the thresholds of triggers are not looked at.
 */
import type { ScalingModifiers } from '../../kubernetes/keda.ts';

/** Names of triggers, as formulas say them. */
export const names = {
  queue: 'queue',
  running: 'running',
  replicas: 'replicas',
  ready: 'ready',
  pressure: 'pressure',
} as const;

export interface PerReplica {
  readonly queued: number;
  readonly running: number;
}

/**
 * As many replicas as the larger of both demands asks for, less those that are starting already, and never fewer than there are while more
 * are needed (llm-d/llm-d guides/workload-autoscaling/keda-epp/optimized-baseline/overlays/k8s/queue-guard).
 *
 * 4 replicas of which 3 are ready, 10 queued of 1, 48 running of 16: demand 10, one is coming, 9.
 */
export function guardedDemand({ queued, running }: PerReplica): ScalingModifiers {
  const { queue, replicas, ready } = names;
  return modifiers(
    `let demand = max(${queue} / ${queued}, ${names.running} / ${running});`,
    `let starting = max(${replicas} - ${ready}, 0);`,
    `demand <= ${replicas} ? demand : max(demand - starting, ${replicas})`,
  );
}

/** llm-d/llm-d guides/workload-autoscaling/README.slo-aware.md: below its knee latency is at 0.2 to 0.45 of the objective, then it leaps. */
const pressureBand = { up: 0.55, down: 0.4 } as const;

/**
 * Up by what is over the band, less what is starting already; down by what is under it, at the pressure as it is. The same guide's law.
 *
 * 4 replicas, all ready, pressure 0.8: 4 + ceil(4 × (0.8 / 0.55 - 1)) = 6. With 3 ready: 4 + ceil(4 × (0.6 / 0.55 - 1)) = 5.
 */
export function latencyLaw(): ScalingModifiers {
  const { pressure, replicas: n, ready: r } = names;
  const { up, down } = pressureBand;
  return modifiers(
    `let credit = ${r} > 0 && ${r} < ${n} ? ${r} / ${n} : 1;`,
    `${pressure} > ${up} ? ${n} + ceil(${n} * (${pressure} * credit / ${up} - 1))`,
    `: ${pressure} < ${down} ? ${n} - floor(${n} * (1 - ${pressure} / ${down})) : ${n}`,
  );
}

function modifiers(...lines: readonly string[]): ScalingModifiers {
  return { formula: lines.join(' '), target: '1', activationTarget: '0', metricType: 'AverageValue' };
}
