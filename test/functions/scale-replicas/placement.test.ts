/** What a look that gives pods back has to say of which: marks on pods, and a line for people. */
import { describe, expect, it } from 'vitest';
import { DELETION_COST, GOES_FIRST } from '../../../functions/scale-replicas/marks.ts';
import { placeRemovals, staleMarks } from '../../../functions/scale-replicas/placement.ts';
import { type PodFacts, readPods } from '../../../functions/scale-replicas/pods.ts';
import type { GpuPod, Observed, Surroundings } from '../../../functions/scale-replicas/steps.ts';
import { resolveModelService } from '#shared/domain/model-service.ts';
import type { ScalingDecision } from '#shared/domain/scaling/types.ts';
import { makeModelService, type ModelServiceChanges } from '../../support/make-model-service.ts';

type Role = 'prefill' | 'decode';
type Places = Readonly<Record<Role, string>>;

interface State {
  /** Nodes of each role's pods: `a b b` → prefill-0 on a, prefill-1 and prefill-2 on b. */
  readonly on: Places;
  readonly to: Readonly<Record<Role, number>>;
  /** Nodes of pods of somebody else. */
  readonly others?: string;
  readonly surroundings?: Surroundings;
  readonly changes?: ModelServiceChanges;
  /** Changes of single pods, by name. */
  readonly pods?: Readonly<Record<string, Partial<PodFacts>>>;
  readonly inMotion?: string;
}

const nodesOf = (places: string) => places.split(' ').filter((node) => node !== '');

function makePods(role: Role, places: string, over: State['pods'] = {}): readonly PodFacts[] {
  return nodesOf(places).map((node, index) => {
    const name = `${role}-${index}`;
    const base = { name, node, state: 'ready', sinceMs: 0, answers: true, reason: undefined } as const;
    return { ...base, ...over[name] };
  });
}

function look({ on, to, others = '', surroundings, changes = {}, pods, inMotion }: State) {
  const service = resolveModelService(makeModelService(changes));
  const roles = service.roles.map((role) => {
    const name = role.role as Role; // of the document that the test makes
    const ofRole = makePods(name, on[name], pods);
    const facts = { readyReplicas: ofRole.length, inMotion, podSelector: 'a=b', resourceVersion: '1' };
    const workload = { ...facts, replicas: ofRole.length };
    return { role, workload, pods: ofRole, foreignScaler: undefined, usdPerGpuHour: undefined };
  });
  const own = roles.flatMap((role) =>
    role.pods.map(({ name, node = '' }): GpuPod => ({ namespace: 'serving', name, node, gpus: 4 })),
  );
  const foreign = nodesOf(others).map((node, index) => ({ namespace: 'else', name: `x-${index}`, node, gpus: 4 }));
  const known: Surroundings = { kind: 'known', pods: [...own, ...foreign], cordoned: new Set() };
  const observed = { service, surroundings: surroundings ?? known } as Observed; // all that placement reads
  const decision = {
    roles: roles.map(({ role }) => ({ role: role.role, desiredReplicas: to[role.role as Role] })),
  } as unknown as ScalingDecision; // likewise
  const found = placeRemovals(roles, decision, observed);
  return (role: Role) => {
    const placement = found.get(role);
    return placement && { marks: placement.marks, says: `${placement.term.formula} → ${placement.term.result}` };
  };
}

const first = (...pods: readonly string[]) => pods.map((pod) => ({ pod, goesFirst: true }));

