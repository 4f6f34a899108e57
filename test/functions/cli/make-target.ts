/** Answers of the status API at moments of one build, as the loop and the planner of `build-cluster` write them. */
import type { JsonObject } from '#shared/domain/json.ts';
import type { HistoryEntry, Progress } from '#shared/domain/progress.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import { Target } from '../../../functions/cli/status-answers.ts';

/** 2026-08-10 12:00:00Z; every instant of a fixture is given in seconds after it. */
export const START_MS = Date.UTC(2026, 7, 10, 12);

export const at = (seconds: number): number => START_MS + seconds * 1000;

interface StepChanges {
  readonly from?: number;
  readonly to?: number;
  readonly reason?: string;
  readonly operation?: string;
  readonly attempts?: number;
  readonly calls?: number;
  readonly failuresInARow?: number;
  readonly notBefore?: number;
}

export function step(title: string, state: StepMemory['state'], changes: StepChanges = {}): StepMemory {
  const { from, to, notBefore, ...rest } = changes;
  return {
    title,
    state,
    attempts: 0,
    calls: from === undefined ? 0 : 1,
    failuresInARow: 0,
    ...rest,
    ...(from !== undefined && { startedAtMs: at(from) }),
    ...(to !== undefined && { endedAtMs: at(to) }),
    ...(notBefore !== undefined && { notBeforeMs: at(notBefore) }),
  };
}

interface ProgressChanges {
  readonly phase: Progress['phase'];
  readonly reason: string;
  readonly next?: string;
  readonly steps: Progress['steps'];
  /** Last look, seconds. */
  readonly looked: number;
  readonly ended?: number;
  readonly history?: readonly (readonly [seconds: number, step: string | undefined, text: string])[];
  readonly report?: JsonObject;
  readonly sequence?: number;
}

export function makeProgress({
  looked,
  ended,
  history = [],
  next = 'then the build stands',
  ...rest
}: ProgressChanges): Progress {
  return {
    automation: 'build-cluster',
    target: 'cluster/demo',
    buildId: 'b-1',
    sequence: 1,
    startedAtMs: START_MS,
    lookedAtMs: at(looked),
    blindLooks: 0,
    next,
    ...rest,
    ...(ended !== undefined && { endedAtMs: at(ended) }),
    history: history.map(
      ([seconds, id, text]): HistoryEntry => ({ atMs: at(seconds), text, ...(id !== undefined && { step: id }) }),
    ),
  };
}

interface RowChanges {
  readonly nextCheck?: number;
  readonly working?: boolean;
}

/** As `GET /targets/cluster/demo` answers; without a progress: nobody has looked yet. */
export function makeTarget(progress?: Progress, changes: RowChanges = {}): JsonObject & Target {
  const body = {
    kind: 'Cluster',
    target: 'cluster/demo',
    sequence: 1,
    acceptedAtMs: START_MS,
    actor: 'topic:inference-fleet-requests',
    document: { kind: 'Cluster' },
    automations: [{ ...(progress === undefined ? unlooked : toRow(progress)), ...toCheck(changes) }],
    details: progress === undefined ? [] : [progress],
  };
  return Target.parse(body) as JsonObject & Target; // made of plain JSON above; a looser type than Target would hide typos
}

const unlooked = {
  automation: 'build-cluster',
  phase: 'pending',
  reason: 'woken, not yet looked at',
  next: 'a first look at the world',
};

function toRow({ automation, phase, reason, next, startedAtMs, lookedAtMs, steps }: Progress) {
  const states = Object.values(steps).map(({ state }) => state);
  const stepsDone = states.filter((state) => state === 'done').length;
  return { automation, phase, reason, next, startedAtMs, lookedAtMs, stepsDone, stepsInAll: states.length };
}

function toCheck({ nextCheck, working = false }: RowChanges) {
  return { working, ...(nextCheck !== undefined && { nextCheckAtMs: at(nextCheck) }) };
}

const networks = {
  'network/demo-net-0': step('network demo-net-0', 'done', { from: 2, to: 22 }),
  'network/demo-net-1': step('network demo-net-1', 'done', { from: 2, to: 27 }),
  'network/demo-rdma': step('network demo-rdma', 'done', { from: 2, to: 32 }),
};

const checks = { preflight: step('checks before anything is created', 'done') };

