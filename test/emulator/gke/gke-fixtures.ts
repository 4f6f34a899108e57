/** A GKE world with small neighbours and a clock that is pumped by hand: no real time passes in these tests. */
import { gkeFacts } from '../../../emulator/gke/facts.ts';
import { type ClusterRuntime, type GkeCompute, GkeWorld } from '../../../emulator/gke/gke-world.ts';
import type { Instance } from '../../../emulator/gke/instance.ts';
import type { InstanceLoss } from '../../../emulator/gke/parts.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';
import { makePumpedClock } from '../../support/pumped-clock.ts';

export const minuteMs = 60_000;
export const startMs = Date.parse('2026-01-01T00:00:00Z');
export const location = 'projects/demo/locations/us-central1';
export const clusterPath = `${location}/clusters/demo`;
export const poolPath = `${clusterPath}/nodePools/gpu`;

/** The networks of an A3 Ultra cluster: primary, gVNIC, and one RoCE network with eight subnetworks. */
export class TestCompute implements GkeCompute {
  readonly networks = new Map<string, JsonMap>();
  readonly subnetworks = new Map<string, JsonMap>();
  readonly reservations = new Map<string, JsonMap>();
  readonly machines = new Set(['e2-standard-8', 'e2-medium', 'a3-ultragpu-8g', 'a3-megagpu-8g']);
  readonly users = new Map<string, string[]>();

  constructor() {
    this.addNetwork('net-0', ['sub-0']);
    this.addNetwork('net-1', ['sub-1']);
    this.addNetwork(
      'rdma',
      Array.from({ length: 8 }, (_, index) => `rdma-sub-${index}`),
    );
    this.networks.get('rdma')!['networkProfile'] =
      'https://compute.test/projects/demo/global/networkProfiles/us-central1-b-vpc-roce';
    this.subnetworks.get('sub-0')!['secondaryIpRanges'] = [
      { rangeName: 'pods', ipCidrRange: '10.4.0.0/14' },
      { rangeName: 'services', ipCidrRange: '10.0.32.0/20' },
    ];
    this.addReservation('h200-res', { count: 4 });
  }

  addNetwork(name: string, subnetworks: readonly string[]): void {
    const selfLink = `https://www.googleapis.com/compute/v1/projects/demo/global/networks/${name}`;
    this.networks.set(name, { name, selfLink });
    for (const subnetwork of subnetworks) this.subnetworks.set(subnetwork, { name: subnetwork, network: selfLink });
  }

  addReservation(name: string, over: { count: number; status?: string; machineType?: string; zone?: string }): void {
    const { count, status = 'READY', machineType = 'a3-ultragpu-8g', zone = 'us-central1-b' } = over;
    this.reservations.set(`${zone}/${name}`, {
      name,
      status,
      specificReservation: { count: String(count), inUseCount: '0', instanceProperties: { machineType } },
    });
  }

  findNetwork(nameOrUrl: string): JsonMap | undefined {
    return this.networks.get(lastPart(nameOrUrl));
  }

  findSubnetwork(region: string, nameOrUrl: string): JsonMap | undefined {
    return region === 'us-central1' ? this.subnetworks.get(lastPart(nameOrUrl)) : undefined;
  }

  findReservation(zone: string, name: string): JsonMap | undefined {
    return this.reservations.get(`${zone}/${name}`);
  }

  offersMachine(zone: string, machineType: string): boolean {
    return this.machines.has(machineType) && (machineType !== 'a3-ultragpu-8g' || zone === 'us-central1-b');
  }

  attach(region: string, subnetwork: string, user: string): void {
    this.users.set(user, [...(this.users.get(user) ?? []), `${region}/${subnetwork}`]);
  }

  detach(user: string): void {
    this.users.delete(user);
  }
}

/** Writes down what it is told, with the minute of the world in which it was. */
export class TestRuntime implements ClusterRuntime {
  readonly events: { readonly what: string; readonly atMs: number }[] = [];
  readonly instances = new Map<string, Instance>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  endpoint(cluster: string): { address: string; caCertificate: string } {
    return { address: `127.0.0.1:8443/clusters/${cluster}`, caCertificate: '-----BEGIN CERTIFICATE-----' };
  }

  clusterStarted(cluster: { name: string; version: string; multiNetworking: boolean }): void {
    this.#note(`cluster ${cluster.name} ${cluster.version}${cluster.multiNetworking ? ' multi-network' : ''}`);
  }

  clusterRemoved(name: string): void {
    this.#note(`no cluster ${name}`);
  }

  instanceStarted(_cluster: string, instance: Instance): void {
    this.instances.set(instance.name, instance);
    this.#note(`instance of ${instance.pool}`);
  }

  instanceUnready(_cluster: string, name: string, loss: InstanceLoss): void {
    this.#note(`${loss} of ${this.instances.get(name)?.pool}`);
  }

  instanceRemoved(_cluster: string, name: string): void {
    const instance = this.instances.get(name);
    this.instances.delete(name);
    this.#note(`no instance of ${instance?.pool}`);
  }