describe('which pods go', () => {
  it('is told to the controller by a mark, and to people with the nodes that become free', () => {
    const of = look({ on: { prefill: 'a b c', decode: 'b' }, to: { prefill: 1, decode: 1 } });

    expect(of('prefill')).toEqual({
      marks: first('prefill-0', 'prefill-2'),
      says: '2 of 3 pods: prefill-0, prefill-2 → nodes a, c become free of GPU pods',
    });
    expect(of('decode')).toBeUndefined();
  });

  it('leaves alone what a stranger or another service is on', () => {
    const of = look({ on: { prefill: 'a b', decode: 'b' }, to: { prefill: 1, decode: 1 }, others: 'a' });

    expect(of('prefill')?.says).toBe(
      '1 of 2 pods: prefill-0 → no node becomes free: other GPU pods stay on each of theirs',
    );
  });

  it('of two roles in one look: the second chooses on the nodes that the first one leaves', () => {
    const of = look({ on: { prefill: 'a b', decode: 'a b' }, to: { prefill: 1, decode: 1 }, others: 'a' });

    expect(of('prefill')?.marks).toEqual(first('prefill-1'));
    expect(of('decode')).toEqual({
      marks: first('decode-1'),
      says: '1 of 2 pods: decode-1 → node b becomes free of GPU pods',
    });
  });

  it.each<[string, Partial<State>, string]>([
    [
      'the nodes could not be read',
      { surroundings: { kind: 'unknown', reason: 'listing pods: HTTP 403' } },
      "in the controller's own order → could not be chosen: listing pods: HTTP 403",
    ],
    [
      'somebody else has set a cost',
      { pods: { 'prefill-1': { deletionCost: 'foreign' } } },
      "in the controller's own order → left to the pod-deletion-cost that somebody has set, e.g. on prefill-1",
    ],
  ])('is not chosen, and said so, where %s', (_why, over, says) => {
    const of = look({ on: { prefill: 'a b', decode: 'b' }, to: { prefill: 1, decode: 1 }, ...over });

    expect(of('prefill')).toEqual({ marks: [], says });
  });

  it.each<[string, Partial<State>]>([
    ['grows', { to: { prefill: 3, decode: 1 } }],
    ['is in a rollout', { inMotion: 'rolling' }],
    ['is of groups', { changes: { prefill: { workload: { kind: 'LeaderWorkerSet', name: 'p' } } } }],
  ])('is no question while the workload %s', (_why, over) => {
    const of = look({ on: { prefill: 'a b', decode: 'b' }, to: { prefill: 1, decode: 1 }, ...over });

    expect(of('prefill')).toBeUndefined();
  });

  it('changes only the pods whose mark is wrong, and takes back one from an earlier look', () => {
    const pods = { 'prefill-0': { deletionCost: 'ours' }, 'prefill-1': { deletionCost: 'ours' } } as const;

    const of = look({ on: { prefill: 'a b c', decode: 'b' }, to: { prefill: 1, decode: 1 }, pods });

    expect(of('prefill')?.marks).toEqual([...first('prefill-2'), { pod: 'prefill-1', goesFirst: false }]);
  });

  it('counts no pod that is leaving already', () => {
    const pods = { 'prefill-0': { state: 'terminating' } } as const;

    const of = look({ on: { prefill: 'a b c', decode: 'b' }, to: { prefill: 2, decode: 1 }, pods });

    expect(of('prefill')?.marks).toEqual([]);
  });

  it('is marked on 32 pods at the most', () => {
    const nodes = Array.from({ length: 60 }, (_, index) => `n${index}`).join(' ');

    const of = look({ on: { prefill: nodes, decode: 'n0' }, to: { prefill: 1, decode: 1 } });

    expect(of('prefill')?.marks).toHaveLength(32);
  });
});

describe('marks of pods that did not go', () => {
  const role = (replicas: number, over: Partial<PodFacts> = {}, inMotion?: string) => {
    const [served] = resolveModelService(makeModelService()).roles;
    if (served === undefined) throw new Error('making a role: the document has none');
    const pods = makePods('prefill', 'a b', { 'prefill-0': { deletionCost: 'ours', ...over } });
    const workload = { replicas, readyReplicas: 2, inMotion, podSelector: 'a=b', resourceVersion: '1' };
    return { role: served, workload, pods, foreignScaler: undefined, usdPerGpuHour: undefined };
  };

  it.each([
    ['are taken back once as many are there as are wanted', role(2), [{ pod: 'prefill-0', goesFirst: false }]],
    ['stay while the controller is yet to take them', role(1), []],
    ['stay while it has not seen the latest change', role(2, {}, 'generation 1 of 2'), []],
    ['stay on a pod that leaves', role(2, { state: 'terminating' }), []],
    ['of somebody else stay', role(2, { deletionCost: 'foreign' }), []],
  ] as const)('%s', (_rule, observed, marks) => {
    expect(staleMarks(observed)).toEqual(marks);
  });
});

describe('a pod', () => {
  it.each([
    ['no cost', {}, undefined],
    ['our cost', { [DELETION_COST]: '-1', [GOES_FIRST]: '-1' }, 'ours'],
    ['a cost from its template', { [DELETION_COST]: '5' }, 'foreign'],
    ['a cost that somebody has written over ours', { [DELETION_COST]: '7', [GOES_FIRST]: '-1' }, 'foreign'],
  ] as const)('with %s', (_what, annotations, deletionCost) => {
    const [pod] = readPods([{ metadata: { name: 'a', annotations }, spec: { nodeName: 'n1' }, status: {} }]);

    expect(pod).toMatchObject({ node: 'n1' });
    expect(pod?.deletionCost).toBe(deletionCost);
  });
});
