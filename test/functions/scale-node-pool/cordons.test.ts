/** Whose cordon it is: ours are taken back, a person's is theirs. */
import { describe, expect, it } from 'vitest';
import { plan } from '../../../functions/scale-node-pool/plan.ts';
import { readPool } from '../../../functions/scale-node-pool/gke-pool.ts';
import type { ObservedNode, ObservedPool } from '../../../functions/scale-node-pool/steps.ts';
import type { PodOnNode } from '#shared/domain/node-pool/types.ts';
import { pausePlan } from '#shared/domain/controls.ts';
import { beginProgress, recordPlan } from '#shared/domain/progress.ts';
import { AutomationError } from '#shared/errors.ts';
import { longSeen, makeDemand, makeNode, makePod, NOW_MS } from '../../shared/domain/node-pool/make-pool.ts';
import { makeObserved, makeSubject, target } from './make-look.ts';
import { group, makeGkePool } from './make-objects.ts';

const busy: ObservedNode = { ...makeNode('gke-demo-h200-97da88a9-a', [makePod()]), group };
const spare: ObservedNode = { ...makeNode('gke-demo-h200-97da88a9-b'), group };
const chosen = [{ name: spare.name, chosenAtMs: NOW_MS - 60_000, isReturning: false }];
const removing = { version: 1, memory: { ...longSeen(1), chosen }, updates: [] };

/** One pod runs, and `pods` are asked for; the second node is as given. */
function look(second: ObservedNode, pods: number, over: Partial<ObservedPool> = {}): ObservedPool {
  return makeObserved({ nodes: [busy, second], demands: [makeDemand(pods)], ...over });
}

/** Steps as texts, e.g. `cordon ready`. */
function shown({ steps }: ReturnType<typeof plan>): readonly string[] {
  return steps.map(({ step, status }) => `${step.kind} ${status.state}`);
}

describe('a node that was chosen in a pause and that a person has cordoned since', () => {
  it.each([
    { name: 'is not removed while it is spare', pods: 1 },
    { name: 'is not uncordoned when it is needed', pods: 2 },
  ])('$name', ({ pods }) => {
    const pause = { overrides: {}, pause: { actor: 'ann', atMs: 0, scope: 'all' as const, reason: 'maintenance' } };
    const carry = { version: 1, memory: { ...longSeen(1) }, updates: [] };
    const first = pausePlan(plan(makeSubject({}, carry), look(spare, 1)), pause, target);

    const after = plan(makeSubject({}, first.carry), look({ ...spare, isCordoned: true }, pods));

    expect(shown(first)).toContain('cordon waiting');
    expect(after.steps.filter(({ step }) => 'node' in step && step.node === spare.name)).toEqual([]);
  });
});

describe('a deletion whose operation has failed', () => {
  it('is over, whatever made it fail: the node takes pods again as soon as it is needed', () => {
    const cordoned = { ...spare, isCordoned: true, cordonedFor: target };
    const error = new AutomationError('transient', 'RESOURCE_NOT_READY');
    const readings = new Map([[`delete/${spare.name}`, { state: 'failed' as const, error }]]);
    const { memory } = makeSubject({
      [`cordon/${spare.name}`]: { state: 'done', failuresInARow: 0 },
      [`delete/${spare.name}`]: { state: 'running', operation: 'o', startedAtMs: NOW_MS - 30_000, failuresInARow: 0 },
    });
    const failed = plan({ ...makeSubject({}, removing), memory }, look(cordoned, 1, { readings }));
    const begun = beginProgress({ automation: 'scale-node-pool', target, buildId: 'b', sequence: 1 }, 0);
    const { steps, carry } = recordPlan({ ...begun, steps: memory }, failed, NOW_MS);

    const needed = plan({ ...makeSubject({}, carry), memory: steps, nowMs: NOW_MS + 61_000 }, look(cordoned, 2));

    expect(shown(needed)).toEqual(['uncordon ready']);
  });
});

