/** Observations of a build for the planner's tests: everything absent unless a test says otherwise. */
import { blueprint } from '../../../functions/build-cluster/blueprint.ts';
import { type BuildStep, type Observed, objectKey } from '../../../functions/build-cluster/steps.ts';
import type { Subject } from '#shared/automation.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';
import type { StepMemories } from '#shared/domain/step.ts';
import { makeResolvedCluster } from '../../support/make-cluster.ts';

export const target = 'cluster/demo';
export const NOW_MS = 1_000_000;

export function makeSubject(memory: StepMemories = {}, nowMs = NOW_MS): Subject {
  return { target, wanted: {}, sequence: 1, buildId: 'b', memory, controls: { overrides: {} }, nowMs };
}

export function stepsOf(
  wanted: ResolvedCluster = makeResolvedCluster(),
  settledPools: ReadonlySet<string> = new Set(),
): readonly BuildStep[] {
  return blueprint(wanted, { version: '1.33.4-gke.1134000', nowMs: NOW_MS, settledPools });
}

export function makeObserved(over: Partial<Observed> = {}): Observed {
  return {
    target,
    steps: stepsOf(),
    preflight: { problems: [], holds: false },
    network: { networks: [], subnetworks: [], firewalls: [], routers: [] },
    cluster: undefined,
    clusterOperations: [],
    operations: new Map(),
    objects: undefined,
    nodes: [],
    usdPerHour: 174.8,
    ...over,
  };
}

/** The world in which the named steps stand as wanted. */
export function worldWith(done: ReadonlySet<string>, over: Partial<Observed> = {}): Observed {
  const steps = over.steps ?? stepsOf();
  const standing = steps.filter(({ id }) => done.has(id));
  const network = (resource: string) =>
    standing.flatMap((step) => (step.kind === 'network' && step.resource === resource ? [step.body] : []));
  const cluster = standing.find((step) => step.kind === 'cluster');
  const pools = standing.flatMap((step) => (step.kind === 'pool' ? [{ ...step.body, status: 'RUNNING' }] : []));
  const objects = standing.flatMap((step) => (step.kind === 'objects' ? step.objects : []));
  return makeObserved({
    steps,
    network: {
      networks: network('networks'),
      subnetworks: network('subnetworks'),
      firewalls: network('firewalls'),
      routers: network('routers'),
    },
    cluster: cluster && { ...cluster.body, status: 'RUNNING', nodePools: pools },
    objects: cluster && new Map(objects.map((object) => [objectKey(object), withStatus(object, steps)])),
    nodes: done.has('readiness') ? [makeNode('a'), makeNode('b')] : [],
    ...over,
  });
}

/** What GKE and the DaemonSet controller add to an object of ours. */
function withStatus(object: JsonObject, steps: readonly BuildStep[]): JsonObject {
  if (object['kind'] !== 'DaemonSet') return { ...object, status: { conditions: [{ type: 'Ready', status: 'True' }] } };
  const expected = steps.flatMap((step) => (step.kind === 'readiness' ? step.pools : []));
  const nodes = expected.reduce((sum, pool) => sum + pool.nodes, 0);
  const metadata = { ...(object['metadata'] as JsonObject), generation: 1 };
  return { ...object, metadata, status: { desiredNumberScheduled: nodes, numberReady: nodes, observedGeneration: 1 } };
}

export function makeNode(
  name: string,
  over: { ready?: boolean; gpus?: string; rdma?: number; pool?: string } = {},
): JsonObject {
  const { ready = true, gpus = '8', rdma = 8, pool = 'h200' } = over;
  const networks = Object.fromEntries(
    Array.from({ length: rdma }, (_, index) => [`networking.gke.io.networks/rdma-${index}.IP`, '1']),
  );
  return {
    metadata: { name, labels: { 'cloud.google.com/gke-nodepool': pool } },
    status: {
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      allocatable: { ...(gpus !== '0' && { 'nvidia.com/gpu': gpus }), ...networks },
    },
  };
}
