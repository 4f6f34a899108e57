/** No node is saved at the cost of what it serves, whatever disruption budgets allow. */
import { describe, expect, it } from 'vitest';
import { decidePool } from '#shared/domain/node-pool/decide.ts';
import { makeServingGuard } from '#shared/domain/node-pool/serving-guard.ts';
import type { DemandFacts, NodeFacts, PodElsewhere, PodOnNode } from '#shared/domain/node-pool/types.ts';
import { goingNodes, longSeen, makeDemand, makeInput, makeNode, makePod, MINUTE_MS, NOW_MS } from './make-pool.ts';

const labels = { app: 'decode' };
const decode = (over: Partial<PodOnNode> = {}) => makePod(4, { labels, workload: 'deployment/decode', ...over });
const wanted = (pods: number, over: Partial<DemandFacts> = {}) =>
  makeDemand(pods, 4, { items: [{ what: 'decode', pods, gpusPerPod: 4, labels }], ...over });
const stranger = (over: Partial<PodOnNode> = {}) =>
  makePod(4, { namespace: 'other', workload: 'deployment/batch', ...over });

/** Nodes of which the pods would fit on one fewer. */
const spread = (nodes: readonly NodeFacts[], demands: readonly DemandFacts[], more = {}) =>
  makeInput({ nodes, demands, memory: longSeen(1), ...more });

const rows: readonly {
  name: string;
  nodes: readonly NodeFacts[];
  demands?: readonly DemandFacts[];
  elsewhere?: readonly PodOnNode[];
  goes: readonly string[];
}[] = [
  {
    name: 'the only pod of a role keeps its node',
    nodes: [makeNode('a', [decode()]), makeNode('b', [stranger({ keptBecause: 'stays' })])],
    demands: [wanted(1)],
    goes: [],
  },
  {
    name: 'two pods of the two that a role is to have keep theirs',
    nodes: [makeNode('a', [decode()]), makeNode('b', [decode()])],
    demands: [wanted(2)],
    goes: [],
  },
  {
    name: 'a pod more than the role is to have, long after the role was made smaller, may go',
    nodes: [makeNode('a', [decode()]), makeNode('b', [decode()])],
    demands: [wanted(1)],
    goes: ['a'],
  },
  {
    name: 'the same minutes after it was made smaller may not: its controller may be taking the other one',
    nodes: [makeNode('a', [decode()]), makeNode('b', [decode()]), makeNode('c', [decode()])],
    demands: [wanted(1, { decidedAtMs: NOW_MS - 4 * MINUTE_MS })],
    goes: [],
  },
  {
    name: 'a replacement that is not ready yet counts for nothing',
    nodes: [makeNode('a', [decode()]), makeNode('b', [decode({ isReady: false })])],
    demands: [wanted(1)],
    goes: ['b'],
  },
  {
    name: 'a pod that is being deleted counts for nothing',
    nodes: [
      makeNode('a', [decode()]),
      makeNode('b', [decode({ terminatesAtMs: NOW_MS + 30_000 }), stranger({ keptBecause: 'stays' })]),
    ],
    demands: [wanted(1)],
    goes: [],
  },
  {
    name: 'a pod on a node that a person has cordoned counts for nothing',
    nodes: [
      makeNode('a', [decode()]),
      makeNode('b', [decode()], { isCordoned: true }),
      makeNode('c', [stranger({ keptBecause: 'stays' })]),
    ],
    demands: [wanted(1)],
    goes: [],
  },
  {
    name: 'a pod of the role on a node of another pool counts',
    nodes: [makeNode('a', [decode()]), makeNode('b', [stranger({ keptBecause: 'stays' })])],
    demands: [wanted(1)],
    elsewhere: [decode({ uid: 'far' })],
    goes: ['a'],
  },
  {
    name: 'the only pod of a workload that no service knows keeps its node',
    nodes: [makeNode('a', [stranger()]), makeNode('b', [decode({ keptBecause: 'stays' })])],
    demands: [wanted(1)],
    goes: [],
  },
  {
    name: 'one of two pods of such a workload may go',
    nodes: [makeNode('a', [stranger()]), makeNode('b', [stranger({ keptBecause: 'stays' })])],
    demands: [wanted(0)],
    goes: ['a'],
  },
  {
    name: 'a workload of the same name in another namespace is no replica of it',
    nodes: [makeNode('a', [stranger()]), makeNode('b', [stranger({ namespace: 'third', keptBecause: 'stays' })])],
    demands: [wanted(0)],
    goes: [],
  },
  {
    name: 'pods without GPUs are replicas, too',
    nodes: [makeNode('a', [makePod(0, { workload: 'deployment/epp' })]), makeNode('b', [decode()])],
    demands: [wanted(1)],
    goes: [],
  },
  {
    name: 'nodes with one of two replicas each do not go together',
    nodes: [
      makeNode('a', [makePod(0, { workload: 'deployment/epp' })]),
      makeNode('b', [makePod(0, { workload: 'deployment/epp' })]),
      makeNode('c', [decode()]),
    ],
    demands: [wanted(1)],
    goes: ['a'],
  },
  {
    name: 'where a demand does not tell its pods, strangers of the same size do not stand for them',
    nodes: [
      makeNode('a', [decode({ labels: {} })]),
      makeNode('b', [stranger({ namespace: 'serving', keptBecause: 'stays' })]),
    ],
    demands: [makeDemand(1, 4)],
    goes: [],
  },
];