/** Half of the subnets are done, two are under way, the cluster and everything inside wait. */
export const building = makeProgress({
  phase: 'building',
  reason: 'waiting for subnet demo-rdma-sub-0, subnet demo-rdma-sub-1',
  next: 'then cluster demo',
  looked: 60,
  steps: {
    ...checks,
    ...networks,
    'subnet/demo-sub-0': step('subnet demo-sub-0', 'done', { from: 25, to: 45 }),
    'subnet/demo-sub-1': step('subnet demo-sub-1', 'done', { from: 30, to: 55 }),
    'subnet/demo-rdma-sub-0': step('subnet demo-rdma-sub-0', 'running', {
      from: 35,
      reason: 'operation op-7 runs',
      operation: 'op-7',
    }),
    'subnet/demo-rdma-sub-1': step('subnet demo-rdma-sub-1', 'intended', { from: 58 }),
    cluster: step('cluster demo', 'waiting', { reason: 'needs subnet demo-rdma-sub-0, subnet demo-rdma-sub-1' }),
    'objects/node-networks': step('node networks', 'waiting', { reason: 'needs cluster demo' }),
    'objects/namespace': step('namespace', 'waiting', { reason: 'needs cluster demo' }),
    'pool/h200': step('GPU pool h200', 'waiting', { reason: 'needs cluster demo, node networks' }),
  },
  history: [
    [0, undefined, 'document 1 accepted'],
    [2, 'preflight', 'found as wanted'],
    [2, undefined, 'building: starting network demo-net-0, network demo-net-1, network demo-rdma'],
    [22, 'network/demo-net-0', 'done'],
    [36, 'subnet/demo-rdma-sub-0', 'under way: op-7'],
  ],
});

const base = {
  ...checks,
  ...networks,
  'subnet/demo-rdma-sub-0': step('subnet demo-rdma-sub-0', 'done', { from: 35, to: 61 }),
  cluster: step('cluster demo', 'done', { from: 70, to: 1_630 }),
  'objects/node-networks': step('node networks', 'done', { from: 1_640, to: 1_650 }),
};

const buildingHistory = building.history.map(
  ({ atMs, step: id, text }) => [(atMs - START_MS) / 1000, id, text] as const,
);

/** The pool waits for somebody else's operation on the cluster. */
export const busy = makeProgress({
  phase: 'building',
  reason: 'GPU pool h200: busy: UPGRADE_MASTER (operation-9) runs on the cluster',
  looked: 1_700,
  steps: {
    ...base,
    'pool/h200': step('GPU pool h200', 'waiting', { reason: 'busy: UPGRADE_MASTER (operation-9) runs on the cluster' }),
    readiness: step('nodes, GPUs and RDMA networks', 'waiting', { reason: 'needs GPU pool h200' }),
  },
  history: [...buildingHistory, [1_630, 'cluster', 'done']],
});

/** Preflight of a second pool failed with two problems, and a stockout is retried. */
export const failed = makeProgress({
  phase: 'failed',
  reason: 'checks before anything is created: pool h200: wrong zone\nprice unknown (and 1 more)',
  next: 'a person changes the document or the world; then the build goes on by itself',
  looked: 90,
  steps: {
    preflight: step('checks before anything is created', 'failed', {
      reason: 'pool h200: wrong zone\nprice unknown',
      attempts: 1,
      calls: 1,
      from: 1,
    }),
    'network/demo-net-0': step('network demo-net-0', 'failed', {
      reason: 'network demo-net-0 exists and is not ours',
      attempts: 2,
      calls: 3,
      from: 1,
    }),
    'network/demo-net-1': step('network demo-net-1', 'waiting', {
      reason: 'no quota',
      failuresInARow: 1,
      calls: 1,
      notBefore: 690,
      attempts: 1,
    }),
    'network/demo-rdma': step('network demo-rdma', 'done', { from: 1, to: 31 }),
  },
  history: [
    [0, undefined, 'document 1 accepted'],
    [90, 'preflight', 'failed: pool h200: wrong zone\nprice unknown'],
  ],
});

export const ready = makeProgress({
  phase: 'ready',
  reason: 'every node, GPU and RDMA network asked for is there',
  next: 'a look every 10 minutes',
  looked: 4_925,
  ended: 4_325,
  steps: {
    ...base,
    'pool/h200': step('GPU pool h200', 'done', { from: 1_720, to: 3_900 }),
    readiness: step('nodes, GPUs and RDMA networks', 'done', { to: 4_325 }),
  },
  history: [
    ...buildingHistory,
    [1_630, 'cluster', 'done'],
    [4_325, undefined, 'ready: every node, GPU and RDMA network asked for is there'],
  ],
  report: {
    networks: 3,
    subnetworks: 11,
    firewalls: 2,
    routers: 1,
    clusters: 1,
    nodePools: 2,
    nodes: 4,
    gpuNodes: 2,
    gpus: 16,
    rdmaNics: 16,
    objects: 19,
    usdPerHour: 174.772,
  },
});
