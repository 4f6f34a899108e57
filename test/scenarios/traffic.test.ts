/** The traffic story in short, through the wires: a rush of ten minutes, and what the product makes of it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { isScaling } from '../../emulator/scenarios/traffic/account.ts';
import { traffic } from '../../emulator/scenarios/traffic.ts';
import type { JournalEntry } from '../../emulator/world/journal.ts';
import { type CloudUnderTest, quickMediansMs, startCloud } from '../support/local-cloud.ts';

const root = new URL('../..', import.meta.url).pathname;
const MINUTE_MS = 60_000;

/** Minutes from the beginning, requests per second: hardly anything, a rush that two nodes are not enough for, hardly anything. */
const load = [
  { untilMinute: 3, perSecond: 0.5 },
  { untilMinute: 13, perSecond: 6 },
  { untilMinute: 65, perSecond: 0.25 },
] as const;

/** Evenly, all of one length: nothing of the test is chance. */
function makeTrace(): string {
  const rows: string[] = [];
  let seconds = 0;
  for (const { untilMinute, perSecond } of load) {
    for (; seconds < untilMinute * 60; seconds += 1 / perSecond) rows.push(`${seconds.toFixed(3)},9000,600`);
  }
  return ['t_s,input_tokens,output_tokens', ...rows].join('\n');
}

const documentIn = (file: string) => parse(readFileSync(file, 'utf8'));

interface Row {
  readonly prefill: number;
  readonly nodes: number;
  readonly coming: boolean;
}

/** The rows as a terminal would have drawn them, one a minute. */
function toRow(line: string): Row {
  const [, prefill = '', nodes = '', more = ''] = /\d+\/(\d+) +\d+\/\d+ +(\d+)(.*)$/.exec(line) ?? [];
  return { prefill: Number(prefill), nodes: Number(nodes), coming: more.includes('+') };
}

describe('npm start -- --scenario traffic', () => {
  let cloud: CloudUnderTest;
  let folder: string;
  let isWell: boolean | undefined;
  const said: string[] = [];
  const rows: Row[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'traffic-'));
    const trace = join(folder, 'trace.csv');
    writeFileSync(trace, makeTrace());
    cloud = await startCloud({ gkeFacts: { mediansMs: { ...quickMediansMs, growGpuNodes: 5 * MINUTE_MS } } });
    cloud.publish(documentIn(join(root, 'manifests/examples/a3-ultra.yaml')));
    await cloud.untilPhase('cluster/demo', ['ready']);
    isWell = await traffic.goOn?.(cloud, {
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
    // Quick on a machine of its own; a busy one must not fail it.
  }, 300_000);

  afterAll(async () => {
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const entries = (matches: (entry: JournalEntry) => boolean) =>
    cloud.world.journal.entries.filter((entry) => entry.effect && matches(entry));

  it('ends well: nothing is lost, nothing is a dead letter, nothing works on after its response', () => {
    expect(isWell).toBe(true);
    expect(cloud.world.pubsub.counts.deadLettered).toBe(0);
    expect(cloud.strayCalls).toEqual([]);
    expect(cloud.bugs).toEqual([]);
  });

  it('shows replicas that grow with the load and shrink after it', () => {
    const sizes = rows.map(({ prefill }) => prefill);

    expect(sizes[0]).toBe(2);
    expect(Math.max(...sizes)).toBeGreaterThan(3);
    expect(sizes.at(-1)).toBeLessThan(Math.max(...sizes));
  });

  it('shows nodes that are ordered within a minute of the sizes that need them', () => {
    const [resize] = entries(({ method }) => method === 'setNodePoolSize');
    const scalings = entries(isScaling).filter(({ atMs }) => atMs <= (resize?.atMs ?? 0));

    expect(resize).toBeDefined();
    expect((resize?.atMs ?? 0) - (scalings.at(-1)?.atMs ?? 0)).toBeLessThan(MINUTE_MS);
    expect(rows.some(({ coming }) => coming)).toBe(true);
    expect(Math.max(...rows.map(({ nodes }) => nodes))).toBeGreaterThan(1);
  });

  it('tells each change as a sentence, and sums the day up', () => {
    const text = said.join('\n');

    expect(text).toMatch(/> (?:prefill|decode) 2 → \d: /);
    expect(text).toMatch(/> pool h200: \d → \d nodes: /);
    expect(text).toMatch(/objectives {3}\d/);
    expect(text).toContain('always the most (4 nodes)');
    expect(text).toContain('npx inferctl explain model/demo/serving/llama-70b');
  });
});
