/** What wakes people at night: documents, workloads and prices that change while something is under way. */
import { describe, expect, it } from 'vitest';
import { makeOverride } from '../support/make-command.ts';
import { makeModelServiceDocument, makeRole } from '../support/make-model-service.ts';
import { deploymentRef, limitOf, looks, patches, rush, silence, sizes, somebody } from '../support/scaling-story.ts';
import { makeServedFleet, MODEL, POOL, type ServedFleet } from '../support/served-fleet.ts';

const publish = (fleet: ServedFleet, max: number, spec = {}) =>
  fleet.publish(
    makeModelServiceDocument({
      spec: {
        nodePools: [],
        roles: [
          makeRole('prefill', { size: { min: 1, max }, startupSeconds: 300 }),
          makeRole('decode', { startupSeconds: 300 }),
        ],
        ...spec,
      },
    }),
  );

describe('a document that changes in mid-scale', () => {
  it('to a maximum below what was just asked for: the size is put right at once, and what is too much goes', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    await fleet.runFor(20);
    fleet.publish(makeOverride({ sizes: { prefill: 4 } }));
    await fleet.runFor(30);

    publish(fleet, 2);
    await fleet.runFor(30);

    expect(await sizes(fleet)).toEqual({ prefill: 2, decode: 1 });
    expect(patches(fleet)).toHaveLength(2);
  });

  it('to the same once more, five times: nothing is decided twice', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    await fleet.runFor(20);
    fleet.publish(makeOverride({ sizes: { prefill: 2 } }));

    for (let copy = 0; copy < 5; copy++) publish(fleet, 8);
    await fleet.runFor(60);

    expect(await sizes(fleet)).toEqual({ prefill: 2, decode: 1 });
    expect(patches(fleet)).toEqual(['llama-70b-prefill']);
  });
});

describe('a workload', () => {
  it('that is deleted stops both roles; made anew, it is looked after again', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: rush(20, { fromSeconds: 200 }) });
    await fleet.runFor(20);
    const { metadata, spec, kind, apiVersion } = somebody(fleet).get(deploymentRef('prefill')) as unknown as Deployment;
    somebody(fleet).delete(deploymentRef('prefill'));

    await fleet.runFor(100);
    const gone = await fleet.progressOf('scale-replicas', MODEL);
    const { name, namespace, labels } = metadata;
    somebody(fleet).create({ apiVersion, kind, metadata: { name, namespace, labels }, spec } as never);
    await fleet.runFor(600);

    expect(gone).toMatchObject({
      phase: 'holding',
      reason: 'prefill: Deployment serving/llama-70b-prefill does not exist',
    });
    expect((await sizes(fleet)).prefill).toBeGreaterThan(1);
  });

  it('that somebody scales to nothing is brought back to its minimum', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    await fleet.runFor(20);

    somebody(fleet).patch(deploymentRef('decode'), { spec: { replicas: 0 } });
    await fleet.runFor(30);

    expect(await sizes(fleet)).toEqual({ prefill: 1, decode: 1 });
    expect(patches(fleet)).toEqual(['llama-70b-decode']);
  });

  it('whose new pods never come up is not waited for without end, and not piled up either', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: rush(14) });
    fleet.world.gke.limitStock({ zone: 'us-central1-b', machineType: 'a3-ultragpu-8g' }, 0);

    await fleet.runFor(600);
    const early = await sizes(fleet);
    await fleet.runFor(900);

    const { decisions = [] } = await fleet.progressOf('scale-replicas', MODEL);
    expect(early.prefill).toBeGreaterThan(1);
    expect(JSON.stringify(decisions.at(-1))).toContain('not up after 600 s and no longer counted');
    expect((await sizes(fleet)).prefill).toBeLessThanOrEqual(8);
    expect(
      fleet.effects.seen.filter(({ label }) => label.startsWith('sizes.setNodesPerZone')).length,
    ).toBeLessThanOrEqual(3);
  });
});

describe('money', () => {
  it.each([
    { name: 'at the cap', cap: 100, limit: 'spendCap', labels: { 'cloud.google.com/gke-spot': null } },
    {
      name: 'of machines without a known price',
      cap: 1_000,
      limit: 'priceUnknown',
      labels: { 'node.kubernetes.io/instance-type': 'x9-unheard-of' },
    },
  ])('$name: a rush adds nothing, and the words say why', async ({ cap, limit, labels }) => {
    const fleet = await makeServedFleet({ nodes: 1, requests: rush(20), spec: { spendCapUsdPerHour: cap } });
    const [node = ''] = await fleet.nodes();
    somebody(fleet).patch({ apiVersion: 'v1', kind: 'Node', name: node }, { metadata: { labels } });

    await fleet.runFor(180);

    expect(await sizes(fleet)).toEqual({ prefill: 1, decode: 1 });
    expect(limitOf(fleet, 'prefill')).toBe(limit);
    expect((await fleet.progressOf('scale-replicas', MODEL)).phase).toBe('holding');
  });
});

it('timers that are all lost cost a minute a look, and a rush still gets its replicas and its node', async () => {
  const fleet = await makeServedFleet({ nodes: 1, requests: rush(20), lostTimers: true });

  await fleet.runFor(1_200);

  expect(fleet.world.tasks.counts.dispatches).toBe(0);
  expect((await sizes(fleet)).prefill).toBeGreaterThan(2);
  expect((await fleet.nodes()).length).toBeGreaterThan(1);
  expect(looks(fleet).length).toBeLessThan(30);
  expect((await fleet.progressOf('scale-node-pool', POOL)).blindLooks).toBe(0);
});

interface Deployment {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string; readonly labels: object };
  readonly spec: object;
}
