/** One tick of a large fleet over the wires: how long until every model has been looked at, in how much memory, by how many calls. */
import { readFileSync } from 'node:fs';
import { systemTime } from '../../emulator/world/real-time.ts';
import { pass } from './passing-time.ts';
import type { Say } from './part.ts';
import { type Row, round } from './row.ts';
import { type StandingFleet, startStandingFleet } from './standing-fleet.ts';

const CLUSTERS = 100;
const MODELS_PER_CLUSTER = 10;
/** Models whose queue has grown when the second tick comes. */
const CHANGED = 50;

/**
 * Limit of the heap, MiB, of the one process that all functions share here: half of an instance of 512 MiB (function.json of each).
 * Without one V8 lets its heap grow to what this machine has.
 */
const HEAP_MIB = 256;

/** Issue "An alert scales a running llm-d deployment and its node pool", proof; seconds. */
const MAX_TICK_SECONDS = 60;

export async function tickLoadRows(say: Say): Promise<readonly Row[]> {
  const calls: string[] = [];
  const fleet = await startStandingFleet({
    clusters: CLUSTERS,
    modelsPerCluster: MODELS_PER_CLUSTER,
    functionsEntry: new URL('limited-server.ts', import.meta.url).pathname,
    functionsEnvironment: { NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` },
    onCall: (call) => void calls.push(call),
  });
  say(`${fleet.models.length} models stand`);
  await fleet.forgetLooks();
  const first = await measure(fleet, calls);
  say('all have been looked at once');
  // Rates need time between two counts; the next round would come after 15 s.
  await pass(fleet.cloud, 10);
  await fleet.forgetLooks();
  for (const model of fleet.models.slice(0, CHANGED)) fleet.setQueue(model, 3);
  const second = await measure(fleet, calls);
  const peakMiB = peakRssMiB(fleet);
  await fleet.cloud.stop();
  const what = `${fleet.models.length} models on ${CLUSTERS} clusters`;
  return [
    ...toRows(`${what}, first tick`, first, 0),
    ...toRows(`${what}, later tick, ${CHANGED} changed`, second, CHANGED),
    { name: `${what}: peak memory of the functions, heap of ${HEAP_MIB} MiB`, value: round(peakMiB, 0), unit: 'MiB' },
  ];
}

type CallKind = 'read' | 'change' | 'message' | 'metric';

interface TickCost {
  readonly seconds: number;
  readonly calls: Readonly<Record<CallKind, number>>;
}

async function measure(fleet: StandingFleet, calls: string[]): Promise<TickCost> {
  calls.length = 0;
  const beganMs = systemTime.nowMs();
  const allLooked = fleet.looked(1);
  fleet.call('tick');
  await fleet.runUntil(allLooked);
  const seconds = (systemTime.nowMs() - beganMs) / 1000;
  const count = (kind: CallKind) => calls.filter((call) => kindOf(call) === kind).length;
  return {
    seconds,
    calls: { read: count('read'), change: count('change'), message: count('message'), metric: count('metric') },
  };
}

/** First row that matches wins; what changes nothing is a read. */
const kinds: readonly (readonly [RegExp, CallKind])[] = [
  [/Publisher\/Publish$|^POST .*\/tasks$/, 'message'],
  [/CreateTimeSeries$/, 'metric'],
  [/^(GET |\/.*\/(Get|List)\w+$)/, 'read'],
  [/./, 'change'],
];

function kindOf(call: string): CallKind | undefined {
  return kinds.find(([pattern]) => pattern.test(call))?.[1];
}

function toRows(what: string, { seconds, calls }: TickCost, maxChanges: number): readonly Row[] {
  return [
    { name: `${what}: until all are looked at`, value: round(seconds), unit: 's', target: MAX_TICK_SECONDS },
    { name: `${what}: reading API calls`, value: calls.read, unit: 'calls' },
    {
      name: `${what}: changing API calls`,
      value: calls.change,
      unit: 'calls',
      target: maxChanges,
      holdsRun: true,
    },
    { name: `${what}: wakes and timers sent`, value: calls.message, unit: 'calls' },
    { name: `${what}: writes of custom metrics`, value: calls.metric, unit: 'calls' },
  ];
}

/** Highest resident set since its start, of the process that holds all functions (Linux, proc(5), `VmHWM`). */
function peakRssMiB({ cloud }: StandingFleet): number {
  const status = readFileSync(`/proc/${cloud.functions.pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
}
