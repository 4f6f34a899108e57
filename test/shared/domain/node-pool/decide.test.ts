import { describe, expect, it } from 'vitest';
import { decidePool } from '#shared/domain/node-pool/decide.ts';
import type { PoolInput } from '#shared/domain/node-pool/types.ts';
import { goingNodes, longSeen, makeDemand, makeInput, makeNode, makePod, MINUTE_MS, NOW_MS } from './make-pool.ts';

const zones = (...sizes: number[]) => sizes.map((targetSize, index) => ({ zone: `z${index}`, targetSize }));
const unfit = (name: string, minutes: number) => ({
  ...longSeen(0),
  unfitSinceMs: { [name]: NOW_MS - minutes * MINUTE_MS },
});

describe('a pool that needs more nodes', () => {
  const rows: readonly { name: string; input: Partial<PoolInput>; expected: object }[] = [
    {
      name: 'grows ahead of its pods: the demand is enough',
      input: { nodes: [makeNode('a', [makePod()])], demands: [makeDemand(3)] },
      expected: { action: 'up', needNodes: 3, presentNodes: 1, wantedNodes: 3, nodesPerZone: 3 },
    },
    {
      name: 'packs the demand onto whole nodes, largest pods first',
      input: {
        demands: [
          makeDemand(0, 8, {
            items: [
              { what: 'decode', pods: 3, gpusPerPod: 4 },
              { what: 'prefill', pods: 2, gpusPerPod: 8 },
              { what: 'small', pods: 4, gpusPerPod: 1 },
            ],
          }),
        ],
      },
      expected: { action: 'up', needNodes: 4, nodesPerZone: 4 },
    },
    {
      name: 'uses the room that is left on nodes with pods',
      input: { nodes: [makeNode('a', [makePod(4)])], demands: [makeDemand(2, 4)] },
      expected: { action: 'keep', needNodes: 1 },
    },
    {
      name: 'does not count room that is scattered: pods do not move',
      input: {
        nodes: [makeNode('a', [makePod(4)]), makeNode('b', [makePod(4)])],
        demands: [
          makeDemand(2, 4, {
            items: [
              { what: 'decode', pods: 2, gpusPerPod: 4 },
              { what: 'prefill', pods: 1, gpusPerPod: 8 },
            ],
          }),
        ],
      },
      expected: { action: 'up', needNodes: 3, wantedNodes: 3 },
    },
    {
      name: 'counts the nodes of everybody else’s pods',
      input: { nodes: [makeNode('a', [makePod(8, { namespace: 'other' })])], demands: [makeDemand(1)] },
      expected: { action: 'up', needNodes: 2, wantedNodes: 2 },
    },
    {
      name: 'takes GPUs for free that pods are about to leave after a change of the demand',
      input: {
        nodes: [makeNode('a', [makePod(8, { name: 'old' })]), makeNode('b', [makePod(8, { name: 'older' })])],
        demands: [
          makeDemand(1, 8, {
            decidedAtMs: NOW_MS - MINUTE_MS,
            items: [
              { what: 'decode', pods: 1, gpusPerPod: 8 },
              { what: 'prefill', pods: 2, gpusPerPod: 4 },
            ],
          }),
        ],
      },
      expected: { action: 'keep', needNodes: 2 },
    },
    {
      name: 'takes pods beyond the demand for somebody else’s when they stay',
      input: {
        nodes: [makeNode('a', [makePod()]), makeNode('b', [makePod()])],
        demands: [
          makeDemand(1, 8, {
            items: [
              { what: 'decode', pods: 1, gpusPerPod: 8 },
              { what: 'prefill', pods: 2, gpusPerPod: 4 },
            ],
          }),
        ],
      },
      expected: { action: 'up', needNodes: 3 },
    },
    {
      name: 'does not buy for pods that are being deleted',
      input: {
        nodes: [makeNode('a', [makePod(8, { terminatesAtMs: NOW_MS + 60_000 })])],
        demands: [makeDemand(1)],
      },
      expected: { action: 'keep', needNodes: 1 },
    },
    {
      name: 'does not wait for a pod that is stuck in its deletion',
      input: {
        nodes: [makeNode('a', [makePod(8, { terminatesAtMs: NOW_MS - 10 * MINUTE_MS })])],
        demands: [makeDemand(1)],
      },
      expected: { action: 'up', wantedNodes: 2 },
    },
    {
      name: 'buys nothing for pending pods that no demand explains',
      input: { pendingPods: [{ namespace: 'other', name: 'p', gpus: 8 }] },
      expected: { action: 'keep', needNodes: 0 },
    },
    {
      name: 'stays within its ceiling, and says so',
      input: { size: { min: 0, max: 2 }, demands: [makeDemand(5)] },
      expected: { action: 'up', needNodes: 5, wantedNodes: 2, limitedBy: 'ceiling' },
    },
    {
      name: 'holds at its ceiling',
      input: { size: { min: 0, max: 1 }, nodes: [makeNode('a', [makePod()])], demands: [makeDemand(2)] },
      expected: { action: 'hold', wantedNodes: 1, limitedBy: 'ceiling' },
    },
    {
      name: 'has its least number of nodes without any demand',
      input: { size: { min: 2, max: 4 } },
      expected: { action: 'up', needNodes: 0, wantedNodes: 2 },
    },
    {
      name: 'grows by whole nodes in every zone',
      input: { zones: zones(0, 0), demands: [makeDemand(3)] },
      expected: { action: 'up', nodesPerZone: 2, wantedNodes: 4 },
    },
    {
      name: 'stays below what is needed where equal zones would exceed the ceiling',
      input: { size: { min: 0, max: 3 }, zones: zones(0, 0), demands: [makeDemand(3)] },
      expected: { action: 'up', nodesPerZone: 1, wantedNodes: 2, limitedBy: 'zones' },
    },
    {
      name: 'never shrinks a zone in order to grow another',
      input: { size: { min: 0, max: 5 }, zones: zones(3, 1), demands: [makeDemand(5)] },
      expected: { action: 'hold', limitedBy: 'zones', wantedNodes: 4 },
    },
    {
      name: 'names a pod that is larger than any node',
      input: { demands: [makeDemand(1, 16)] },
      expected: { action: 'hold', limitedBy: 'podTooLarge' },
    },
    {
      name: 'grows on what is known although a demand cannot be read',
      input: { demands: [makeDemand(1)], unreadableDemands: 1 },
      expected: { action: 'up', wantedNodes: 1 },
    },
    {
      name: 'holds without knowing how many GPUs a node has',
      input: { gpusPerNode: undefined, demands: [makeDemand(1)] },
      expected: { action: 'hold', limitedBy: 'gpusUnknown', needNodes: undefined },
    },
  ];

  it.each(rows)('$name', ({ input, expected }) => {
    expect(decidePool(makeInput(input))).toMatchObject(expected);
  });
});