describe('what is asked of other pools', () => {
  const labels = { app: 'llama' };
  const replica = (name: string) => makePod(4, { name, labels, workload: 'deployment/llama' });
  const items = [{ what: 'decode', pods: 2, gpusPerPod: 4, labels }];
  const moved = { demands: [makeDemand(0, 4, { items: [] })], demandsElsewhere: [makeDemand(0, 4, { items })] };
  const first: ObservedNode = { ...makeNode(busy.name, [replica('a')]), group };
  const second: ObservedNode = {
    ...makeNode(spare.name, [replica('b')], { isCordoned: true, cordonedFor: target }),
    group,
  };

  it('keeps a node in service whose role has been moved by the document alone', () => {
    const planned = plan(makeSubject({}, removing), makeObserved({ nodes: [first, second], ...moved }));

    expect(shown(planned)).toEqual(['uncordon ready']);
  });

  it('is handed on to the drain, which looks once more', () => {
    const observed = makeObserved({ nodes: [first, second], ...moved, podsElsewhere: [replica('c')] });

    const { steps } = plan(makeSubject({}, removing), observed);

    expect(steps.find(({ step }) => step.kind === 'drain')?.step).toMatchObject({ ...moved, others: [] });
  });
});

describe('a broken node at the ceiling', () => {
  const dead: ObservedNode = { ...makeNode(spare.name, [], { isReady: false, gpus: 0 }), group };
  const carry = { version: 1, memory: { ...longSeen(2), unfitSinceMs: { [spare.name]: 0 } }, updates: [] };
  const full = { wanted: { ...makeObserved().wanted, size: { min: 2, max: 2, owner: 'inference-fleet' as const } } };

  it.each([
    { autoRepair: false, steps: ['cordon ready', 'drain waiting', 'delete waiting'] },
    { autoRepair: true, steps: [] },
  ])('is removed where GKE does not repair it: auto-repair $autoRepair', ({ autoRepair, steps }) => {
    const pool = readPool(makeGkePool({ management: { autoRepair } }));

    expect(shown(plan(makeSubject({}, carry), look(dead, 2, { pool, ...full })))).toEqual(steps);
  });
});

describe('a pod that does not end on a node that is drained', () => {
  const hung = (overdueSeconds: number, more: readonly PodOnNode[] = []): ObservedNode => {
    const pod = makePod(8, { name: 'hung', terminatesAtMs: NOW_MS - overdueSeconds * 1000 });
    return { ...makeNode(spare.name, [pod, ...more], { isCordoned: true, cordonedFor: target }), group };
  };

  it('is named, and a person is asked to look at it', () => {
    const planned = plan(makeSubject({}, removing), look(hung(3600), 1));

    expect(planned).toMatchObject({
      phase: 'holding',
      reason: expect.stringContaining(`drain ${spare.name}: pod serving/hung has not ended`),
      recheckAfterSeconds: 60,
    });
    expect(shown(planned)).toEqual(['cordon done', 'drain failed', 'delete waiting']);
  });

  it('is waited for until a minute after its grace', () => {
    expect(plan(makeSubject({}, removing), look(hung(59), 1))).toMatchObject({
      phase: 'updating',
      reason: `drain ${spare.name}: 1 pod is ending`,
      recheckAfterSeconds: 15,
    });
  });

  it('does not keep the others on its node from being asked to leave', () => {
    const replica = makePod(0, { name: 'epp', workload: 'deployment/epp' });
    const observed = look(hung(3600, [replica]), 1, { podsElsewhere: [replica] });

    expect(shown(plan(makeSubject({}, removing), observed))).toContain('drain ready');
  });

  it('is waited for no longer once it has ended', () => {
    const held = plan(makeSubject({}, removing), look(hung(3600), 1));
    const begun = beginProgress({ automation: 'scale-node-pool', target, buildId: 'b', sequence: 1 }, 0);
    const { steps, carry } = recordPlan(begun, held, NOW_MS);

    const after = plan({ ...makeSubject({}, carry), memory: steps }, look({ ...hung(0), pods: [] }, 1));

    expect(shown(after)).toEqual(['cordon done', 'drain done', 'delete ready']);
  });
});

