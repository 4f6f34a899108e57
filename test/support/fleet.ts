/** The whole of it in one process: the real doors and automations over the world, on the jumping clock, without sockets. */
import { once } from 'node:events';
import { makeClusterRuntime } from '../../emulator/controllers/cluster-runtime.ts';
import type { Dispatcher } from '../../emulator/delivery/dispatcher.ts';
import { realMediansMs } from '../../emulator/gke/durations.ts';
import { names, provision, REGION } from '../../emulator/provision.ts';
import { createWorld, type World } from '../../emulator/world/world.ts';
import { automationDoor } from '../../functions/automation-door.ts';
import type { Door } from '../../functions/door.ts';
import { intake } from '../../functions/intake/index.ts';
import { automations } from '../../functions/registry.ts';
import type { Runtime } from '../../functions/runtime.ts';
import { tick } from '../../functions/tick/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { Progress, progressKey } from '#shared/ledger/records.ts';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { DeadLetter } from '#shared/ports/dead-letters.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { type LogLine, makeLog, noPause } from './loop-ports.ts';
import { Effects, FunctionProcess, type InnerPorts, portsOf } from './process.ts';
import { worldClusters, worldNetworks, worldPools, worldTimers, worldWakes, worldZones } from './world-ports.ts';
import { worldObjects } from './world-objects.ts';

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
}

export interface Fleet {
  readonly world: World;
  readonly ledger: Ledger;
  readonly effects: Effects;
  readonly logged: readonly LogLine[];
  readonly deadLetters: readonly DeadLetter[];
  /** The API inside a cluster, as a person with kubectl would ask it. */
  readonly inside: ClusterObjects;
  /** How often the process died. */
  readonly deaths: () => number;
  publish(document: JsonObject): void;
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
  let process = new FunctionProcess();
  let deaths = 0;
  const runtime = makeClusterRuntime({
    endpoint: (cluster) => ({ address: `in-process/${cluster}`, caCertificate: 'none' }),
  });
  const dispatcher: Dispatcher = {
    async post({ url, body }) {
      if (!process.alive) {
        process = new FunctionProcess();
        deaths++;
      }
      const current = process;
      const door = doors.get(url.slice(urlOf('').length));
      if (door === undefined) throw new Error(`no function at ${url}`);
      const answering = door.open(runtimeOf(current)).then((answer) =>
        answer({
          method: 'POST',
          path: '/',
          query: new URLSearchParams(),
          authorization: undefined,
          body: JSON.parse(body.toString('utf8')),
        }),
      );
      return await Promise.race([answering, current.killed]);
    },
  };
  const world = createWorld({
    seed: options.seed ?? 'fleet',
    startMs: START_MS,
    speed: 'max',
    project: options.project ?? 'demo',
    courier: { dispatcher, tokens: { token: () => 'none' } },
    runtime: runtime.start,
    ...(options.quick === true && {
      gkeFacts: { mediansMs: { ...realMediansMs, cluster: 3 * MINUTE_MS, gpuNodes: 5 * MINUTE_MS } },
    }),
  });
  const ledger = openSqliteLedger({ path: ':memory:', nowMs: () => world.clock.nowMs(), pause: noPause });
  const queue = `projects/${world.project}/locations/${REGION}/queues/${names.queue}`;
  const inner: InnerPorts = {
    loop: {
      ledger,
      wakes: worldWakes(world, names.wakes),
      timers: options.lostTimers === true ? { schedule: async () => undefined } : worldTimers(world, queue, urlOf),
      clock: { nowMs: () => world.clock.nowMs(), elapsedMs: () => 0 },
      log: makeLog(logged),
    },
    cloud: {
      networks: worldNetworks(world),
      zones: worldZones(world),
      clusters: worldClusters(world),
      pools: worldPools(world),
      objects: worldObjects(runtime.apiOf),
      spendCapUsdPerHour: 250,
    },
    deadLetters: { publish: async (letter) => void deadLetters.push(letter) },
  };
  const runtimeOf = (current: FunctionProcess): Runtime => {
    const ports = portsOf(current, effects, inner);
    return {
      log: inner.loop.log,
      ledger: async () => ports.loop.ledger,
      begin: async () => ports.loop,
      deadLetters: async () => ports.deadLetters,
      buildClusterPorts: async () => ports.cloud,
      verifyInvoker: async () => ({ ok: true, email: 'test' }),
    };
  };
  provision(world, urlOf);
  const topic = `projects/${world.project}/topics/${names.requests}`;
  return {
    world,
    ledger,
    effects,
    logged,
    deadLetters,
    inside: worldObjects(runtime.apiOf),
    deaths: () => deaths,
    runFor: (seconds) => runFor(world, seconds),
    publish: (document) =>
      void world.pubsub.publish(topic, [{ data: Buffer.from(JSON.stringify(document)).toString('base64') }]),
    runUntil: (target, phases) => runUntil(world, ledger, { target, phases }),
  };
}

const doors: ReadonlyMap<string, Door> = new Map<string, Door>([
  ['intake', intake],
  ['tick', tick],
  ...Object.entries(automations).map(([name, door]): [string, Door] => [name, automationDoor(name, door)]),
]);

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
  const key = progressKey({ automation: 'build-cluster', target: wanted.target });
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
