/** The last step: what the cluster itself shows of nodes, GPUs, RDMA networks and our DaemonSets. Pure. */
import { GPU_RESOURCE } from '#shared/domain/gpu.ts';
import { at, listAt, textAt } from '#shared/domain/compare.ts';
import type { Json, JsonObject } from '#shared/domain/json.ts';
import type { BuildStep, Observed, PoolExpectation, WorldStatus } from './steps.ts';

export function readinessStatus(step: Extract<BuildStep, { kind: 'readiness' }>, observed: Observed): WorldStatus {
  if (observed.objects === undefined) return { state: 'absent' };
  const gaps = [...step.pools.flatMap((pool) => poolGaps(pool, observed.nodes)), ...daemonSetGaps(observed)];
  return gaps.length === 0 ? { state: 'done' } : { state: 'running', reason: gaps.join('; ') };
}

/** What is missing of one pool, in words; empty: nothing. */
function poolGaps(expected: PoolExpectation, nodes: readonly JsonObject[]): readonly string[] {
  const own = nodesOf(expected.pool, nodes);
  const ready = own.filter(isReady);
  if (ready.length < expected.nodes) return [`pool ${expected.pool}: ${ready.length} of ${expected.nodes} nodes Ready`];
  const short = ready.filter((node) => allocatable(node, GPU_RESOURCE) !== expected.gpusPerNode);
  if (short.length > 0) {
    return [`pool ${expected.pool}: ${short.length} nodes without ${expected.gpusPerNode} allocatable GPUs`];
  }
  const withoutRdma = ready.filter((node) => !expected.rdmaResources.every((names) => offersOne(node, names)));
  if (withoutRdma.length === 0) return [];
  return [
    `pool ${expected.pool}: ${withoutRdma.length} nodes without all ${expected.rdmaResources.length} RDMA networks`,
  ];
}

/** Our DaemonSets run everywhere they should, by the spec that stands. */
function daemonSetGaps(observed: Observed): readonly string[] {
  const wanted = observed.steps.flatMap((step) => (step.kind === 'objects' ? step.objects : []));
  const names = new Set(
    wanted.filter(({ kind }) => kind === 'DaemonSet').map((object) => textAt(object, 'metadata.name')),
  );
  const found = [...(observed.objects?.values() ?? [])].filter(
    (object) => object['kind'] === 'DaemonSet' && names.has(textAt(object, 'metadata.name')),
  );
  if (found.length < names.size) return ['DaemonSets are not applied yet'];
  return found.flatMap((daemonSet) => {
    const desired = Number(at(daemonSet, 'status.desiredNumberScheduled') ?? 0);
    const ready = Number(at(daemonSet, 'status.numberReady') ?? 0);
    const seen = at(daemonSet, 'status.observedGeneration') === at(daemonSet, 'metadata.generation');
    const gpuNodes = observed.nodes.filter((node) => allocatable(node, GPU_RESOURCE) > 0).length;
    if (seen && ready === desired && desired >= gpuNodes) return [];
    return [`DaemonSet ${textAt(daemonSet, 'metadata.name')}: ${ready} of ${Math.max(desired, gpuNodes)} pods ready`];
  });
}

export function nodesOf(pool: string, nodes: readonly JsonObject[]): readonly JsonObject[] {
  return nodes.filter((node) => labelsOf(node)['cloud.google.com/gke-nodepool'] === pool);
}

export function isReady(node: JsonObject): boolean {
  return listAt(node, 'status.conditions').some(
    (condition) => at(condition, 'type') === 'Ready' && at(condition, 'status') === 'True',
  );
}

/** Count of an extended resource; a node that does not list it offers none. */
export function allocatable(node: JsonObject, resource: string): number {
  const resources = at(node, 'status.allocatable');
  if (typeof resources !== 'object' || resources === null || Array.isArray(resources)) return 0;
  return Number((resources as JsonObject)[resource] ?? 0); // an array was excluded above; Array.isArray does not narrow readonly ones
}

function offersOne(node: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => allocatable(node, name) >= 1);
}

function labelsOf(node: JsonObject): Readonly<Record<string, Json | undefined>> {
  const labels = at(node, 'metadata.labels');
  return typeof labels === 'object' && labels !== null && !Array.isArray(labels) ? (labels as JsonObject) : {}; // as above
}
