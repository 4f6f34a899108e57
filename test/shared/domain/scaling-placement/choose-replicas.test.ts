/** Which pods of a role go: by table, and against every other choice on small clusters. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inDeletionOrder } from '../../../../emulator/controllers/replica-sets.ts';
import {
  chooseReplicasToRemove,
  type OtherPod,
  type PodStage,
  type RemovalQuestion,
  type RolePod,
} from '#shared/domain/scaling-placement/choose-replicas.ts';

/** `a b b` → one pod on a, two on b; `-` has no node, `b:pending` has come less far than ready. */
function podsOn(places: string): readonly RolePod[] {
  return places
    .split(' ')
    .filter((place) => place !== '')
    .map((place, index) => {
      const [node = '', stage = node === '-' ? 'unscheduled' : 'ready'] = place.split(':');
      const at = node === '-' ? {} : { node };
      return { name: `${node}${index}`, stage: stage as PodStage, gpus: 4, ...at }; // of the four
    });
}

/** `b c?` → another pod on b, and one on c of a role that shrinks too. */
function othersOn(places: string): readonly OtherPod[] {
  return places
    .split(' ')
    .filter((place) => place !== '')
    .map((place) => ({ node: place.replace('?', ''), gpus: 4, mayGo: place.endsWith('?') }));
}

const ask = (pods: string, others: string, remove: number, cordoned: readonly string[] = []): RemovalQuestion => ({
  pods: podsOn(pods),
  others: othersOn(others),
  cordoned: new Set(cordoned),
  remove,
});

describe('the pods that go', () => {
  it.each([
    ['the only one on a node goes before one beside another pod', ask('a b c', 'a b', 1), ['c2'], ['c']],
    ['the node with the fewest is emptied', ask('a a b', '', 1), ['b2'], ['b']],
    ['a whole node is emptied before another one is begun', ask('a a b b', '', 2), ['a0', 'a1'], ['a']],
    ['of equal nodes the first by name', ask('b a', 'a b', 1), ['a1'], []],
    ['a node that another role leaves too is left by both', ask('a b', 'a b?', 1), ['b1'], []],
    ['of shared nodes the one that holds less', ask('a b', 'a a b', 1), ['b1'], []],
    ['a cordoned node is left first', ask('a b', 'b', 1, ['b']), ['b1'], []],
    ['what is not ready goes first, wherever it is', ask('a b:notReady', 'b', 1), ['b1'], []],
    ['then the choice is among those that are ready', ask('a b - b', 'b', 2), ['-2', 'a0'], ['a']],
    ['what is kept by its stage holds its node', ask('a:pending b:pending a', '', 1), ['b1'], ['b']],
    ['all of them', ask('a b', 'b', 2), ['a0', 'b1'], ['a']],
    ['none', ask('a b', '', 0), [], []],
  ])('%s', (_rule, question, gone, emptied) => {
    expect(chooseReplicasToRemove(question)).toMatchObject({ gone, emptied });
  });

  it.each([
    ['those that go by themselves are not', ask('a b - b', 'b', 2), ['a0']],
    ['nobody where all of a stage go', ask('a:pending b', '', 1), []],
    ['nobody where all are on one node', ask('a a', '', 1), []],
  ])('are chosen: %s', (_rule, question, chosen) => {
    expect(chooseReplicasToRemove(question).chosen).toEqual(chosen);
  });

  it('of two roles that shrink together are on the same node, which then is free', () => {
    const prefill = chooseReplicasToRemove(ask('a b', 'a? b?', 1));
    const decode = chooseReplicasToRemove(ask('a b', 'b', 1));

    expect([prefill.gone, decode.gone, decode.emptied]).toEqual([['a0'], ['a0'], ['a']]);
  });
});

