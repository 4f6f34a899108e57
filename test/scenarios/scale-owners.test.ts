/** Whose size it is: other scalers, rollouts, and people with commands. */
import { describe, expect, it } from 'vitest';
import { collections, ControlRecord } from '#shared/ledger/records.ts';
import { makeOverride, makePause } from '../support/make-command.ts';
import {
  deploymentRef,
  desired,
  limitOf,
  looks,
  patches,
  rollOut,
  rush,
  silence,
  sizes,
  somebody,
} from '../support/scaling-story.ts';
import { makeServedFleet, MODEL, POOL } from '../support/served-fleet.ts';

const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'llama-70b-prefill' };

describe('another scaler on the workload', () => {
  it.each([
    {
      name: 'HorizontalPodAutoscaler',
      object: {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        spec: { scaleTargetRef, maxReplicas: 4 },
      },
    },
    {
      name: 'ScaledObject',
      object: {
        apiVersion: 'keda.sh/v1alpha1',
        kind: 'ScaledObject',
        spec: { scaleTargetRef: { name: 'llama-70b-prefill' }, triggers: [{ type: 'cron', metadata: {} }] },
      },
    },
  ])('$name comes: hands off, and it is named; it goes: the rush is followed', async ({ name, object }) => {
    const fleet = await makeServedFleet({ nodes: 1, requests: rush(20, { fromSeconds: 60 }) });
    const metadata = { name: 'theirs', namespace: 'serving' };
    await fleet.runFor(30);
    somebody(fleet).create({ ...object, metadata } as never);

    await fleet.runFor(180);
    const owned = {
      size: (await sizes(fleet)).prefill,
      patches: [...patches(fleet)],
      limit: limitOf(fleet, 'prefill'),
    };
    const told = await fleet.progressOf('scale-replicas', MODEL);
    somebody(fleet).delete({ apiVersion: object.apiVersion, kind: name, ...metadata });
    await fleet.runFor(60);

    expect(owned).toMatchObject({ size: 1, limit: 'foreignScaler' });
    expect(owned.patches).not.toContain('llama-70b-prefill');
    expect(told.reason).toContain(`${name} theirs sets the size`);
    expect((await sizes(fleet)).prefill).toBeGreaterThan(1);
  });
});

it('a rollout under way: nothing is taken away before it is over', async () => {
  const fleet = await makeServedFleet({
    replicas: { prefill: 3, decode: 1 },
    requests: silence(),
    spec: { scaling: { down: { stabilizationSeconds: 60 } } },
  });
  rollOut(fleet, 'prefill');

  // Three pods one after the other, two minutes each and more.
  await fleet.runFor(240);
  const meanwhile = { ...(await sizes(fleet)), patches: patches(fleet), limit: limitOf(fleet, 'prefill') };
  await fleet.runFor(900);

  expect(meanwhile).toEqual({ prefill: 3, decode: 1, patches: [], limit: 'rollout' });
  expect((await sizes(fleet)).prefill).toBe(1);
});

describe('a pause', () => {
  it.each([
    { name: 'of the model', about: { target: MODEL }, scope: MODEL },
    { name: 'of everything', about: { all: true }, scope: 'everything' },
  ])('$name: no size is set while decisions go on being shown; its end lets them be', async ({ about, scope }) => {
    const fleet = await makeServedFleet({ nodes: 1, requests: rush(20) });
    await fleet.runFor(20);
    fleet.publish(makePause({ ...about, reason: 'night' }));
    await fleet.runFor(160);
    const paused = { progress: await fleet.progressOf('scale-replicas', MODEL), patches: patches(fleet) };
    const meanwhile = desired(fleet, 'prefill').at(-1);

    fleet.publish(makePause(about, 'Resume'));
    await fleet.runFor(30);

    expect(paused.patches).toEqual([]);
    expect(paused.progress).toMatchObject({
      phase: 'holding',
      reason: expect.stringMatching(/^paused by .* \(night\); without it: prefill 1 → \d/),
      next: `nothing until ${scope} is resumed`,
    });
    expect(meanwhile).toBeGreaterThan(1);
    expect((await sizes(fleet)).prefill).toBeGreaterThan(1);
  });

  it('of the model: pods that a person has set by hand get a node, and keep it', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    await fleet.runFor(20);
    fleet.publish(makePause({ target: MODEL }));
    await fleet.runFor(20);
    somebody(fleet).patch(deploymentRef('prefill'), { spec: { replicas: 3 } });

    await fleet.runFor(1_500);
    const served = { ...(await fleet.deployment('llama-70b-prefill')), nodes: (await fleet.nodes()).length };
    await fleet.runFor(2_400);

    expect(served).toEqual({ replicas: 3, ready: 3, nodes: 2 });
    expect(await fleet.nodes()).toHaveLength(2);
    expect(await fleet.deployment('llama-70b-prefill')).toEqual({ replicas: 3, ready: 3 });
    expect(patches(fleet)).toEqual([]);
  });

  it('of everything stops the pool too: a node that could go stays', async () => {
    const fleet = await makeServedFleet({ nodes: 2, requests: silence() });
    fleet.publish(makePause({ all: true }));

    await fleet.runFor(1_500);

    expect(await fleet.nodes()).toHaveLength(2);
    expect((await fleet.progressOf('scale-node-pool', POOL)).phase).toBe('holding');
  });
});

describe('a size by hand', () => {
  it('holds until its time is over, and then the load decides again', async () => {
    const fleet = await makeServedFleet({
      requests: silence(),
      spec: { scaling: { down: { stabilizationSeconds: 60 } } },
    });
    await fleet.runFor(20);
    fleet.publish(makeOverride({ sizes: { prefill: 3 }, forSeconds: 300 }));
    await fleet.runFor(280);
    const during = await sizes(fleet);
    const limit = limitOf(fleet, 'prefill');

    await fleet.runFor(600);

    expect({ ...during, limit }).toEqual({ prefill: 3, decode: 1, limit: 'override' });
    expect(await sizes(fleet)).toEqual({ prefill: 1, decode: 1 });
  });

  it('beats what somebody sets with kubectl, without end and without a fight per second', async () => {
    const fleet = await makeServedFleet({ requests: silence() });
    await fleet.runFor(20);
    fleet.publish(makeOverride({ sizes: { prefill: 2 }, forSeconds: 3_600 }));
    await fleet.runFor(20);
    for (let round = 0; round < 4; round++) {
      somebody(fleet).patch(deploymentRef('prefill'), { spec: { replicas: 1 } });
      await fleet.runFor(30);
    }

    expect(await sizes(fleet)).toEqual({ prefill: 2, decode: 1 });
    expect(patches(fleet)).toHaveLength(5);
    expect(looks(fleet).length).toBeLessThan(16);
  });

  it('above the document is refused with a reason, and changes nothing', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    await fleet.runFor(20);

    fleet.publish(makeOverride({ sizes: { prefill: 9 } }));
    await fleet.runFor(20);

    expect(fleet.deadLetters.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('prefill=9 is outside of 1 to 8'),
    ]);
    expect(
      (await fleet.ledger.find(collections.controls, { limit: 10 })).map(({ value }) => ControlRecord.parse(value)),
    ).toEqual([]);
    expect(patches(fleet)).toEqual([]);
  });
});
