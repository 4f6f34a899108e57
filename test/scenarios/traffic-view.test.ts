import { describe, expect, it } from 'vitest';
import { type Bill, GPUS_PER_NODE, USD_PER_NODE_HOUR } from '../../emulator/scenarios/traffic/account.ts';
import { requestsOf } from '../../emulator/scenarios/traffic/deploy.ts';
import { readServiceStory } from '../../emulator/scenarios/traffic/document.ts';
import type { Look } from '../../emulator/scenarios/traffic/look.ts';
import {
  changeLine,
  deployedLines,
  headerLine,
  rowLine,
  summaryLines,
  tryLines,
} from '../../emulator/scenarios/traffic/view.ts';
import { makeScreen } from '../../emulator/screen.ts';
import type { ServiceSummary } from '../../emulator/traffic/summary.ts';
import { prices } from '#manifests/catalogue/prices.ts';

const root = new URL('../..', import.meta.url).pathname;
const story = readServiceStory(`${root}manifests/examples/model-service-pd.yaml`);
const startMs = Date.UTC(2026, 0, 5, 3);

const model: ServiceSummary = {
  atMs: startMs,
  requestsPerSecond: 5.25,
  heldRequests: 12,
  roles: {
    prefill: { replicasReady: 3, queuedRequests: 2, runningRequests: 1, kvCacheUsedRatio: 0.01 },
    decode: { replicasReady: 2, queuedRequests: 1, runningRequests: 30, kvCacheUsedRatio: 0.456 },
  },
  ttftP90Seconds: 1.234,
  attainedShare: 0.98765,
  completedRequests: 363_000,
  lostRequests: 0,
  refusedRequests: 1,
  retriedRequests: 2,
  gpuHours: 400,
};

const look: Look = {
  atMs: startMs,
  model,
  wanted: { prefill: 3, decode: 4 },
  nodes: { ready: 2, coming: 1, leaving: 0 },
};

const bill: Bill = {
  hours: 24,
  gpuHours: 420.5,
  nodeHours: 66,
  mostNodes: 4,
  fewestNodes: 1,
  scalings: 31,
  poolResizes: 5,
  nodeDeletions: 4,
  evictions: 7,
  notifications: 40,
};

describe('a row of the traffic story', () => {
  it('shows what is, and what is wanted', () => {
    expect(rowLine(look)).toBe('03:00     5.3     12       3   46%    1.23 s       3/3       2/4   2 +1');
    expect(rowLine(look).indexOf('2/4') + 3).toBe(headerLine().indexOf('decode') + 'decode'.length);
  });

  it('shows a dash where nothing was measured, never a zero', () => {
    const { requestsPerSecond: _, ttftP90Seconds: __, ...unknown } = model;

    const row = rowLine({ ...look, model: { ...unknown, roles: {} }, nodes: { ready: 1, coming: 0, leaving: 2 } });

    expect(row).toBe('03:00       -     12       0     -         -       0/3       0/4   1 -2');
  });

  it.each([
    { target: story.target, expected: '03:00    > decode 2 → 4: why' },
    { target: 'pool/demo/h200', expected: '03:00    > pool h200: decode 2 → 4: why' },
  ])('tells a decision about $target as a sentence', ({ target, expected }) => {
    expect(changeLine({ atMs: startMs, target, sentence: 'decode 2 → 4: why' })).toBe(expected);
  });
});

describe('the summary of the day', () => {
  const text = summaryLines({ story, model, bill, changes: [], deadLetters: 0, realSeconds: 300 }).join('\n');

  it.each([
    '363,000 answered, 0 lost, 1 refused, 2 tried again elsewhere',
    '98.77 % within 3 s to the first token and 0.1 s for each further one',
    '31 scale patches, 5 pool resizes, 4 node deletions, 7 evictions',
    '40 notifications, each a hint to look; 0 dead letters',
    '24 hours of model/demo/serving/llama-70b',
  ])('says %s', (part) => {
    expect(text).toContain(part);
  });

  it('is preceded by how long the story lasts', () => {
    expect(deployedLines(story, 3 * 3_600_000)[0]).toContain('the story lasts 3 hours.');
  });

  it('counts one of a kind as one', () => {
    const few = { ...bill, hours: 1, scalings: 1, poolResizes: 1, nodeDeletions: 1, evictions: 1, notifications: 1 };

    const said = summaryLines({
      story,
      model,
      bill: { ...few, fewestNodes: 2, mostNodes: 2 },
      changes: [],
      deadLetters: 1,
      realSeconds: 3,
    }).join('\n');

    expect(said).toContain('1 hour of');
    expect(said).toContain('1 scale patch, 1 pool resize, 1 node deletion, 1 eviction');
    expect(said).toContain('1 notification, each a hint to look; 1 dead letter\n');
    expect(said).toContain('scaled (2 nodes throughout)');
  });

  it.each([
    { isRecorded: false, load: 'Requests go on as long as the local cloud runs' },
    { isRecorded: true, load: 'The recorded requests go on to their end' },
  ])('is followed by what to try, and the load: $load', ({ isRecorded, load }) => {
    const lines = tryLines(story, isRecorded);

    expect(lines).toContain('  npx inferctl override model/demo/serving/llama-70b decode=6 --for 1h');
    expect(lines[1]).toContain(load);
  });

  it('sets the day against fleets of one size, from the bounds of the document', () => {
    // 8 + 8 and 2 + 2 replicas of 2 GPUs, whole nodes of 8.
    expect(text).toMatch(/scaled \(1 to 4 nodes\) +420\.5 +66\.0 +5,729\n/);
    expect(text).toMatch(/always the most \(4 nodes\) +768\.0 +96\.0 +8,333\n/);
    expect(text).toMatch(/always the least \(1 node\) +192\.0 +24\.0 +2,083\n/);
  });

  it('has the price of the catalogue', () => {
    expect(USD_PER_NODE_HOUR).toBe(prices.find(({ subject }) => subject === 'a3-ultragpu-8g')?.usdPerHour);
    expect(GPUS_PER_NODE).toBe(8);
  });
});

describe('the requests of the day', () => {
  it('go on after the hours of the story', () => {
    const { requests, endMs } = requestsOf({ startMs, hours: 2, seed: 'x' });

    expect(endMs).toBe(startMs + 7_200_000);
    expect(requests.between(endMs - 600_000, endMs).length).toBeGreaterThan(100);
    expect(requests.between(endMs, endMs + 600_000).length).toBeGreaterThan(100);
  });
});

describe('the screen', () => {
  const written = (isTTY: boolean): string => {
    let all = '';
    const screen = makeScreen({ isTTY, columns: 10, write: (text) => (all += text) });
    screen.show('0123456789abc');
    screen.say('a line that stays');
    screen.show('');
    return all;
  };

  it('draws the last line over on a terminal, cut to its width', () => {
    expect(written(true)).toBe('012345678\r\u001b[Ka line that stays\n012345678\r\u001b[K');
  });

  it('tells a pipe nothing but what stays', () => {
    expect(written(false)).toBe('a line that stays\n');
  });
});
