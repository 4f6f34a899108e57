/** Pools on which something is in the way: nodes that serve nobody, pods that never end, rollouts without room. */
import { describe, expect, it } from 'vitest';
import { decidePool } from '#shared/domain/node-pool/decide.ts';
import type { PoolInput } from '#shared/domain/node-pool/types.ts';
import { goingNodes, longSeen, makeDemand, makeInput, makeNode, makePod, MINUTE_MS, NOW_MS } from './make-pool.ts';

describe('a broken node in a pool that may not grow', () => {
  const labels = { app: 'llama' };
  const demands = [makeDemand(0, 8, { items: [{ what: 'decode', pods: 3, gpusPerPod: 8, labels }] })];
  const working = ['a', 'b'].map((name) => makeNode(name, [makePod(8, { name, labels })]));
  const dead = makeNode('c', [], { isReady: false, gpus: 0 });
  const pendingPods = [{ namespace: 'serving', name: 'waits', gpus: 8, labels }];
  const atCeiling = (over: Partial<PoolInput> = {}) =>
    makeInput({
      nodes: [...working, dead],
      size: { min: 3, max: 3 },
      memory: { ...longSeen(3), unfitSinceMs: { c: NOW_MS - 20 * MINUTE_MS } },
      demands,
      pendingPods,
      ...over,
    });

  it('goes, even below the least number, and another one is bought in its place', () => {
    const first = decidePool(atCeiling());
    const at = (over: Partial<PoolInput>) => decidePool(atCeiling({ memory: first.memory, ...over }));
    const kept = at({ nodes: [...working, { ...dead, isCordoned: true, cordonedFor: 'pool/demo/h200' }] });
    const gone = at({ nodes: working });

    expect(first).toMatchObject({ action: 'down', wantedNodes: 2, chosen: [{ name: 'c', isReplaced: true }] });
    expect(first.why).toContain('c serves nobody and 3 are the most that the pool may have');
    expect(kept.chosen).toMatchObject([{ name: 'c', isReturning: false }]);
    expect(gone).toMatchObject({ action: 'up', wantedNodes: 3 });
  });

  it.each([
    { name: 'needed', pods: 3, waiting: pendingPods },
    { name: 'one of the least number', pods: 2, waiting: [] },
  ])('takes pods again if it has recovered before it went and is $name', ({ pods, waiting }) => {
    const { memory } = decidePool(atCeiling());
    const recovered = { ...dead, isReady: true, gpus: 8, isCordoned: true, cordonedFor: 'pool/demo/h200' };
    const items = [{ what: 'decode', pods, gpusPerPod: 8, labels }];
    const after = {
      memory,
      nodes: [...working, recovered],
      demands: [makeDemand(0, 8, { items })],
      pendingPods: waiting,
    };

    expect(decidePool(atCeiling(after)).chosen).toMatchObject([{ name: 'c', isReturning: true }]);
  });

  it('goes where no equal number in each zone is allowed, too', () => {
    const zones = [2, 1].map((targetSize, index) => ({ zone: `z${index}`, targetSize }));

    expect(goingNodes(atCeiling({ zones, size: { min: 0, max: 5 }, demands: [makeDemand(4)] }))).toEqual([]);
    expect(goingNodes(atCeiling({ zones, size: { min: 0, max: 3 } }))).toEqual(['c']);
  });

  it.each<{ name: string; over: Partial<PoolInput> }>([
    { name: 'GKE repairs it', over: { isAutoRepaired: true } },
    { name: 'the pool may grow', over: { size: { min: 3, max: 4 } } },
    { name: 'nothing is short of it', over: { demands: [makeDemand(2)], pendingPods: [] } },
    { name: 'a demand is doubtful', over: { demands: demands.map((one) => ({ ...one, doubt: 'not looked at' })) } },
    { name: 'somebody works on the pool', over: { blockedBy: 'UPGRADE_NODES runs on the pool' } },
    {
      name: 'a pod with GPUs is on it',
      over: { nodes: [...working, { ...dead, pods: [makePod(8, { isReady: false, labels: { app: 'other' } })] }] },
    },
  ])('stays when $name', ({ over }) => {
    expect(goingNodes(atCeiling(over))).toEqual([]);
  });
});

describe('a pod that never ends', () => {
  const labels = { app: 'llama' };
  const chosen = [{ name: 'stuck', chosenAtMs: NOW_MS - 60 * MINUTE_MS, isReturning: false }];
  const stuck = (overdueSeconds: number) => {
    const pod = makePod(8, { name: 'hung', terminatesAtMs: NOW_MS - overdueSeconds * 1000 });
    return makeNode('stuck', [pod], { isCordoned: true });
  };
  const others = ['a', 'b', 'c'].map((name) => makeNode(name, [makePod(2, { name, labels })]));
  const demand = (pods: number, gpus = 2) =>
    makeDemand(0, 2, { items: [{ what: 'decode', pods, gpusPerPod: gpus, labels }] });

  it.each([
    { overdueSeconds: 59, count: 1 },
    { overdueSeconds: 61, count: 2 },
  ])('holds up other drains for a minute after its grace: $overdueSeconds s', ({ overdueSeconds, count }) => {
    const memory = { ...longSeen(1), chosen };

    expect(
      goingNodes(makeInput({ nodes: [stuck(overdueSeconds), ...others], demands: [demand(1)], memory })),
    ).toHaveLength(count);
  });

  it('leaves no room on its node for pods that are asked for', () => {
    const memory = { ...longSeen(1), chosen };
    const full = makeNode('full', [makePod(8, { name: 'f', labels })]);

    expect(
      decidePool(makeInput({ nodes: [stuck(600), full], demands: [demand(2, 8)], memory, size: { min: 0, max: 4 } })),
    ).toMatchObject({ action: 'up', wantedNodes: 3 });
  });
});

describe('a rollout that makes new pods before it takes the old ones away', () => {
  const labels = { app: 'llama' };
  const nodes = ['a', 'b'].map((name) => {
    return makeNode(name, [makePod(8, { name, labels, keptBecause: 'is of a workload in rollout' })]);
  });
  const surge = (over: object = {}) => [
    { namespace: 'serving', name: 'new', gpus: 8, labels, isOfRollout: true as const, ...over },
  ];
  const demand = (over: object = {}) =>
    makeDemand(2, 8, { items: [{ what: 'decode', pods: 2, gpusPerPod: 8, labels, ...over }] });
  const look = (over: Partial<PoolInput> = {}) =>
    decidePool(makeInput({ nodes, pendingPods: surge(), demands: [demand()], ...over }));

  it('gets a node for the pod that it waits for', () => {
    expect(look()).toMatchObject({ action: 'up', needNodes: 3, wantedNodes: 3 });
  });

  it('is named as what the ceiling keeps from going on', () => {
    expect(look({ size: { min: 0, max: 2 } })).toMatchObject({
      action: 'hold',
      limitedBy: 'ceiling',
      why: '3 nodes needed, 2 are the most that the pool may have',
    });
  });

  it.each<{ name: string; over: Partial<PoolInput> }>([
    { name: 'a pod too many of a workload that stands', over: { pendingPods: surge({ isOfRollout: undefined }) } },
    { name: 'a rollout of somebody else', over: { pendingPods: surge({ labels: { app: 'other' } }) } },
    {
      name: 'a rollout of a role that is to have none',
      over: { demands: [demand({ pods: 0 })] },
    },
    {
      name: 'one whose demand does not tell its pods',
      over: { demands: [makeDemand(2)] },
    },
  ])('buys nothing for $name', ({ over }) => {
    expect(look(over).nodesPerZone).toBeUndefined();
  });
});