const ours: ObservedNode = { ...spare, isCordoned: true, cordonedFor: target };
const { wanted } = makeObserved();
const autoscaling = { autoscaling: { enabled: true, minNodeCount: 0, maxNodeCount: 4 } };

describe('a node that we have cordoned', () => {
  it.each<{ name: string; over: Partial<ObservedPool> }>([
    { name: 'whose size is fixed now', over: { wanted: { ...wanted, size: { ...wanted.size, owner: 'fixed' } } } },
    { name: 'that GKE owns now', over: { wanted: { ...wanted, size: { ...wanted.size, owner: 'gke' } } } },
    { name: 'whose autoscaling was turned on', over: { pool: readPool(makeGkePool(autoscaling)) } },
  ])('takes pods again in a pool $name', ({ over }) => {
    const planned = plan(makeSubject({}, removing), look(ours, 1, over));

    expect(shown(planned)).toContain('uncordon ready');
    expect(planned).toMatchObject({ kind: 'act', carry: { memory: { chosen: [] } } });
  });

  it('stays cordoned there while its machine is being deleted', () => {
    const subject = makeSubject(
      { [`delete/${spare.name}`]: { state: 'running', operation: 'o', startedAtMs: NOW_MS - 30_000 } },
      removing,
    );

    const world = look(ours, 1, { wanted: { ...wanted, size: { ...wanted.size, owner: 'fixed' } } });
    const begun = beginProgress({ automation: 'scale-node-pool', target, buildId: 'b', sequence: 1 }, 0);
    const first = recordPlan({ ...begun, steps: subject.memory }, plan(subject, world), NOW_MS);

    const after = (ms: number) =>
      shown(plan({ ...makeSubject({}, first.carry), memory: first.steps, nowMs: NOW_MS + ms }, world));

    expect(after(60_000)).toEqual(['delete running']);
    expect(after(20 * 60_000)).toEqual(['uncordon ready']);
  });

  it('is known as ours when nothing is remembered any more', () => {
    expect(shown(plan(makeSubject({}, { version: 0 }), look(ours, 2)))).toEqual(['uncordon ready']);
  });

  it('and that a person has uncordoned is left alone for ten minutes, then chosen again', () => {
    const marked = { ...ours, isCordoned: false };
    const memory = { ...longSeen(1), chosen };
    const uncordoned = plan(makeSubject({}, { ...removing, memory }), look(marked, 1));
    const after = (minutes: number) => {
      const subject = { ...makeSubject({}, uncordoned.carry), nowMs: NOW_MS + minutes * 60_000 };
      // The need has been known all the time.
      const need = { ...longSeen(1).need, lookedAtMs: subject.nowMs - 60_000 };
      const carry = { ...subject.carry, memory: { ...longSeen(1), chosen: [], need } };
      return plan({ ...subject, carry }, look(spare, 1));
    };

    expect(shown(uncordoned)).toEqual(['uncordon ready']);
    expect(shown(after(9))).toEqual([]);
    expect(after(9).reason).toContain('was uncordoned by somebody within 10 min');
    expect(shown(after(10))).toContain('cordon ready');
  });

  it('and that a person has uncordoned goes all the same once its deletion was asked for', () => {
    const subject = makeSubject(
      { [`delete/${spare.name}`]: { state: 'running', operation: 'o', startedAtMs: NOW_MS - 30_000 } },
      removing,
    );

    expect(shown(plan(subject, look({ ...ours, isCordoned: false }, 1)))).toContain('delete running');
  });

  it('loses its mark when somebody has uncordoned it, so that a later cordon is theirs', () => {
    const marked = { ...ours, isCordoned: false };

    expect(shown(plan(makeSubject(), look(marked, 2)))).toEqual(['uncordon ready']);
  });

  it.each(['fixed', 'gke'] as const)(
    'is not taken for one that a person has cordoned, in a pool of owner %s',
    (owner) => {
      const theirs = { ...spare, isCordoned: true };

      const planned = plan(
        makeSubject({}, removing),
        look(theirs, 2, { wanted: { ...wanted, size: { ...wanted.size, owner } } }),
      );

      expect(shown(planned)).not.toContain('uncordon ready');
    },
  );
});
