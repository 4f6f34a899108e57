import { describe, expect, it } from 'vitest';
import { sideBySide } from '#shared/side-by-side.ts';

describe('work side by side', () => {
  it('is done for every item, and never for more at a time than allowed', async () => {
    const done: number[] = [];
    let [running, most] = [0, 0];

    await sideBySide([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      running -= 1;
      done.push(item);
    });

    expect(new Set(done)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7]));
    expect(most).toBe(3);
  });

  it('attempts what follows a failure, and throws the first one in the order of the items', async () => {
    const attempted: number[] = [];
    const work = async (item: number) => {
      attempted.push(item);
      if (item > 1) throw new Error(`item ${item}`);
    };

    await expect(sideBySide([1, 2, 3], 2, work)).rejects.toThrow('item 2');

    expect(attempted).toEqual([1, 2, 3]);
  });

  it('of nothing is over at once', async () => {
    await expect(sideBySide([], 3, () => Promise.reject(new Error('x')))).resolves.toBeUndefined();
  });
});
