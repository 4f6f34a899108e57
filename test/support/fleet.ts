/** The whole of it in one process: the real doors and automations over the world, on the jumping clock, without sockets. */
import { once } from 'node:events';
import { makeClusterRuntime } from '../../emulator/controllers/cluster-runtime.ts';
import type { KubernetesApi } from '../../emulator/kubernetes/api.ts';
import type { Dispatcher } from '../../emulator/delivery/dispatcher.ts';
import { realMediansMs } from '../../emulator/gke/durations.ts';
import { names, provision, REGION } from '../../emulator/provision.ts';
import { createWorld, type World, type WorldOptions } from '../../emulator/world/world.ts';
import { wakesOf } from '../../functions/registry.ts';
import type { LoopPorts } from '#shared/automation.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { Progress, progressKey } from '#shared/ledger/records.ts';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { DeadLetter } from '#shared/ports/dead-letters.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { type LogLine, makeLog, noPause } from './loop-ports.ts';
import { Deliveries, type DisturbedDelivery } from './deliveries.ts';
import type { Delivery } from './delivery-under-test.ts';
import { Effects } from './effects.ts';
import { answer, makeRuntime } from './fleet-doors.ts';
import { type FleetCloud, type InnerPorts, portsOf } from './process.ts';
import { withSlowLists } from './slow-lists.ts';
import {
  worldClusters,
  worldNetworks,
  worldNodePoolSizes,
  worldPools,
  worldTimers,
  worldWakes,
  worldZones,
} from './world-ports.ts';
import { worldServers } from './world-objects.ts';
import { makeClusterObjects } from '#shared/kubernetes/cluster-objects.ts';
import type { ServerOf } from '#shared/kubernetes/servers.ts';
import { makePodTexts, makeWorkloads } from '#shared/kubernetes/workloads.ts';
import { worldSignals } from './world-signals.ts';

const MINUTE_MS = 60_000;

/** 2026-01-01, a date like any other: nothing depends on it. */
const START_MS = Date.UTC(2026, 0, 1);

export interface FleetOptions {
  readonly seed?: string;
  readonly effects?: Effects;
  readonly project?: string;
  /** Cluster and pool in minutes instead of half hours: fewer looks that only wait. */
  readonly quick?: boolean;
  /** Every timer is accepted and lost. */
  readonly lostTimers?: boolean;
  /** What goes wrong with one delivery. */
  readonly disturbed?: DisturbedDelivery;
  /** World time (ms) until a network resource is listed after its creation was accepted; 0 by default. */
  readonly listLagMs?: number;
  /** Real time (ms) that each changing call takes of its delivery's budget; 0 by default. World time stands still. */
  readonly callTakesMs?: number;
}

export interface Fleet {
  readonly world: World;
  readonly ledger: Ledger;
  readonly effects: Effects;
  readonly deliveries: Deliveries;
  readonly logged: readonly LogLine[];
  readonly deadLetters: readonly DeadLetter[];
  /** The API server of a cluster itself. */
  apiOf(cluster: string): KubernetesApi;
  /** The API inside a cluster, as a person with kubectl would ask it. */
  readonly inside: ClusterObjects;
  /** How often the process died. */
  readonly deaths: () => number;
  publish(document: JsonObject): void;
  /** A notification of Cloud Monitoring. */
  alert(notification: JsonObject): void;
  /** Lets so much world time go by. */
  runFor(seconds: number): Promise<void>;
  /** Lets time go on until the target is in one of the phases, or nothing more than cron happens before the world's deadline. */
  runUntil(target: string, phases: readonly string[]): Promise<Progress>;
}

const urlOf = (functionName: string) => `http://functions/${functionName}`;