describe('nodes on their way', () => {
  const booting = makeNode('a', [], { gpus: 0 });
  const demands = [makeDemand(1)];

  it.each([
    {
      name: 'a machine that is no node yet',
      input: { zones: zones(1), demands },
      expected: { action: 'keep', counts: { coming: 1 } },
    },
    {
      name: 'a Ready node without GPUs',
      input: { nodes: [booting], demands },
      expected: { action: 'keep', counts: { coming: 1 } },
    },
    {
      name: 'a node that is not Ready',
      input: { nodes: [makeNode('a', [], { isReady: false })], demands },
      expected: { action: 'keep', counts: { coming: 1 } },
    },
    {
      name: 'a node that has been so for 14 minutes',
      input: { nodes: [booting], demands, memory: unfit('a', 14) },
      expected: { action: 'keep', counts: { coming: 1 } },
    },
  ])('count as supply: $name', ({ input, expected }) => {
    expect(decidePool(makeInput(input))).toMatchObject(expected);
  });

  it('count as none after 15 minutes: another one is bought, once', () => {
    const broken = makeInput({ nodes: [booting], demands, memory: unfit('a', 15) });
    const bought = { ...broken, zones: zones(2) };

    expect(decidePool(broken)).toMatchObject({ action: 'up', wantedNodes: 2, counts: { unusable: 1 } });
    expect(decidePool(bought)).toMatchObject({ presentNodes: 2, counts: { unusable: 1, coming: 1 } });
    expect(decidePool(bought).nodesPerZone).toBeUndefined();
  });

  it('begin to age when they are first seen so, not when they were made', () => {
    const flapping = makeInput({ nodes: [makeNode('a', [makePod()], { gpus: 0 })], demands });

    expect(decidePool(flapping)).toMatchObject({ action: 'keep', memory: { unfitSinceMs: { a: NOW_MS } } });
  });
});

