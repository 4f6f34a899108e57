import { beforeAll, describe, expect, it } from 'vitest';
import { allPoints, nameOf, parsePoint } from './points.ts';
import { compareEnds, playStory, type StoryEnd } from './story.ts';

/** Points of the slice that `npm test` plays; `npm run faults` plays all. */
const SLICE = 24;

describe('a build cut off at an effect ends as if it had not been', () => {
  let uncut: StoryEnd;

  beforeAll(async () => {
    uncut = await playStory();
  });

  it('whichever point of the slice it is', async () => {
    const points = allPoints(uncut);
    const step = points.length / SLICE;
    // Prime-like stride: neither always `before` nor always the same kind of effect.
    const slice = Array.from({ length: SLICE }, (_, index) => points[Math.floor(index * step) + (index % 2)]).filter(
      (point) => point !== undefined,
    );

    const failed: string[] = [];
    for (const point of slice) {
      const problems = compareEnds(uncut, await playStory(point));
      if (problems.length > 0) failed.push(`${nameOf(point)} (${point.label}): ${problems.join('; ')}`);
    }

    expect(failed).toEqual([]);
  }, 60_000);

  it('and a difference would be seen', () => {
    const worse: StoryEnd = {
      ...uncut,
      phase: 'failed',
      reason: 'x',
      standing: [...uncut.standing.slice(1), 'network leftover'],
      twice: ['compute.insert a'],
      deaths: 0,
    };

    expect(compareEnds(uncut, worse)).toEqual([
      'ended failed (x), not ready',
      `missing: ${uncut.standing[0]}`,
      'left over: network leftover',
      'created twice: compute.insert a',
      'the process died 0 times, not once: the cut did not fall where it should',
    ]);
  });
});

it.each([
  { text: '17:after', cut: { effect: 17, when: 'after' } },
  { text: '0:before', cut: { effect: 0, when: 'before' } },
  { text: '17', cut: undefined },
  { text: '17:during', cut: undefined },
])('reads the point $text', ({ text, cut }) => {
  expect(parsePoint(text)).toEqual(cut);
});