export function makeFleet(options: FleetOptions = {}): Fleet {
  const effects = options.effects ?? new Effects();
  const logged: LogLine[] = [];
  const deadLetters: DeadLetter[] = [];
  const runtime = makeClusterRuntime({
    endpoint: (cluster) => ({ address: `in-process/${cluster}`, caCertificate: 'none' }),
  });
  const deliveries = new Deliveries({
    disturbed: options.disturbed,
    repeatsAtOnce: effects.repeatsAtOnce,
    answer: async (delivery, request) => await answer(runtimeOf(delivery), delivery.functionName, request),
  });
  const world = makeWorld(options, { dispatcher: deliveries, runtime: runtime.start });
  effects.attach(world.clock);
  deliveries.attach(world.clock);
  const ledger = openSqliteLedger({ path: ':memory:', nowMs: () => world.clock.nowMs(), pause: noPause });
  const servers = worldServers(runtime.apiOf);
  const inner: InnerPorts = {
    loop: loopPorts(world, { ledger, logged, lostTimers: options.lostTimers === true }),
    cloud: cloudPorts(world, servers, options.listLagMs ?? 0),
    deadLetters: { publish: async (letter) => void deadLetters.push(letter) },
  };
  const runtimeOf = (delivery: Delivery) =>
    makeRuntime(delivery, portsOf(delivery, effects, { inner, callTakesMs: options.callTakesMs ?? 0 }));
  provision(world, urlOf);
  const publish = (topic: string, content: JsonObject): void => {
    const data = Buffer.from(JSON.stringify(content)).toString('base64');
    world.pubsub.publish(`projects/${world.project}/topics/${topic}`, [{ data }]);
  };
  return {
    world,
    ledger,
    effects,
    deliveries,
    logged,
    deadLetters,
    inside: makeClusterObjects(servers),
    apiOf: (cluster) => {
      const api = runtime.apiOf(cluster);
      if (api === undefined) throw new Error(`asking cluster ${cluster}: there is none`);
      return api;
    },
    deaths: () => deliveries.deaths,
    runFor: (seconds) => runFor(world, seconds),
    publish: (document) => publish(names.requests, document),
    alert: (notification) => publish(names.alerts, notification),
    runUntil: (target, phases) => runUntil(world, ledger, { target, phases }),
  };
}

function makeWorld(
  options: FleetOptions,
  { dispatcher, runtime }: { readonly dispatcher: Dispatcher; readonly runtime: WorldOptions['runtime'] },
): World {
  return createWorld({
    seed: options.seed ?? 'fleet',
    startMs: START_MS,
    speed: 'max',
    project: options.project ?? 'demo',
    courier: { dispatcher, tokens: { token: () => 'none' } },
    runtime,
    ...(options.quick === true && {
      gkeFacts: { mediansMs: { ...realMediansMs, cluster: 3 * MINUTE_MS, gpuNodes: 5 * MINUTE_MS } },
    }),
  });
}

function loopPorts(
  world: World,
  over: { readonly ledger: Ledger; readonly logged: LogLine[]; readonly lostTimers: boolean },
): LoopPorts {
  const queue = `projects/${world.project}/locations/${REGION}/queues/${names.queue}`;
  return {
    ledger: over.ledger,
    wakes: worldWakes(world, names.wakes),
    timers: over.lostTimers ? { schedule: async () => undefined } : worldTimers(world, queue, urlOf),
    // Replaced when a delivery begins: its elapsed time is its own.
    clock: { nowMs: () => world.clock.nowMs(), elapsedMs: () => 0 },
    log: makeLog(over.logged),
  };
}

function cloudPorts(world: World, servers: ServerOf, lagMs: number): FleetCloud {
  return {
    networks: withSlowLists(worldNetworks(world), { clock: world.clock, lagMs }),
    zones: worldZones(world),
    clusters: worldClusters(world),
    pools: worldPools(world),
    objects: makeClusterObjects(servers),
    workloads: makeWorkloads(servers),
    sizes: worldNodePoolSizes(world),
    podTexts: makePodTexts(servers),
    signalStore: async () => worldSignals(world),
    spendCapUsdPerHour: 250,
  };
}

async function runFor({ clock }: World, seconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.after(seconds * 1000, resolve);
  clock.start();
  await promise;
  clock.stop();
}

/** World time within which any story has to end. */
const DEADLINE_MS = 12 * 3_600_000;

/** How often the story looks at the ledger, world time. */
const LOOK_MS = 5_000;

async function runUntil(
  world: World,
  ledger: Ledger,
  wanted: { target: string; phases: readonly string[] },
): Promise<Progress> {
  const [automation = 'build-cluster'] = wakesOf(wanted.target).map((wake) => wake.automation);
  const key = progressKey({ automation, target: wanted.target });
  const ended = new EventTarget();
  const endsAtMs = world.clock.nowMs() + DEADLINE_MS;
  let last: Progress | undefined;
  const look = async (): Promise<void> => {
    // Held, so that the look itself costs no world time.
    const release = world.clock.hold();
    const stored = await ledger.get(key);
    const over = world.clock.nowMs() >= endsAtMs || wanted.phases.includes(String(stored?.['phase']));
    if (over && stored !== undefined) last = Progress.parse(stored);
    if (over) ended.dispatchEvent(new Event('ended'));
    else world.clock.after(LOOK_MS, () => void look());
    release();
  };
  const waiting = once(ended, 'ended');
  world.clock.after(0, () => void look());
  world.clock.start();
  await waiting;
  world.clock.stop();
  if (last === undefined) throw new Error(`running the story: nothing is known of ${wanted.target}`);
  return last;
}