describe('what a node serves', () => {
  it.each(rows)('$name', ({ nodes, demands = [], elsewhere = [], goes }) => {
    expect(goingNodes(spread(nodes, demands, { podsElsewhere: elsewhere }))).toEqual(goes);
  });

  it('is named as the reason why the node stays', () => {
    const nodes = [makeNode('a', [decode()]), makeNode('b', [decode()])];

    expect(decidePool(spread(nodes, [wanted(2)]))).toMatchObject({
      action: 'keep',
      limitedBy: 'noRemovableNode',
      why: expect.stringContaining('stays in service: decode needs 2 ready pods and would have 1'),
    });
  });

  it('calls a node back that was chosen while there were more of them', () => {
    const chosen = [{ name: 'a', chosenAtMs: NOW_MS - MINUTE_MS, isReturning: false }];
    const at = (isReady: boolean) =>
      spread([makeNode('a', [decode()], { isCordoned: true }), makeNode('b', [decode({ isReady })])], [wanted(1)], {
        memory: { ...longSeen(1), chosen },
      });

    expect(decidePool(at(true)).chosen).toMatchObject([{ name: 'a', isReturning: false }]);
    expect(decidePool(at(false)).chosen).toMatchObject([{ name: 'a', isReturning: true }]);
  });
});

describe('a role whose document names another pool than its pods are on', () => {
  const moved = makeDemand(0, 4, { items: [] });
  const nodes = [makeNode('a', [decode()]), makeNode('b', [decode()]), makeNode('c', [decode()])];

  it.each([
    { name: 'keeps the nodes of as many as it asks for there', demandsElsewhere: [wanted(3)], goes: [] },
    { name: 'lets one go that it has to spare', demandsElsewhere: [wanted(2)], goes: ['a'] },
    {
      name: 'is taken for a stranger where nothing tells its pods from those of others',
      demandsElsewhere: [makeDemand(3, 4)],
      goes: ['a'],
    },
  ])('$name', ({ demandsElsewhere, goes }) => {
    expect(goingNodes(spread(nodes, [moved], { demandsElsewhere }))).toEqual(goes);
  });

  it('buys nothing here', () => {
    expect(decidePool(spread(nodes, [moved], { demandsElsewhere: [wanted(9)] }))).toMatchObject({ needNodes: 3 });
  });
});

describe('two pools that count on each other’s replica', () => {
  const chosen = [{ name: 'a', chosenAtMs: NOW_MS - MINUTE_MS, isReturning: false }];
  const stays = makeNode('b', [stranger({ keptBecause: 'stays' })]);
  const far = { ...decode({ uid: 'far' }), yields: true } as const;
  const isChosenAlready = (podsElsewhere: readonly PodElsewhere[]) =>
    spread([makeNode('a', [decode()], { isCordoned: true }), stays], [wanted(1)], {
      podsElsewhere,
      memory: { ...longSeen(1), chosen },
    });

  it('the one whose name comes first keeps to its choice, the other takes its node back', () => {
    expect(decidePool(isChosenAlready([far])).chosen).toMatchObject([{ name: 'a', isReturning: false }]);
    expect(decidePool(isChosenAlready([])).chosen).toMatchObject([{ name: 'a', isReturning: true }]);
  });

  it('neither chooses a node anew while the other drains', () => {
    const nodes = [makeNode('a', [decode()]), stays];

    expect(goingNodes(spread(nodes, [wanted(1)], { podsElsewhere: [far] }))).toEqual([]);
    expect(goingNodes(spread(nodes, [wanted(1)], { podsElsewhere: [decode({ uid: 'far' })] }))).toEqual(['a']);
  });
});

describe('a broken node', () => {
  const broken = (isReady: boolean) => makeNode('a', [decode({ isReady })], { gpus: 0 });
  const unfitSinceMs = { a: NOW_MS - 20 * MINUTE_MS };
  const input = (isReady: boolean) =>
    spread([broken(isReady), makeNode('b', [stranger({ keptBecause: 'stays' })])], [wanted(1)], {
      memory: { ...longSeen(1), unfitSinceMs },
    });

  it.each([
    { name: 'goes with a pod that does not serve', isReady: false, goes: ['a'] },
    { name: 'stays while its pod serves all the same', isReady: true, goes: [] },
  ])('$name', ({ isReady, goes }) => {
    expect(goingNodes(input(isReady))).toEqual(goes);
  });
});

describe('a group that spans nodes', () => {
  const member = (uid: string, over: Partial<PodOnNode> = {}) =>
    makePod(8, { uid, labels, workload: 'leaderworkerset/decode', group: uid.slice(0, 1), groupSize: 2, ...over });
  const placed = (members: Readonly<Record<string, PodOnNode>>) =>
    Object.entries(members).map(([node, pod]) => ({ pod, node }));
  const groups = { n1: member('A0'), n2: member('A1'), n3: member('B0'), n4: member('B1') };
  const leaving = (pod: PodOnNode, name: string) => ({ name, pods: [pod], isSound: true, others: new Set<string>() });

  it.each([
    { name: 'is lost as a whole: no group of two may lose a node', pods: 4, members: groups, stays: true },
    { name: 'may lose a node where the other one is enough', pods: 2, members: groups, stays: false },
    {
      name: 'is no replica without its leader being ready',
      pods: 2,
      members: { ...groups, n3: member('B0', { isReady: false }) },
      stays: true,
    },
    {
      name: 'is no replica without its worker',
      pods: 1,
      members: { n1: groups.n1, n2: groups.n2, n3: groups.n3 },
      stays: true,
    },
  ])('$name', ({ pods, members, stays }) => {
    const items = [{ what: 'decode', pods, gpusPerPod: 8, labels }];
    const guard = makeServingGuard({
      nowMs: NOW_MS,
      placed: placed(members),
      demands: [makeDemand(0, 8, { items })],
      demandsElsewhere: [],
    });

    const reason = guard(leaving(members.n1, 'n1'));

    expect(reason === undefined).toBe(!stays);
  });
});
