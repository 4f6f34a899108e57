/** One tick of a large fleet over the wires: how long until every model has been looked at, in how much memory, by how many calls. */
import { readFileSync } from 'node:fs';
import { systemTime } from '../../emulator/world/real-time.ts';
import { type Row, round } from './row.ts';
import { type StandingFleet, startStandingFleet } from './standing-fleet.ts';

const CLUSTERS = 100;
const MODELS_PER_CLUSTER = 10;
/** Models whose queue has grown when the second tick comes. */
const CHANGED = 50;

/** Issue "An alert scales a running llm-d deployment and its node pool", proof; seconds. */
const MAX_TICK_SECONDS = 60;

export async function tickLoadRows(): Promise<readonly Row[]> {
  const calls: string[] = [];
  const fleet = await startStandingFleet({
    clusters: CLUSTERS,
    modelsPerCluster: MODELS_PER_CLUSTER,
    functionsEntry: new URL('limited-server.ts', import.meta.url).pathname,
    onCall: (call) => void calls.push(call),
  });
  await fleet.forgetLooks();
  const first = await measure(fleet, calls);
  await fleet.settle();
  for (const model of fleet.models.slice(0, CHANGED)) fleet.setQueue(model, 3);
  const second = await measure(fleet, calls);
  const peakMiB = peakRssMiB(fleet);
  await fleet.cloud.stop();
  const what = `${fleet.models.length} models on ${CLUSTERS} clusters`;
  return [
    ...toRows(`${what}, first tick`, first),
    ...toRows(`${what}, later tick, ${CHANGED} changed`, second, CHANGED),
    { name: `${what}: peak memory of the functions`, value: round(peakMiB, 0), unit: 'MiB' },
  ];
}

type CallKind = 'read' | 'change' | 'message' | 'metric';

interface TickCost {
  readonly seconds: number;
  readonly calls: Readonly<Record<CallKind, number>>;
}

async function measure(fleet: StandingFleet, calls: string[]): Promise<TickCost> {
  calls.length = 0;
  const looksBefore = fleet.looks();
  const beganMs = systemTime.nowMs();
  fleet.call('tick');
  await fleet.runUntil(() => fleet.looks() >= looksBefore + fleet.models.length);
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

function toRows(what: string, { seconds, calls }: TickCost, maxChanges?: number): readonly Row[] {
  return [
    { name: `${what}: until all are looked at`, value: round(seconds), unit: 's', target: MAX_TICK_SECONDS },
    { name: `${what}: reading API calls`, value: calls.read, unit: 'calls' },
    {
      name: `${what}: changing API calls`,
      value: calls.change,
      unit: 'calls',
      ...(maxChanges !== undefined && { target: maxChanges }),
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
