import { describe, expect, it } from 'vitest';
import {
  highestNeed,
  type NeedWindow,
  rememberNeed,
  secondsToFullWindow,
} from '#shared/domain/node-pool/need-window.ts';

const MINUTE_MS = 60_000;

/** Needs that were seen at these minutes. */
function windowOf(...needs: readonly (readonly [minute: number, nodes: number])[]): NeedWindow {
  const window = needs.reduce<NeedWindow | undefined>(
    (before, [minute, nodes]) => rememberNeed(before, nodes, minute * MINUTE_MS),
    undefined,
  );
  if (window === undefined) throw new Error('making a window: no need was given');
  return window;
}

describe('the highest need of the last ten minutes', () => {
  it.each([
    {
      name: 'is the latest when it is the highest',
      needs: [
        [0, 1],
        [1, 4],
      ] as const,
      expected: 4,
    },
    {
      name: 'is an earlier one that was higher',
      needs: [
        [0, 5],
        [1, 3],
        [2, 4],
      ] as const,
      expected: 5,
    },
    {
      name: 'falls to the next one as time goes by',
      needs: [
        [0, 5],
        [4, 3],
        [8, 4],
        [10, 2],
      ] as const,
      expected: 4,
    },
    {
      name: 'counts a need from when it was last seen',
      needs: [
        [0, 5],
        [4, 5],
        [8, 1],
        [12, 1],
      ] as const,
      expected: 5,
    },
    {
      name: 'forgets everything after a gap of more than five minutes',
      needs: [
        [0, 9],
        [6, 1],
      ] as const,
      expected: 1,
    },
  ])('$name', ({ needs, expected }) => {
    expect(highestNeed(windowOf(...needs))).toBe(expected);
  });

  it('is known only once needs have been looked at for ten minutes', () => {
    const window = windowOf([0, 1], [4, 1], [8, 1]);

    expect(secondsToFullWindow(window, 9 * MINUTE_MS)).toBe(60);
    expect(secondsToFullWindow(window, 10 * MINUTE_MS)).toBe(0);
  });

  it('stays small however long it is kept', () => {
    const looks = Array.from({ length: 500 }, (_, index) => [index / 4, 10 + (index % 7)] as const);

    expect(windowOf(...looks).peaks.length).toBeLessThanOrEqual(7);
  });
});