describe('a pool that needs fewer nodes', () => {
  const idle = { nodes: [makeNode('a'), makeNode('b', [makePod()])], demands: [makeDemand(1)], memory: longSeen(1) };

  it('gives an empty node back', () => {
    expect(decidePool(makeInput(idle))).toMatchObject({ action: 'down', presentNodes: 2, wantedNodes: 1 });
    expect(goingNodes(makeInput(idle))).toEqual(['a']);
  });

  const rows: readonly { name: string; input: Partial<PoolInput>; limitedBy: string; action?: string }[] = [
    {
      name: 'until the need is known for ten minutes',
      input: { memory: { unfitSinceMs: {}, chosen: [] } },
      limitedBy: 'unneededWait',
    },
    { name: 'while it has been needed within ten minutes', input: { memory: longSeen(2) }, limitedBy: 'unneededWait' },
    {
      name: 'within ten minutes after a growth',
      input: { memory: { ...longSeen(1), lastGrowthAtMs: NOW_MS - 9 * MINUTE_MS } },
      limitedBy: 'afterGrowth',
    },
    {
      name: 'while a demand is doubtful',
      input: { demands: [makeDemand(1, 8, { doubt: 'last looked at 300 s ago' })] },
      limitedBy: 'doubtfulDemand',
    },
    { name: 'while a demand cannot be read', input: { unreadableDemands: 1 }, limitedBy: 'doubtfulDemand' },
    {
      name: 'while somebody works on the pool',
      input: { blockedBy: 'UPGRADE_NODES runs on the pool' },
      limitedBy: 'operation',
    },
    { name: 'below its least number', input: { size: { min: 2, max: 4 } }, limitedBy: 'floor' },
    {
      name: 'while pods that are asked for have no room yet',
      input: {
        nodes: [...idle.nodes, makeNode('c', [], { gpus: 0 }), makeNode('d', [], { gpus: 0 })],
        demands: [makeDemand(3)],
      },
      limitedBy: 'podsWait',
    },
    {
      name: 'when too many nodes are not ready to trust what is seen',
      input: {
        nodes: ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name, index) => makeNode(name, [], { isReady: index > 3 })),
        demands: [],
      },
      limitedBy: 'unreadyNodes',
    },
  ];

  it.each(rows)('keeps them $name', ({ input, limitedBy }) => {
    const decision = decidePool(makeInput({ ...idle, ...input }));

    expect(decision).toMatchObject({ limitedBy, chosen: [] });
    expect(decision.nodesPerZone).toBeUndefined();
  });

  it.each([
    { name: 'that somebody has cordoned', node: makeNode('a', [], { isCordoned: true }) },
    { name: 'whose instance group is not known', node: makeNode('a', [], { keptBecause: 'is of no group' }) },
    { name: 'with a pod that must stay', node: makeNode('a', [makePod(0, { keptBecause: 'has no controller' })]) },
    { name: 'whose pods have no room elsewhere', node: makeNode('a', [makePod(1, { namespace: 'other' })]) },
  ])('leaves a node alone $name', ({ node }) => {
    const input = makeInput({ ...idle, nodes: [node, makeNode('b', [makePod()])] });

    expect(goingNodes(input)).not.toContain('a');
  });

  it('does not take nodes that are coming for a reason to remove one that is there', () => {
    const input = makeInput({ ...idle, nodes: [makeNode('b', [makePod()])], zones: zones(4) });

    expect(goingNodes(input)).toEqual([]);
  });
});

describe('the choice of nodes', () => {
  /** Of somebody's workload with replicas enough on nodes elsewhere, so that nothing is out of service without them. */
  const foreign = { namespace: 'other', workload: 'deployment/batch' };
  const podsElsewhere = [makePod(4, foreign)];
  const half = (name: string, over = {}) => makeNode(name, [makePod(4, { ...foreign, ...over })]);

  it('prefers broken nodes, then empty ones, then those whose groups have the fewest GPUs', () => {
    const nodes = [
      makeNode('full', [makePod()]),
      makeNode('part', [makePod(2)]),
      makeNode('empty'),
      makeNode('broken', [], { gpus: 0 }),
    ];
    const memory = { ...unfit('broken', 20), need: longSeen(0).need! };
    const input = (min: number) => makeInput({ nodes, size: { min, max: 9 }, memory, demands: [makeDemand(0)] });

    expect(goingNodes(input(3))).toEqual(['broken']);
    expect(goingNodes(input(2))).toEqual(['broken', 'empty']);
  });

  it('moves pods together: the one of two half-used nodes that disturbs less', () => {
    const nodes = [
      half('a', { group: 'g' }),
      makeNode('b', [makePod(2, { ...foreign, group: 'h' })]),
      makeNode('c', [makePod(8, { ...foreign, group: 'g' })]),
    ];

    expect(goingNodes(makeInput({ nodes, podsElsewhere, demands: [makeDemand(0)], memory: longSeen(2) }))).toEqual([
      'b',
    ]);
  });

  it('drains one node with pods at a time', () => {
    const nodes = [half('a'), half('b'), half('c'), half('d')];

    expect(goingNodes(makeInput({ nodes, podsElsewhere, demands: [makeDemand(0)], memory: longSeen(2) }))).toHaveLength(
      1,
    );
  });

  it('counts GPUs of pods that are being deleted as taken', () => {
    const leaving = makePod(4, { terminatesAtMs: NOW_MS + 30_000 });
    const nodes = [half('a'), makeNode('b', [makePod(4, { keptBecause: 'stays' }), leaving])];
    const input = makeInput({ nodes, podsElsewhere, demands: [makeDemand(1, 4)], memory: longSeen(1) });

    expect(goingNodes(input)).toEqual([]);
  });

  it('keeps an empty node that a pending pod is about to get', () => {
    const input = makeInput({ nodes: [makeNode('a')], pendingPods: [{ namespace: 'other', name: 'p', gpus: 8 }] });

    expect(goingNodes(input)).toEqual([]);
  });

  it('takes at most ten empty nodes at a time', () => {
    const nodes = Array.from({ length: 12 }, (_, index) => makeNode(`n${index}`));

    const demands = [makeDemand(0)];

    expect(goingNodes(makeInput({ nodes, size: { min: 0, max: 20 }, demands }))).toHaveLength(10);
  });

  it('takes none while no service has ever asked for nodes of the pool', () => {
    const input = makeInput({ nodes: [makeNode('a'), makeNode('b')], size: { min: 0, max: 20 }, demands: [] });

    expect(goingNodes(input)).toEqual([]);
    expect(decidePool(input)).toMatchObject({ limitedBy: 'noDemand', why: expect.stringContaining('no service') });
  });
});

