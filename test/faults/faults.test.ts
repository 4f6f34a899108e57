import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Delivery, FunctionProcess } from '../support/delivery-under-test.ts';
import { makeFleet } from '../support/fleet.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { Writers } from '../support/writers.ts';
import type { StoryEnd } from './ends.ts';
import { examplePoints } from './options.ts';
import { type Played, Players } from './players.ts';
import { allPoints, findPoint, nameOf, type Point } from './points.ts';
import { type Direction, playScaling, type ScalingEnd, scalingPoints } from './scaling.ts';
import { judge, playStory } from './story.ts';

let uncut: StoryEnd;

beforeAll(async () => {
  uncut = await playStory();
}, 60_000);

/** Each direction is told uncut once. */
const scaled = new Map<Direction, Promise<ScalingEnd>>();

function uncutScaling(direction: Direction): Promise<ScalingEnd> {
  const told = scaled.get(direction) ?? playScaling(direction);
  scaled.set(direction, told);
  return told;
}

/** What `npm test` plays of all points, one or two for each guard; `npm run faults` plays them all. */
const slice = [
  { fault: 'before', at: /^ledger documents/ },
  { fault: 'before', at: /^clusters.create/ },
  { fault: 'after', at: /^subnetworks.insert/ },
  { fault: 'after', at: /^timer/ },
  { fault: 'late', at: /^clusters.create/ },
  { fault: 'frozen', at: /^networks.insert/ },
  { fault: 'frozen', at: /^pools.create/ },
  { fault: 'orphan', at: /^networks.insert/ },
  { fault: 'orphan', at: /^clusters.create/ },
  { fault: 'orphan', at: /^pools.create/ },
  { fault: 'slow', at: /^objects.apply Namespace/ },
  { fault: 'lost', at: /^firewalls.insert/ },
  { fault: 'stall', at: /^objects.apply Network/ },
  { fault: 'stall', at: /^ledger .* progress/ },
  { fault: 'twice', at: /build-cluster/ },
  { fault: 'again', at: /timers/ },
  { fault: 'delayed', at: /timers/ },
] as const;

describe('a disturbed build ends as if nothing had happened', () => {
  it.each(slice)('$fault, $at', async ({ fault, at }) => {
    const point = allPoints(uncut).find((one) => one.fault === fault && at.test(one.label));
    if (point === undefined) throw new Error(`finding ${fault} ${String(at)}: the uncut run has no such point`);

    const problems = judge(uncut, point, await playStory(point));

    expect(problems).toEqual([]);
  });

  it.each([
    { direction: 'up', fault: 'orphan', at: /^workloads.scale/ },
    { direction: 'up', fault: 'frozen', at: /^sizes.setNodesPerZone/ },
    { direction: 'down', fault: 'after', at: /^workloads.evict/ },
    { direction: 'down', fault: 'late', at: /^sizes.deleteInstances/ },
  ] as const)(
    'scaling $direction: $fault, $at',
    async ({ direction, fault, at }) => {
      const whole = await uncutScaling(direction);
      const point = scalingPoints(whole).find((one) => one.fault === fault && at.test(one.label));
      if (point === undefined) throw new Error(`finding ${fault} ${String(at)}: the uncut run has no such point`);

      const problems = judge(whole, point, await playScaling(direction, point));

      expect(whole).toMatchObject({ phase: 'ready, ready', twice: [], loose: [], breaches: [] });
      expect(problems).toEqual([]);
    },
    60_000,
  );

  it('although its calls take so long that its deliveries run out of time', async () => {
    const fleet = makeFleet({ quick: true, callTakesMs: 20_000 });
    fleet.publish(makeClusterDocument());

    const progress = await fleet.runUntil('cluster/demo', ['ready', 'failed', 'holding']);

    expect(progress.phase).toBe('ready');
    expect(fleet.effects.writers.breaches).toEqual([]);
  });
});

