/** The last step: what the cluster itself shows of nodes, GPUs, RDMA networks and our DaemonSets. Pure. */
import { GPU_RESOURCE } from '#shared/domain/gpu.ts';
import { at, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { allocatableOf, hasCondition, labelOf, NODE_POOL_LABEL } from '#shared/domain/kubernetes-facts.ts';
import type { BuildStep, Observed, PoolExpectation, WorldStatus } from './steps.ts';
import { counted } from '#shared/domain/counted.ts';

export function readinessStatus(step: Extract<BuildStep, { kind: 'readiness' }>, observed: Observed): WorldStatus {
  if (observed.objects === undefined) return { state: 'absent' };
  const gaps = [...step.pools.flatMap((pool) => poolGaps(pool, observed.nodes)), ...daemonSetGaps(observed)];
  return gaps.length === 0 ? { state: 'done' } : { state: 'running', reason: gaps.join('; ') };
}

/** What is missing of one pool, in words; empty: nothing. */
function poolGaps(expected: PoolExpectation, nodes: readonly JsonObject[]): readonly string[] {
  const own = nodesOf(expected.pool, nodes);
  const ready = own.filter(isReady);
  if (ready.length < expected.nodes)
    return [`pool ${expected.pool}: ${ready.length} of ${counted(expected.nodes, 'node')} Ready`];
  const short = ready.filter((node) => allocatableOf(node, GPU_RESOURCE) !== expected.gpusPerNode);
  if (short.length > 0) {
    return [
      `pool ${expected.pool}: ${counted(short.length, 'node')} without ${counted(expected.gpusPerNode, 'allocatable GPU')}`,
    ];
  }
  const withoutRdma = ready.filter((node) => !expected.rdmaResources.every((names) => offersOne(node, names)));
  if (withoutRdma.length === 0) return [];
  return [
    `pool ${expected.pool}: ${counted(withoutRdma.length, 'node')} without all ${expected.rdmaResources.length} RDMA networks`,
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
    const gpuNodes = observed.nodes.filter((node) => allocatableOf(node, GPU_RESOURCE) > 0).length;
    if (seen && ready === desired && desired >= gpuNodes) return [];
    return [
      `DaemonSet ${textAt(daemonSet, 'metadata.name')}: ${ready} of ${counted(Math.max(desired, gpuNodes), 'pod')} ready`,
    ];
  });
}

export function nodesOf(pool: string, nodes: readonly JsonObject[]): readonly JsonObject[] {
  return nodes.filter((node) => labelOf(node, NODE_POOL_LABEL) === pool);
}

/** A node, or an object that a controller has to accept first. */
export function isReady(object: JsonObject): boolean {
  return hasCondition(object, 'Ready');
}

function offersOne(node: JsonObject, names: readonly string[]): boolean {
  return names.some((name) => allocatableOf(node, name) >= 1);
}
