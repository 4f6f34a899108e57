/** One look at a pool, as the plan is given it. */
import type { Subject } from '#shared/automation.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import { readPool } from '../../../functions/scale-node-pool/gke-pool.ts';
import type { ObservedPool } from '../../../functions/scale-node-pool/steps.ts';
import { makeDemand, makeNode, makePod, NOW_MS } from '../../shared/domain/node-pool/make-pool.ts';
import { group, makeGkePool } from './make-objects.ts';

export const target = 'pool/demo/h200';

export function makeObserved(over: Partial<ObservedPool> = {}): ObservedPool {
  const { nodes = [{ ...makeNode('gke-demo-h200-97da88a9-a', [makePod()]), group }] } = over;
  return {
    kind: 'pool',
    wanted: {
      project: 'demo',
      location: 'us-central1',
      cluster: 'demo',
      pool: 'h200',
      size: { min: 1, max: 4, owner: 'inference-fleet' },
      declaredBy: 'cluster/demo',
    },
    pool: readPool(makeGkePool()),
    connection: { server: 'https://demo' },
    groups: [{ group, targetSize: nodes.length }],
    nodes,
    podsElsewhere: [],
    pendingPods: [],
    demands: [makeDemand(3)],
    demandsElsewhere: [],
    unreadableDemands: 0,
    operations: [],
    readings: new Map(),
    ...over,
  };
}

export function makeSubject(memory: Readonly<Record<string, Partial<StepMemory>>> = {}, carry?: JsonObject): Subject {
  const whole = Object.entries(memory).map(([id, one]): [string, StepMemory] => [
    id,
    { title: id, state: 'waiting', attempts: 0, calls: 1, failuresInARow: 1, ...one },
  ]);
  const steps = Object.fromEntries(whole);
  const base = {
    target,
    wanted: {},
    sequence: 1,
    buildId: 'b',
    memory: steps,
    controls: { overrides: {} },
    nowMs: NOW_MS,
  };
  return { ...base, ...(carry !== undefined && { carry }) };
}
