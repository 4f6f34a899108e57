/** The traffic story in short, through the wires: a rush of ten minutes, and what the product makes of it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isScaling } from '../../emulator/scenarios/traffic/account.ts';
import type { JournalEntry } from '../../emulator/world/journal.ts';
import { passTraffic, type TrafficStory } from '../support/traffic-story.ts';

const MINUTE_MS = 60_000;

/** Hardly anything, a rush that two nodes are not enough for, hardly anything. */
const load = [
  { untilMinute: 3, perSecond: 0.5 },
  { untilMinute: 13, perSecond: 6 },
  { untilMinute: 65, perSecond: 0.25 },
] as const;

describe('npm start -- --scenario traffic', () => {
  let story: TrafficStory;

  beforeAll(async () => {
    story = await passTraffic({ load });
    // Quick on a machine of its own; a busy one must not fail it.
  }, 300_000);

  afterAll(() => story.cloud.stop());

  const entries = (matches: (entry: JournalEntry) => boolean) =>
    story.cloud.world.journal.entries.filter((entry) => entry.effect && matches(entry));

  it('ends well: nothing is lost, nothing is a dead letter, nothing works on after its response', () => {
    const { cloud, isWell } = story;

    expect(isWell).toBe(true);
    expect(cloud.world.pubsub.counts.deadLettered).toBe(0);
    expect(cloud.strayCalls).toEqual([]);
    expect(cloud.bugs).toEqual([]);
  });

  it('shows replicas that grow with the load and shrink after it', () => {
    const sizes = story.rows.map(({ prefill }) => prefill);

    expect(sizes[0]).toBe(2);
    expect(Math.max(...sizes)).toBeGreaterThan(3);
    expect(sizes.at(-1)).toBeLessThan(Math.max(...sizes));
  });

  it('shows nodes that are ordered within a minute of the sizes that need them', () => {
    const [resize] = entries(({ method }) => method === 'setNodePoolSize');
    const scalings = entries(isScaling).filter(({ atMs }) => atMs <= (resize?.atMs ?? 0));

    expect(resize).toBeDefined();
    expect((resize?.atMs ?? 0) - (scalings.at(-1)?.atMs ?? 0)).toBeLessThan(MINUTE_MS);
    expect(story.rows.some(({ coming }) => coming)).toBe(true);
    expect(Math.max(...story.rows.map(({ nodes }) => nodes))).toBeGreaterThan(1);
  });

  it('tells each change as a sentence, and sums the day up', () => {
    const text = story.said.join('\n');

    expect(text).toMatch(/> (?:prefill|decode) 2 → \d: /);
    expect(text).toMatch(/> pool h200: \d → \d nodes: /);
    expect(text).toMatch(/objectives {3}\d/);
    expect(text).toContain('always the most (4 nodes)');
    expect(text).toContain('npx inferctl explain model/demo/serving/llama-70b');
  });
});
