/** What was built, for people: counted from what was observed, never from what was asked for. Pure. */
import { GPU_RESOURCE } from '#shared/domain/gpu.ts';
import { at, listAt, objectAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { allocatableOf } from '#shared/domain/kubernetes-facts.ts';
import { isOurs } from '#shared/domain/ownership.ts';
import type { PlannedStep } from '#shared/domain/step.ts';
import { isReady, nodesOf } from './readiness.ts';
import type { BuildStep, Observed } from './steps.ts';
import type { NetworkKind } from '#shared/ports/cloud-networks.ts';

export function report(steps: readonly PlannedStep<BuildStep>[], observed: Observed): JsonObject {
  const done = steps.filter(({ status }) => status.state === 'done').map(({ step }) => step);
  const network = (kind: NetworkKind) =>
    done.filter((step) => step.kind === 'network' && step.resource === kind).length;
  const pools = done.filter((step) => step.kind === 'pool');
  const gpuNodes = pools.flatMap((pool) => nodesOf(pool.name, observed.nodes)).filter(isReady);
  const objects = [...(observed.objects?.values() ?? [])].filter((object) => isOurs(object, observed.target)).length;
  return {
    networks: network('networks'),
    subnetworks: network('subnetworks'),
    firewalls: network('firewalls'),
    routers: network('routers'),
    clusters: done.filter((step) => step.kind === 'cluster').length,
    nodePools: listAt(observed.cluster, 'nodePools').filter((pool) => at(pool, 'status') === 'RUNNING').length,
    nodes: observed.nodes.filter(isReady).length,
    gpuNodes: gpuNodes.length,
    gpus: gpuNodes.reduce((sum, node) => sum + allocatableOf(node, GPU_RESOURCE), 0),
    rdmaNics: gpuNodes.reduce((sum, node) => sum + rdmaNics(node), 0),
    objects,
    ...(observed.usdPerHour !== undefined && { usdPerHour: observed.usdPerHour }),
  };
}

/** RDMA networks that the node offers, in either spelling of the resource. */
function rdmaNics(node: JsonObject): number {
  const names = Object.keys(objectAt(node, 'status.allocatable'));
  const networks = names.map((name) => /^networking\.gke\.io\.networks\/(rdma-\d+)(\.IP)?$/.exec(name)?.[1]);
  return new Set(networks.filter((name) => name !== undefined)).size;
}
