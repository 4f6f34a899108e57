/**
 * A wanted cluster → the graph of everything that has to be there. Pure. Prerequisites come before their dependants.
 *
 *   preflight ─┬▶ networks ─┬▶ subnets, firewalls, router ─▶ cluster ─┬▶ node networks ─▶ GPU pools ─▶ RDMA installer ─▶ readiness
 *                                                                     └▶ namespace
 * Order: cluster-toolkit `examples/gke-a3-ultragpu` and `modules/scheduler/gke-cluster`; node networks before the pool, because a
 * pool created before them has none of them (NVIDIA/aicr pull request 2338).
 */
import { clusterBody } from '#manifests/cluster/cluster.ts';
import { gpuPoolBody } from '#manifests/cluster/gpu-pool.ts';
import { gvnicFirewall, primaryFirewall } from '#manifests/network/firewalls.ts';
import { gvnicNetwork, primaryNetwork, rdmaNetwork } from '#manifests/network/networks.ts';
import { routerWithNat } from '#manifests/network/router.ts';
import {
  gvnicSubnetwork,
  primarySubnetwork,
  proxyOnlySubnetwork,
  rdmaSubnetworks,
} from '#manifests/network/subnetworks.ts';
import { deviceNetworks } from '#manifests/objects/device-networks.ts';
import { fleetNamespace } from '#manifests/objects/namespace.ts';
import { rdmaInstallerDaemonSet } from '#manifests/objects/rdma-installer.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { ResolvedCluster, ResolvedGpuPool } from '#shared/domain/resolved-cluster.ts';
import type { BuildStep, PoolExpectation } from './steps.ts';
import { type NetworkKind, networkNouns } from '#shared/ports/cloud-networks.ts';

export interface BlueprintFacts {
  /** Control-plane version to create; undefined: none is chosen (yet), and no creation will be planned. */
  readonly version: string | undefined;
  readonly nowMs: number;
  /** Pools that have been ready: their size is their owner's business (D13), so only the minimum is insisted on. */
  readonly settledPools: ReadonlySet<string>;
}

export function blueprint(wanted: ResolvedCluster, facts: BlueprintFacts): readonly BuildStep[] {
  const preflight = { id: 'preflight', title: 'checks before anything is created', dependsOn: [] };
  const network = networkSteps(wanted);
  const inside = insideSteps(wanted);
  return [
    { ...of(wanted), kind: 'preflight', ...preflight },
    ...network,
    clusterStep(wanted, facts, idsOf(network)),
    ...inside,
    {
      ...of(wanted),
      kind: 'readiness',
      id: 'readiness',
      title: 'nodes, GPUs and RDMA networks',
      dependsOn: ['cluster', ...idsOf(inside)],
      pools: wanted.gpuPools.map((pool) => expectation(pool, facts)),
    },
  ];
}

/** What every step says of where it belongs. */
function of({ place, name }: ResolvedCluster) {
  return { place, cluster: name };
}

function idsOf(steps: readonly BuildStep[]): readonly string[] {
  return steps.map(({ id }) => id);
}

/** What stands in the cluster once there is one: its GPU pools, and objects before and after them. */
function insideSteps(wanted: ResolvedCluster): readonly BuildStep[] {
  const make = makeObjectsStep(wanted);
  const pools = wanted.gpuPools.map((pool) => poolStep(wanted, pool));
  const installer = rdmaInstallerDaemonSet(wanted);
  return [
    make('node-networks', 'node networks', { dependsOn: ['cluster'], objects: deviceNetworks(wanted) }),
    make('namespace', 'namespace', { dependsOn: ['cluster'], objects: [fleetNamespace(wanted)] }),
    ...pools,
    ...(installer === undefined
      ? []
      : [make('rdma-installer', 'RDMA installer', { dependsOn: idsOf(pools), objects: [installer] })]),
  ];
}