describe('a difference is seen', () => {
  it('in how it ended', () => {
    const [id = '', step] = Object.entries(uncut.steps)[1] ?? [];
    if (step === undefined) throw new Error('reading the uncut run: it has no steps');
    const point = findPoint(allPoints(uncut), '0:after');
    if (point === undefined) throw new Error('finding 0:after: the uncut run has no effects');
    const worse: StoryEnd = {
      ...uncut,
      phase: 'failed',
      reason: 'x',
      steps: { ...uncut.steps, [id]: { state: 'running', attempts: 1, calls: step.calls + 2 } },
      standing: [...uncut.standing.slice(1), 'network leftover'],
      changes: [...uncut.changes, 'compute.delete a'],
      twice: ['compute.insert a'],
      loose: ['a lease is left'],
      breaches: ['two wrote'],
      struck: 'another effect',
    };

    expect(judge(uncut, point, worse)).toEqual([
      'ended failed (x), not ready',
      `missing: ${uncut.standing[0]}`,
      'left over: network leftover',
      'created twice: compute.insert a',
      'changed besides: compute.delete a',
      `step ${id} is running, not done`,
      `step ${id} had 1 failed attempts, not 0`,
      `step ${id} was called 3 times, uncut 1`,
      'a lease is left',
      'two wrote',
      `the fault fell on another effect, not on ${point.label}`,
      'the process died 0 times, not 1',
    ]);
  });

  it('in who wrote', () => {
    const process = new FunctionProcess();
    const delivery = (target: string) => new Delivery(process, 'build-cluster', target);
    const [first, second, ofAnother] = [delivery('cluster/a'), delivery('cluster/a'), delivery('cluster/b')];
    const writers = new Writers();
    writers.looks(first);
    writers.changes(first, 'a');
    writers.looks(second);
    writers.looks(first);
    writers.looks(ofAnother);
    writers.changes(ofAnother, 'e');

    writers.changes(first, 'b');
    writers.changes(second, 'c');
    writers.sends('d', 'one');
    writers.sends('d', 'two');

    expect(writers.breaches).toEqual([
      'b came from a delivery after another one had looked',
      'd was repeated with another request id',
    ]);
  });
});

it('finds each point by its name, and no other', () => {
  const points = allPoints(uncut);

  expect(new Set(points.map(nameOf)).size).toBe(points.length);
  expect(findPoint(points, '17:after')).toMatchObject({ at: 'effect', index: 17, fault: 'after' });
  expect(findPoint(points, 'd1:twice')).toMatchObject({ at: 'delivery', index: 1, fault: 'twice' });
  expect(findPoint(points, '17')).toBeUndefined();
  expect(findPoint(points, '0:late')).toBeUndefined();
});

/** What people copy from the texts. */
const toldPoints = [
  ...examplePoints,
  ...readFileSync(new URL('../README.md', import.meta.url), 'utf8').matchAll(/--only '([^']+)'/g),
].map((told) => (typeof told === 'string' ? told : (told[1] ?? '')));

it.each(toldPoints)('the example %s is a point of the build', (name) => {
  expect(findPoint(allPoints(uncut), name)).toBeDefined();
});

it('threads play every point once, and judge each by the uncut run', async () => {
  const players = new Players(2);
  const points = ['0:before', 'frozen networks.insert demo-rdma', 'd5:twice'].flatMap(
    (name) => findPoint(allPoints(uncut), name) ?? [],
  );
  const nowhere: Point = { at: 'effect', index: 9_999, fault: 'before', label: 'no effect', nth: 0 };
  const played: Played[] = [];

  await players.play({ story: 'build', uncut, points: [...points, nowhere] }, (one) => void played.push(one));
  await players.close();

  expect(points).toHaveLength(3);
  expect(played.map(({ name }) => name).toSorted()).toEqual([...points, nowhere].map(nameOf).toSorted());
  expect(played.flatMap(({ problems }) => problems)).toEqual([
    'the fault fell on nothing, not on no effect',
    'the process died 0 times, not 1',
  ]);
}, 60_000);