const RUNS = { numRuns: 500, seed: 20_260_102 };
const node = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const stage = fc.constantFrom<PodStage[]>('pending', 'notReady', 'ready', 'ready', 'ready');
const question: fc.Arbitrary<RemovalQuestion> = fc
  .record({
    pods: fc.array(fc.record({ node, stage, isWaiting: fc.boolean() }), { minLength: 1, maxLength: 7 }),
    others: fc.array(fc.record({ node, gpus: fc.constantFrom(1, 4), mayGo: fc.boolean() }), { maxLength: 4 }),
    remove: fc.nat({ max: 7 }),
  })
  .map(({ pods, others, remove }) => ({
    pods: pods.map(({ node: at, stage: far, isWaiting }, index): RolePod => {
      const isUnscheduled = isWaiting && far === 'pending';
      const place = isUnscheduled ? {} : { node: at };
      return { name: `p${index}`, stage: isUnscheduled ? 'unscheduled' : far, gpus: 4, ...place };
    }),
    others,
    cordoned: new Set<string>(),
    remove: Math.min(remove, pods.length),
  }));

function nodesLeft({ pods, others }: RemovalQuestion, gone: ReadonlySet<string>): number {
  const left = pods.filter(({ name }) => !gone.has(name)).flatMap((pod) => (pod.node === undefined ? [] : [pod.node]));
  return new Set([...left, ...others.map((pod) => pod.node)]).size;
}

/** As the API shows it, with the mark where it was chosen; `age` orders pods that nothing else tells apart. */
function toObject({ name, node: at, stage: far }: RolePod, age: number, isChosen: boolean) {
  const since = new Date(age * 60_000).toISOString();
  const status = far === 'ready' ? 'True' : 'False';
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      creationTimestamp: since,
      ...(isChosen && { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-1' } }),
    },
    spec: { ...(at !== undefined && { nodeName: at }) },
    status: {
      phase: far === 'ready' || far === 'notReady' ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status, lastTransitionTime: since }],
    },
  };
}

function takenBy(asked: RemovalQuestion, chosen: readonly string[]): ReadonlySet<string> {
  const objects = asked.pods.map((pod, age) => toObject(pod, age, chosen.includes(pod.name)));
  const order = inDeletionOrder(objects as never).map((pod) => String((pod['metadata'] as { name: string }).name));
  return new Set(order.slice(0, asked.remove));
}

/** All sets of pods that the controller might take: everything of the first stages, and any part of the last. */
function everyChoice({ pods, remove }: RemovalQuestion, gone: readonly string[]): readonly ReadonlySet<string>[] {
  const stages = new Map(pods.map(({ name, stage: far }) => [name, far]));
  const counts = (names: readonly string[]) =>
    ['unscheduled', 'pending', 'notReady', 'ready'].map(
      (far) => names.filter((name) => stages.get(name) === far).length,
    );
  const wanted = counts(gone).join();
  const subsets = Array.from({ length: 2 ** pods.length }, (_, bits) =>
    pods.filter((_pod, index) => (bits >> index) % 2 === 1).map(({ name }) => name),
  );
  return subsets
    .filter((names) => names.length === remove && counts(names).join() === wanted)
    .map((names) => new Set(names));
}

describe('on any small cluster', () => {
  it('no other choice that the controller would follow leaves GPU pods on fewer nodes', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { gone } = chooseReplicasToRemove(asked);

        const fewest = Math.min(...everyChoice(asked, gone).map((names) => nodesLeft(asked, names)));

        expect(nodesLeft(asked, new Set(gone))).toBe(fewest);
      }),
      RUNS,
    );
  });

  it('the marks make the controller free the nodes that were promised, and never fewer than by its own order', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { gone, chosen } = chooseReplicasToRemove(asked);

        const marked = nodesLeft(asked, takenBy(asked, chosen));

        expect(marked).toBe(nodesLeft(asked, new Set(gone)));
        expect(marked).toBeLessThanOrEqual(nodesLeft(asked, takenBy(asked, [])));
      }),
      RUNS,
    );
  });

  it('the order in which pods are listed changes nothing', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { gone, emptied } = chooseReplicasToRemove(asked);

        const again = chooseReplicasToRemove({ ...asked, pods: asked.pods.toReversed() });

        expect([again.gone.toSorted(), again.emptied]).toEqual([gone.toSorted(), emptied]);
      }),
      RUNS,
    );
  });
});
