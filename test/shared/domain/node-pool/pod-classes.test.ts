/** Whose pod it is: a stranger's never stands for one that a service asks for. */
import { describe, expect, it } from 'vitest';
import { decidePool } from '#shared/domain/node-pool/decide.ts';
import type { DemandFacts, PodOnNode } from '#shared/domain/node-pool/types.ts';
import { makeDemand, makeInput, makeNode, makePod } from './make-pool.ts';

const own = { app: 'llama' };

function labelled(pods: number, gpusPerPod: number, labels: Readonly<Record<string, string>> = own): DemandFacts {
  return makeDemand(pods, gpusPerPod, { items: [{ what: 'decode', pods, gpusPerPod, labels }] });
}

describe('one pod of eight GPUs is asked for, and runs or does not', () => {
  const pending = [{ namespace: 'serving', name: 'llama-0', gpus: 8, labels: own }];

  it.each<{ name: string; pod: Partial<PodOnNode>; isPending: boolean; demand: DemandFacts; nodes: number }>([
    { name: 'an unlabelled stranger is no such pod', pod: {}, isPending: true, demand: labelled(1, 8), nodes: 2 },
    {
      name: 'a stranger with other labels is none',
      pod: { labels: { app: 'training' } },
      isPending: true,
      demand: labelled(1, 8),
      nodes: 2,
    },
    {
      name: 'its own pod is one, whatever else it is labelled with',
      pod: { labels: { ...own, hash: '1' } },
      isPending: false,
      demand: labelled(1, 8),
      nodes: 1,
    },
    {
      name: 'another service in another namespace is none',
      pod: { labels: own, namespace: 'other' },
      isPending: true,
      demand: labelled(1, 8),
      nodes: 2,
    },
    {
      name: 'without labels its namespace and size decide',
      pod: {},
      isPending: false,
      demand: makeDemand(1),
      nodes: 1,
    },
  ])('$name', ({ pod, isPending, demand, nodes }) => {
    const input = makeInput({
      nodes: [makeNode('a', [makePod(8, pod)])],
      pendingPods: isPending ? pending : [],
      demands: [demand],
    });

    expect(decidePool(input)).toMatchObject({ needNodes: nodes, wantedNodes: nodes });
  });
});

describe('two roles of one service', () => {
  it('have their own pods each, though the labels of one are among those of the other', () => {
    const decode = { ...own, role: 'decode' };
    const items = [
      { what: 'prefill', pods: 1, gpusPerPod: 8, labels: own },
      { what: 'decode', pods: 1, gpusPerPod: 8, labels: decode },
    ];
    const pods = ['a', 'b'].map((name) => makeNode(name, [makePod(8, { labels: decode })]));

    expect(decidePool(makeInput({ nodes: pods, demands: [makeDemand(2, 8, { items })] })).needNodes).toBe(3);
  });
});

describe('pods that ask for other GPUs than their demand says', () => {
  const eights = ['a', 'b'].map((name) => makeNode(name, [makePod(8, { labels: own })]));

  it.each([
    { name: 'nothing is bought for them', pods: 20, nodes: eights },
    { name: 'nothing goes', pods: 1, nodes: [...eights, makeNode('c')] },
  ])('$name, and the words say why', ({ pods, nodes }) => {
    expect(decidePool(makeInput({ nodes, demands: [labelled(pods, 4)] }))).toMatchObject({
      action: 'hold',
      limitedBy: 'gpusDiffer',
      wantedNodes: nodes.length,
      why: expect.stringMatching(/^decode asks for pods of 4 GPUs, but its pod serving\/\S+ asks for 8$/),
    });
  });

  it('are right when one of them is as asked for: a template is being replaced', () => {
    const pendingPods = [{ namespace: 'serving', name: 'new', gpus: 4, labels: own }];

    expect(decidePool(makeInput({ nodes: eights, pendingPods, demands: [labelled(4, 4)] }))).toMatchObject({
      action: 'up',
      wantedNodes: 3,
    });
  });
});

describe('a thousand nodes that cannot go', () => {
  it('are named by ten and a count', () => {
    const nodes = Array.from({ length: 1000 }, (_, index) =>
      makeNode(`n${index}`, [makePod(1, { namespace: 'research', keptBecause: 'has no controller' })]),
    );

    const { why, limitedBy } = decidePool(makeInput({ nodes, size: { min: 0, max: 1000 }, demands: [makeDemand(0)] }));

    expect(limitedBy).toBe('noRemovableNode');
    expect(why.match(/has no controller/g)).toHaveLength(10);
    expect(why).toMatch(/; and 990 nodes more$/);
  });
});
