/** The story of `npm start -- --scenario traffic` through the wires, with a load of its own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { JsonObject } from '#shared/domain/json.ts';
import { traffic } from '../../emulator/scenarios/traffic.ts';
import { type CloudUnderTest, quickMediansMs, startCloud } from './local-cloud.ts';

const root = new URL('../..', import.meta.url).pathname;
const MINUTE_MS = 60_000;

/** Until so many minutes from the beginning, so many requests per second, all of one length: nothing of it is chance. */
export type TrafficLoad = readonly { readonly untilMinute: number; readonly perSecond: number }[];

/** What the terminal would have shown, one row a minute. */
export interface TrafficRow {
  readonly prefill: number;
  readonly nodes: number;
  /** More nodes are on their way. */
  readonly coming: boolean;
}

export interface TrafficStory {
  readonly cloud: CloudUnderTest;
  /** What status said of the cluster when it was ready. */
  readonly built: JsonObject;
  /** Whether the story itself says that it went well. */
  readonly isWell: boolean | undefined;
  readonly said: readonly string[];
  readonly rows: readonly TrafficRow[];
}

export interface TrafficOptions {
  readonly load: TrafficLoad;
  readonly functionsEnvironment?: Readonly<Record<string, string>>;
}

/** Builds the sample cluster, serves the sample model in it, and lets the load pass. */
export async function passTraffic({ load, ...over }: TrafficOptions): Promise<TrafficStory> {
  const folder = mkdtempSync(join(tmpdir(), 'traffic-'));
  const trace = join(folder, 'trace.csv');
  writeFileSync(trace, makeTrace(load));
  const cloud = await startCloud({
    gkeFacts: { mediansMs: { ...quickMediansMs, growGpuNodes: 5 * MINUTE_MS } },
    ...over,
  });
  try {
    return { cloud, ...(await tell(cloud, trace)) };
  } catch (thrown) {
    await cloud.stop();
    throw thrown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tell(cloud: CloudUnderTest, trace: string): Promise<Omit<TrafficStory, 'cloud'>> {
  const said: string[] = [];
  const rows: TrafficRow[] = [];
  cloud.publish(documentIn(join(root, 'manifests/examples/a3-ultra.yaml')));
  const built = await cloud.untilPhase('cluster/demo', ['ready'], 100_000);
  const isWell = await traffic.goOn?.(cloud, {
    goesOn: true,
    cluster: 'demo',
    location: 'projects/demo/locations/us-central1',
    root,
    hours: 1,
    seed: 'test',
    trace,
    screen: { say: (line) => void said.push(line), show: (line) => void (line !== '' && rows.push(toRow(line))) },
    cli: async ([, , file = '']) => {
      cloud.publish(documentIn(file));
      return 0;
    },
  });
  return { built, isWell, said, rows };
}

function makeTrace(load: TrafficLoad): string {
  const rows: string[] = [];
  let seconds = 0;
  for (const { untilMinute, perSecond } of load) {
    for (; seconds < untilMinute * 60; seconds += 1 / perSecond) rows.push(`${seconds.toFixed(3)},9000,600`);
  }
  return ['t_s,input_tokens,output_tokens', ...rows].join('\n');
}

const documentIn = (file: string) => parse(readFileSync(file, 'utf8'));

function toRow(line: string): TrafficRow {
  const [, prefill = '', nodes = '', more = ''] = /\d+\/(\d+) +\d+\/\d+ +(\d+)(.*)$/.exec(line) ?? [];
  return { prefill: Number(prefill), nodes: Number(nodes), coming: more.includes('+') };
}
