/** A look at a service whose cluster is not there: a person has deleted it, or not made it yet, or has named the wrong place. */
import { catalogue } from '#manifests/catalogue/index.ts';
import type { Subject } from '#shared/automation.ts';
import { parseStoredDocument } from '#shared/documents/index.ts';
import { resolveModelService } from '#shared/domain/model-service.ts';
import type { PoolDemand } from '#shared/domain/pool-demand.ts';
import { pausedStatus } from '#shared/domain/retry-pause.ts';
import { CLUSTER_GONE } from '#shared/domain/standing-place.ts';
import type { Plan, PlannedStep } from '#shared/domain/step.ts';
import { observe, readDemands } from './observe.ts';
import { LOOK_SECONDS } from './plan.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import { ClusterGoneError } from './reach.ts';
import type { Observed, ScaleStep } from './steps.ts';

export interface WithoutCluster {
  /** Which cluster GKE was asked for, and that there is none. */
  readonly clusterGone: string;
  /** What the ledger says that each pool was told. */
  readonly demands: readonly PoolDemand[];
}

/** That there is no cluster is something seen, unlike one that cannot be asked. */
export async function observeCluster(subject: Subject, ports: ScaleReplicasPorts): Promise<Observed | WithoutCluster> {
  try {
    return await observe(subject, ports);
  } catch (thrown) {
    if (!(thrown instanceof ClusterGoneError)) throw thrown;
    const service = resolveModelService(parseStoredDocument('ModelService', subject.wanted, catalogue));
    const demands = await readDemands(service, ports);
    return { clusterGone: thrown.message, demands: [...demands.values()] };
  }
}

/**
 * Nothing of the service stands, so nothing is asked of pools any more: their names outlive the cluster, and another cluster of the name
 * would grow for it. The report lets intake accept another place for the service.
 */
export function planWithoutCluster(subject: Subject, { clusterGone, demands }: WithoutCluster): Plan<ScaleStep> {
  const steps = demands.filter(({ items }) => items.some(({ pods }) => pods > 0)).map((one) => takeBack(one, subject));
  return {
    kind: steps.some(({ status }) => status.state === 'ready') ? 'act' : 'hold',
    phase: 'holding',
    reason: clusterGone,
    next: 'a person makes the cluster, or corrects project and location in the document; then the sizes are looked after by themselves',
    steps,
    recheckAfterSeconds: LOOK_SECONDS,
    ...(subject.carry !== undefined && { carry: subject.carry }),
    report: { cluster: CLUSTER_GONE },
  };
}

function takeBack({ pool, from }: PoolDemand, { memory, nowMs }: Subject): PlannedStep<ScaleStep> {
  const name = pool.split('/').at(-1) ?? pool;
  const id = `demand/${name}`;
  const demand = { pool, from, items: [], decidedAtMs: nowMs };
  const step: ScaleStep = { kind: 'demand', id, title: `demand on pool ${name}`, dependsOn: [], demand };
  return { step, status: pausedStatus(memory[id], nowMs) ?? { state: 'ready' } };
}
