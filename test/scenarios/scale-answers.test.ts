/** What the API server may answer to a change of size: the end is the same, and nothing is done twice. */
import { describe, expect, it } from 'vitest';
import type { Misfortune } from '../../emulator/kubernetes/misfortunes.ts';
import { makeOverride } from '../support/make-command.ts';
import { deploymentRef, looks, patches, rush, sizes, somebody } from '../support/scaling-story.ts';
import { makeServedFleet, MODEL, type ServedFleet } from '../support/served-fleet.ts';

const isScale = ({ method, path }: { readonly method: string; readonly path: string }) =>
  method === 'PUT' && path.endsWith('/deployments/llama-70b-prefill/scale');

const strike = (fleet: ServedFleet, misfortune: Misfortune, times: number) =>
  fleet.apiOf('demo').misfortunes.strike(misfortune, { matches: isScale, times });

const scaleCalls = ({ effects }: ServedFleet) =>
  effects.seen.filter(({ label }) => label.startsWith('workloads.scale Deployment/llama-70b-prefill')).length;

describe('the answer to a new size', () => {
  it.each<{
    readonly name: string;
    readonly misfortune: Misfortune;
    readonly withinSeconds: number;
    readonly calls: number;
  }>([
    {
      name: '429, come again in 40 s',
      misfortune: { kind: 'refused', httpStatus: 429, retryAfterSeconds: 40 },
      withinSeconds: 120,
      calls: 3,
    },
    { name: '503', misfortune: { kind: 'refused', httpStatus: 503 }, withinSeconds: 60, calls: 3 },
    { name: '401', misfortune: { kind: 'refused', httpStatus: 401 }, withinSeconds: 120, calls: 3 },
    { name: 'lost, and the size is set', misfortune: { kind: 'lost' }, withinSeconds: 30, calls: 1 },
  ])('twice $name: the size is set once, and no other', async ({ misfortune, withinSeconds, calls }) => {
    const fleet = await makeServedFleet({ nodes: 1, requestsPerSecond: 0.2 });
    await fleet.runFor(20);
    strike(fleet, misfortune, 2);

    fleet.publish(makeOverride({ sizes: { prefill: 2 } }));
    await fleet.runFor(withinSeconds);

    expect(await sizes(fleet)).toEqual({ prefill: 2, decode: 1 });
    expect(patches(fleet)).toEqual(['llama-70b-prefill']);
    expect(scaleCalls(fleet)).toBe(calls);
    expect((await fleet.progressOf('scale-replicas', MODEL)).steps).toEqual({});
  });

  it('429 is not asked again before its time', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requestsPerSecond: 0.2 });
    await fleet.runFor(20);
    strike(fleet, { kind: 'refused', httpStatus: 429, retryAfterSeconds: 100 }, 1);
    const sentAtMs = fleet.world.clock.nowMs();

    fleet.publish(makeOverride({ sizes: { prefill: 2 } }));
    await fleet.runFor(60);
    const waiting = await fleet.progressOf('scale-replicas', MODEL);
    await fleet.runFor(60);

    expect(waiting.steps['scale/prefill']).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('Too many requests'),
    });
    expect(waiting.phase).toBe('updating');
    const [set] = fleet.world.journal.entries.filter(({ resource, effect }) => effect && resource.endsWith('/scale'));
    expect((set?.atMs ?? 0) - sentAtMs).toBeGreaterThan(100_000);
  });

  it('409 after somebody changed something else: the same size, decided anew', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requestsPerSecond: 0.2 });
    await fleet.runFor(20);
    const by = () =>
      void somebody(fleet).patch(deploymentRef('prefill'), { metadata: { labels: { owner: 'team-a' } } });
    strike(fleet, { kind: 'preceded', by }, 1);

    fleet.publish(makeOverride({ sizes: { prefill: 2 } }));
    await fleet.runFor(60);

    expect(await sizes(fleet)).toEqual({ prefill: 2, decode: 1 });
    expect(patches(fleet)).toEqual(['llama-70b-prefill']);
  });

  it('409 after somebody set a size: nothing is added to it, the decision is made of what is there', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: rush(20) });
    const by = () => void somebody(fleet).patch(deploymentRef('prefill'), { spec: { replicas: 6 } });
    strike(fleet, { kind: 'preceded', by }, 1);

    await fleet.runFor(180);

    expect(await sizes(fleet)).toMatchObject({ prefill: 6 });
    expect(patches(fleet)).toEqual([]);
  });

  it('always 503: the decision is shown, the attempts get rarer, and the service is left as it is', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requestsPerSecond: 0.2 });
    await fleet.runFor(20);
    const end = strike(fleet, { kind: 'refused', httpStatus: 503 }, Number.POSITIVE_INFINITY);

    fleet.publish(makeOverride({ sizes: { prefill: 2 } }));
    await fleet.runFor(600);
    const broken = await fleet.progressOf('scale-replicas', MODEL);
    const calls = scaleCalls(fleet);
    end();
    await fleet.runFor(90);

    expect(broken).toMatchObject({ phase: 'updating', reason: expect.stringContaining('prefill 1 → 2') });
    expect(calls).toBeLessThanOrEqual(14);
    expect(await sizes(fleet)).toEqual({ prefill: 2, decode: 1 });
  });
});

describe('an API server that answers nothing of use', () => {
  it('and 401 to everything: nothing is concluded, and it goes on by itself', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: rush(20) });
    const end = fleet.apiOf('demo').misfortunes.strike({ kind: 'refused', httpStatus: 401 }, { matches: () => true });
    await fleet.runFor(20);
    const before = looks(fleet).length;

    await fleet.runFor(240);
    const blind = await fleet.progressOf('scale-replicas', MODEL);
    const looked = looks(fleet).length - before;
    end();
    await fleet.runFor(420);

    expect(blind.blindLooks).toBeGreaterThan(1);
    expect(blind.reason).toMatch(/Unauthorized/);
    expect(looked).toBe(0);
    expect((await sizes(fleet)).prefill).toBeGreaterThan(1);
    expect((await fleet.progressOf('scale-replicas', MODEL)).blindLooks).toBe(0);
  });
});

it('two deliveries of everything at one instant make one decision and one patch', async () => {
  const fleet = await makeServedFleet({ nodes: 1, requestsPerSecond: 0.2 });
  await fleet.runFor(20);
  fleet.world.pubsub.disturb(() => true, { duplicate: true, reorder: true });
  fleet.world.tasks.duplicate();

  fleet.publish(makeOverride({ sizes: { prefill: 3, decode: 2 } }));
  await fleet.runFor(90);

  expect(await sizes(fleet)).toEqual({ prefill: 3, decode: 2 });
  expect(patches(fleet).toSorted()).toEqual(['llama-70b-decode', 'llama-70b-prefill']);
  expect(fleet.effects.writers.breaches).toEqual([]);
});