/** In the order in which they are shown; each waits for its own VPC only, so the three VPCs are built side by side. */
function networkSteps(wanted: ResolvedCluster): readonly BuildStep[] {
  const { names } = wanted;
  const make = makeNetworkStep(wanted);
  const primary = `network/${names.primaryNetwork}`;
  const gvnic = `network/${names.gvnicNetwork}`;
  const rdma = `network/${names.rdmaNetwork}`;
  return [
    ...make('networks', 'preflight', primaryNetwork(wanted)),
    ...make('networks', 'preflight', gvnicNetwork(wanted)),
    ...make('networks', 'preflight', rdmaNetwork(wanted)),
    ...existingSteps(wanted),
    ...make('subnetworks', primary, primarySubnetwork(wanted)),
    ...make('subnetworks', primary, proxyOnlySubnetwork(wanted)),
    ...make('firewalls', primary, primaryFirewall(wanted)),
    ...make('routers', primary, routerWithNat(wanted)),
    ...make('subnetworks', gvnic, gvnicSubnetwork(wanted)),
    ...make('firewalls', gvnic, gvnicFirewall(wanted)),
    ...rdmaSubnetworks(wanted).flatMap((body) => make('subnetworks', rdma, body)),
  ];
}

/** One step per body; none for an absent body, which belongs to somebody else's primary network. */
function makeNetworkStep(wanted: ResolvedCluster) {
  return (
    resource: NetworkKind,
    dependsOn: string,
    body: (JsonObject & { readonly name: string }) | undefined,
  ): readonly BuildStep[] => {
    if (body === undefined) return [];
    const { name } = body;
    const id = `${networkNouns[resource]}/${name}`;
    return [
      {
        ...of(wanted),
        kind: 'network',
        id,
        title: `${networkNouns[resource]} ${name}`,
        dependsOn: [dependsOn],
        resource,
        name,
        body,
      },
    ];
  };
}

/** Somebody else's primary network is looked for and never made; where it is missing, the step fails and says what to create. */
function existingSteps(wanted: ResolvedCluster): readonly BuildStep[] {
  if (wanted.addresses.primary !== undefined) return [];
  const { names } = wanted;
  const make = (resource: NetworkKind, name: string): BuildStep => ({
    ...of(wanted),
    kind: 'existing',
    id: `${networkNouns[resource]}/${name}`,
    title: `existing ${networkNouns[resource]} ${name}`,
    dependsOn: ['preflight'],
    resource,
    name,
  });
  return [make('networks', names.primaryNetwork), make('subnetworks', names.primarySubnetwork)];
}

/** Two plans differ in the start of the maintenance exclusion: only a creation sends it, and nothing compares it afterwards. */
function clusterStep(wanted: ResolvedCluster, facts: BlueprintFacts, dependsOn: readonly string[]): BuildStep {
  const exclusionStartAt = new Date(facts.nowMs).toISOString();
  const body = clusterBody(wanted, {
    exclusionStartAt,
    ...(facts.version !== undefined && { version: facts.version }),
  });
  // With its network steps only: the preflight stands behind each of them.
  return {
    ...of(wanted),
    kind: 'cluster',
    id: 'cluster',
    title: `cluster ${wanted.name}`,
    dependsOn,
    name: wanted.name,
    body,
  };
}

/** After the node networks: a pool that was created before them has none of them (see the header). */
function poolStep(wanted: ResolvedCluster, pool: ResolvedGpuPool): BuildStep {
  const { name } = pool;
  return {
    ...of(wanted),
    kind: 'pool',
    id: `pool/${name}`,
    title: `GPU pool ${name}`,
    dependsOn: ['preflight', 'cluster', 'objects/node-networks'],
    name,
    body: gpuPoolBody(wanted, pool),
  };
}

/** One step for objects that are applied, and are there, together. */
function makeObjectsStep(wanted: ResolvedCluster) {
  return (
    name: string,
    title: string,
    given: { readonly dependsOn: readonly string[]; readonly objects: readonly JsonObject[] },
  ): BuildStep => ({ ...of(wanted), kind: 'objects', id: `objects/${name}`, title, ...given });
}

/** The annotation path's resources; current nodes offer only the `.IP` spelling (llm-d/llm-d guides/wide-ep-lws, GKE patch). */
function expectation(pool: ResolvedGpuPool, facts: BlueprintFacts): PoolExpectation {
  const resource = (index: number) => `networking.gke.io.networks/rdma-${index}`;
  return {
    pool: pool.name,
    nodes: facts.settledPools.has(pool.name) ? pool.size.min : pool.size.initial,
    gpusPerNode: pool.machine.gpuCount,
    rdmaResources: Array.from({ length: pool.machine.nics.rdma }, (_, index) => [
      resource(index),
      `${resource(index)}.IP`,
    ]),
  };
}
