import { describe, expect, it } from 'vitest';
import { decidePool } from '#shared/domain/node-pool/decide.ts';
import { smallerRequest } from '#shared/domain/node-pool/smaller-request.ts';
import { makeDemand, makeInput, makeNode, makePod } from './make-pool.ts';

const zones = (...sizes: readonly number[]) =>
  sizes.map((targetSize, index) => ({ zone: `us-central1-${index}`, targetSize }));

describe('after a refusal', () => {
  it.each([
    { name: 'half of what was refused', now: [2], refused: { nodesPerZone: 8 }, next: 5 },
    { name: 'whole nodes', now: [2], refused: { nodesPerZone: 7 }, next: 4 },
    { name: 'one node at least', now: [2], refused: { nodesPerZone: 3 }, next: 3 },
    { name: 'what is free', now: [2], refused: { nodesPerZone: 8, freePerZone: 1 }, next: 3 },
    {
      name: 'one node although none is free: that was minutes ago',
      now: [2],
      refused: { nodesPerZone: 8, freePerZone: 0 },
      next: 3,
    },
    { name: 'no more than was refused', now: [2], refused: { nodesPerZone: 4, freePerZone: 9 }, next: 4 },
    { name: 'as many in each zone', now: [2, 2], refused: { nodesPerZone: 6 }, next: 4 },
    {
      name: 'the fewest that a zone has by the largest one',
      now: [2, 1],
      refused: { nodesPerZone: 3, freePerZone: 0 },
      next: 2,
    },
    {
      name: 'anything where the size took effect all the same',
      now: [8],
      refused: { nodesPerZone: 8 },
      next: undefined,
    },
    { name: 'the first node of a pool', now: [0], refused: { nodesPerZone: 2 }, next: 1 },
  ])('$name may be asked for next', ({ now, refused, next }) => {
    expect(smallerRequest(zones(...now), refused)).toBe(next);
  });

  it('ends at one node, however often it is repeated', () => {
    const asked: number[] = [];
    for (let nodesPerZone = 9; asked.at(-1) !== 3; ) {
      nodesPerZone = smallerRequest(zones(2), { nodesPerZone }) ?? 0;
      asked.push(nodesPerZone);
    }

    expect(asked).toEqual([5, 3]);
  });
});

describe('a pool of which more was refused', () => {
  const needy = makeInput({ nodes: [makeNode('a', [makePod()])], demands: [makeDemand(5)] });

  it.each([
    { refused: { nodesPerZone: 5, freePerZone: 1 }, wantedNodes: 2, says: '5 in each zone were refused with 1 free' },
    { refused: { nodesPerZone: 5 }, wantedNodes: 3, says: '5 in each zone were refused, so fewer' },
  ])('asks for $wantedNodes nodes, and says what is left unmet', ({ refused, wantedNodes, says }) => {
    expect(decidePool({ ...needy, refused })).toMatchObject({
      action: 'up',
      limitedBy: 'stock',
      needNodes: 5,
      wantedNodes,
      why: expect.stringMatching(`^5 nodes needed: 1 → ${wantedNodes}, .*${says}`),
    });
  });

  it('asks for all that it needs where that is fewer by now', () => {
    const demands = [makeDemand(2)];
    const decision = decidePool({ ...needy, demands, refused: { nodesPerZone: 5 } });

    expect(decision).toMatchObject({ action: 'up', wantedNodes: 2 });
    expect(decision.limitedBy).toBeUndefined();
  });
});
