import { describe, expect, it } from 'vitest';
import { countSupply, guardOvershoot, replaceStuck } from '#shared/domain/scaling/supply.ts';
import { makePending, makeRole, NOW_MS } from './make-scaling.ts';

const role = (over: Parameters<typeof makeRole>[1]) => makeRole('decode', { currentReplicas: 8, ...over });

describe('supply', () => {
  it.each([
    { name: 'all serve', over: {}, expected: [8, 0, 0] },
    {
      name: 'pending within the age limit is starting',
      over: { pending: makePending('decode', [10, 1200]) },
      expected: [6, 2, 0],
    },
    {
      name: 'pending beyond twice the start-up time is stuck',
      over: { pending: makePending('decode', [10, 1201]) },
      expected: [6, 1, 1],
    },
    { name: 'asked for without a pod yet is starting', over: { readyReplicas: 5 }, expected: [5, 3, 0] },
    { name: 'more ready than asked for do not count beyond it', over: { readyReplicas: 9 }, expected: [8, 0, 0] },
    {
      name: 'more pending than asked for do not count beyond it',
      over: { currentReplicas: 2, readyReplicas: 2, pending: makePending('decode', [9999]) },
      expected: [2, 0, 0],
    },
  ])('$name', ({ over, expected }) => {
    const { ready, starting, stuck, total } = countSupply(role(over), NOW_MS);

    expect([ready, starting, stuck]).toEqual(expected);
    expect(total).toBe(ready + starting);
  });

  it('is told, with what is no longer counted', () => {
    const some = role({
      readyReplicas: 4,
      pending: makePending('decode', [10, 20, 30, 1300]),
      terminating: ['decode-9'],
    });

    expect(countSupply(some, NOW_MS).term).toEqual({
      name: 'supply',
      inputs: [],
      formula: '4 ready, 3 starting, 1 not up after 1200 s and no longer counted, 1 being deleted and not counted',
      result: '7 of 8 replicas',
    });
  });
});

describe('the overshoot guard', () => {
  const supply = countSupply(role({ pending: makePending('decode', [1, 1, 1, 1]) }), NOW_MS);

  it.each([
    { name: 'a demand within the supply is taken as it is', demand: 6, expected: 6 },
    { name: 'a demand that what is starting will meet asks for no more', demand: 10, expected: 8 },
    { name: 'a demand beyond that asks for the rest', demand: 20, expected: 16 },
  ])('$name', ({ demand, expected }) => {
    expect(guardOvershoot(demand, supply)).toBe(expected);
  });
});

describe('stuck replicas', () => {
  const stuck = countSupply(makeRole('decode', { currentReplicas: 5, pending: makePending('decode', [5000]) }), NOW_MS);
  const many = countSupply(
    makeRole('decode', { currentReplicas: 8, pending: makePending('decode', [5000, 5000, 5000, 5000]) }),
    NOW_MS,
  );

  it.each([
    { name: 'one more is tried beside them', needed: 5, supply: stuck, current: 5, expected: 6 },
    { name: 'never a pile: one, however many are stuck', needed: 8, supply: many, current: 8, expected: 9 },
    {
      name: 'nothing is taken away while more is needed than serves',
      needed: 5,
      supply: many,
      current: 8,
      expected: 8,
    },
    { name: 'what serves is enough: none', needed: 4, supply: stuck, current: 5, expected: 4 },
  ])('$name', ({ needed, supply, current, expected }) => {
    expect(replaceStuck(needed, supply, current)).toBe(expected);
  });
});