describe('nodes that have been chosen', () => {
  const chosen = (name: string) => ({ name, chosenAtMs: NOW_MS - MINUTE_MS, isReturning: false });
  const cordoned = makeNode('a', [], { isCordoned: true });
  const other = makeNode('b', [makePod()]);
  const memory = { ...longSeen(1), chosen: [chosen('a')] };

  it('go on when nothing has changed, and no further one is chosen for them', () => {
    const decision = decidePool(makeInput({ nodes: [cordoned, other], demands: [makeDemand(1)], memory }));

    expect(decision).toMatchObject({ chosen: [chosen('a')], wantedNodes: 1, presentNodes: 2 });
  });

  it('return when the demand rises, instead of a node being bought', () => {
    const decision = decidePool(makeInput({ nodes: [cordoned, other], demands: [makeDemand(2)], memory }));

    expect(decision).toMatchObject({ action: 'keep', chosen: [{ name: 'a', isReturning: true }] });
    expect(decision.nodesPerZone).toBeUndefined();
  });

  it('are forgotten at once if they were not cordoned yet', () => {
    const nodes = [makeNode('a'), other];

    expect(decidePool(makeInput({ nodes, demands: [makeDemand(2)], memory })).chosen).toEqual([]);
  });

  it('return when a pod that must stay has come', () => {
    const nodes = [makeNode('a', [makePod(0, { keptBecause: 'has no controller' })], { isCordoned: true }), other];

    expect(decidePool(makeInput({ nodes, demands: [makeDemand(1)], memory })).chosen).toMatchObject([
      { isReturning: true },
    ]);
  });

  it('wait while a demand is doubtful', () => {
    const demands = [makeDemand(1, 8, { doubt: 'not looked at' })];

    expect(decidePool(makeInput({ nodes: [cordoned, other], demands, memory })).removalWaits).toContain(
      'not looked at',
    );
  });

  it('are no supply once their deletion was asked for: what is needed is bought', () => {
    const input = makeInput({
      nodes: [cordoned, other],
      zones: zones(1),
      demands: [makeDemand(2)],
      memory,
      leaving: new Set(['a']),
    });

    expect(decidePool(input)).toMatchObject({ action: 'up', presentNodes: 1, wantedNodes: 2 });
  });

  it('are no part of the size while it is unknown whether their deletion was accepted', () => {
    const input = makeInput({
      nodes: [cordoned, other],
      demands: [makeDemand(1)],
      memory,
      leaving: new Set(['a']),
      unconfirmed: 1,
    });

    expect(decidePool(input)).toMatchObject({ action: 'keep', presentNodes: 1, chosen: [chosen('a')] });
  });
});

describe('the arithmetic', () => {
  it('is told term by term', () => {
    const { terms, why } = decidePool(makeInput({ nodes: [makeNode('a', [makePod()])], demands: [makeDemand(3)] }));

    expect(terms.map(({ name, result }) => `${name}: ${result}`)).toEqual([
      'demand of model/demo/serving/llama: 24 GPUs',
      'nodes needed: 3 nodes, 2 new; 3 if pods are moved together',
      'nodes there: 1 machine',
      'size: 3 nodes',
    ]);
    expect(why).toBe('3 nodes needed: 1 → 3, 3 in each zone');
  });
});