  of(pool: string): readonly Instance[] {
    return [...this.instances.values()].filter((instance) => instance.pool === pool);
  }

  #note(what: string): void {
    this.events.push({ what, atMs: this.#now() });
  }
}

export interface TestGke {
  readonly world: GkeWorld;
  readonly compute: TestCompute;
  readonly runtime: TestRuntime;
  readonly journal: Journal;
  readonly nowMs: () => number;
  /** Lets so much world time pass, firing everything that is due in it. */
  readonly pass: (durationMs: number) => void;
}

export function makeGke(seed = 'test'): TestGke {
  const { clock, fire } = makePumpedClock(startMs);
  const journal = new Journal(clock);
  const nowMs = () => clock.nowMs();
  const compute = new TestCompute();
  const runtime = new TestRuntime(nowMs);
  const base = { clock, journal, random: new KeyedRandom(seed), project: 'demo', projectNumber: '123456789012' };
  const world = new GkeWorld(base, { compute, runtime, facts: gkeFacts });
  const pass = (durationMs: number) => {
    let over = false;
    clock.after(durationMs, () => {
      over = true;
      clock.stop();
    });
    clock.start();
    while (!over && fire()) continue;
  };
  return { world, compute, runtime, journal, nowMs, pass };
}

/** With a running cluster `demo` that allows several networks. */
export function makeGkeWithCluster(seed = 'test'): TestGke {
  const gke = makeGke(seed);
  gke.world.createCluster(location, clusterBody());
  gke.pass(30 * minuteMs);
  return gke;
}

/** As gcloud 528 sends it for `container clusters create --enable-multi-networking --enable-dataplane-v2 …`. */
export function clusterBody(over: JsonMap = {}): JsonMap {
  return {
    name: 'demo',
    network: 'net-0',
    subnetwork: 'sub-0',
    locations: ['us-central1-b'],
    initialClusterVersion: '1.33.4-gke.1134000',
    releaseChannel: { channel: 'REGULAR' },
    addonsConfig: { httpLoadBalancing: { disabled: false }, gcsFuseCsiDriverConfig: { enabled: true } },
    controlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic: true } },
    ipAllocationPolicy: {
      useIpAliases: true,
      createSubnetwork: false,
      clusterSecondaryRangeName: 'pods',
      servicesSecondaryRangeName: 'services',
    },
    networkConfig: {
      datapathProvider: 'ADVANCED_DATAPATH',
      defaultEnablePrivateNodes: true,
      enableMultiNetworking: true,
      gatewayApiConfig: { channel: 'CHANNEL_STANDARD' },
    },
    nodePools: [{ name: 'system', initialNodeCount: 2, config: { machineType: 'e2-standard-8' } }],
    resourceLabels: { owner: 'inference-fleet' },
    workloadIdentityConfig: { workloadPool: 'demo.svc.id.goog' },
    ...over,
  };
}

/** As gcloud 528 sends it for `container node-pools create --accelerator=… --additional-node-network=… (nine times)`. */
export function poolBody(over: JsonMap = {}, config: JsonMap = {}): JsonMap {
  return {
    name: 'gpu',
    initialNodeCount: 2,
    locations: ['us-central1-b'],
    config: {
      machineType: 'a3-ultragpu-8g',
      accelerators: [
        {
          acceleratorType: 'nvidia-h200-141gb',
          acceleratorCount: '8',
          gpuDriverInstallationConfig: { gpuDriverVersion: 'LATEST' },
        },
      ],
      reservationAffinity: {
        consumeReservationType: 'SPECIFIC_RESERVATION',
        key: 'compute.googleapis.com/reservation-name',
        values: ['h200-res'],
      },
      labels: { 'pool-role': 'gpu' },
      ...config,
    },
    maxPodsConstraint: { maxPodsPerNode: '32' },
    networkConfig: { additionalNodeNetworkConfigs: nodeNetworks() },
    ...over,
  };
}

/** gVNIC first, then the eight RDMA subnetworks. */
export function nodeNetworks(): JsonMap[] {
  const rdma = Array.from({ length: 8 }, (_, index) => ({ network: 'rdma', subnetwork: `rdma-sub-${index}` }));
  return [{ network: 'net-1', subnetwork: 'sub-1' }, ...rdma];
}

/** A CPU pool: made in minutes, needs no reservation. */
export function cpuPoolBody(name: string): JsonMap {
  return { name, initialNodeCount: 1, config: { machineType: 'e2-standard-8' } };
}

/** Duration of the last operation of a type, in world milliseconds; undefined while it runs. */
export function tookMs(world: GkeWorld, type: string): number | undefined {
  const operation = world.operations.findLast((candidate) => candidate['operationType'] === type);
  const { startTime, endTime } = operation ?? {};
  return typeof startTime === 'string' && typeof endTime === 'string'
    ? Date.parse(endTime) - Date.parse(startTime)
    : undefined;
}

function lastPart(nameOrUrl: string): string {
  return nameOrUrl.slice(nameOrUrl.lastIndexOf('/') + 1);
}
