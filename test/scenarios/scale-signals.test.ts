/** What cannot be measured is not concluded from: silence, gaps and counters that begin anew never take a replica away. */
import { describe, expect, it } from 'vitest';
import { at } from '#shared/domain/compare.ts';
import { desired, limitOf, looks, patches, rush, sizes } from '../support/scaling-story.ts';
import { makeRole } from '../support/make-model-service.ts';
import { makeServedFleet, MODEL, type ServedFleet } from '../support/served-fleet.ts';

/** Three prefill replicas where one is enough: they go as soon as that is proven for the window. */
const tooMany = { replicas: { prefill: 3, decode: 1 } } as const;
const quickDown = { scaling: { down: { stabilizationSeconds: 120 } } };

/** World time after which fewer would have been wanted for the whole window, and the pods be gone. */
const LONG_SECONDS = 300;

const answersOf = (fleet: ServedFleet, path: RegExp) =>
  fleet
    .apiOf('demo')
    .misfortunes.strike({ kind: 'refused', httpStatus: 503 }, { matches: ({ path: asked }) => path.test(asked) });

/** Sources of every value that the latest decision was made from. */
async function sourcesOf(fleet: ServedFleet): Promise<readonly unknown[]> {
  const { decisions = [] } = await fleet.progressOf('scale-replicas', MODEL);
  const text = JSON.stringify(decisions.at(-1)?.decision);
  return [...new Set([...text.matchAll(/"source":"([a-z]+)"/g)].map(([, source]) => source))];
}

describe('pods that say nothing', () => {
  it('neither here nor to Cloud Monitoring: no size changes, and the words say what is missing', async () => {
    const fleet = await makeServedFleet({ requestsPerSecond: 0.2, ...tooMany, spec: quickDown });
    const end = fleet.served.faults.blackout();
    // What Cloud Monitoring has is believed for a while; then nothing is known.
    await fleet.runFor(60);
    const before = looks(fleet).length;

    await fleet.runFor(LONG_SECONDS);
    const blind = await fleet.progressOf('scale-replicas', MODEL);
    const sizesMeanwhile = desired(fleet, 'prefill', before);
    end();
    await fleet.runFor(LONG_SECONDS);

    expect(blind).toMatchObject({
      phase: 'holding',
      reason: expect.stringMatching(/prefill is held at 3: no signal: .*no smaller size without proof/),
    });
    expect(at(blind.report, 'signals.heldRequests')).toMatch(/^missing: |^stale/);
    expect(new Set(sizesMeanwhile)).toEqual(new Set([3]));
    expect((await sizes(fleet)).prefill).toBeLessThan(3);
    expect((await fleet.progressOf('scale-replicas', MODEL)).phase).not.toBe('holding');
  });

  it('through the API server, but to Cloud Monitoring: that fills in, and a rush gets its replicas', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: rush(20) });
    answersOf(fleet, /\/proxy\//);

    await fleet.runFor(LONG_SECONDS);

    expect((await sizes(fleet)).prefill).toBeGreaterThan(1);
    expect(await sourcesOf(fleet)).toEqual(['monitoring']);
  });

  it('while Cloud Monitoring refuses too: a rush is not seen, nothing is changed, and nothing is lost of the look', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: rush(20) });
    const end = fleet.world.monitoring.misfortunes.blackout('permissionDenied');
    const endOther = answersOf(fleet, /\/proxy\//);

    await fleet.runFor(LONG_SECONDS);
    const blind = await sizes(fleet);
    const { phase, blindLooks } = await fleet.progressOf('scale-replicas', MODEL);
    end();
    endOther();
    await fleet.runFor(60);

    expect(blind).toEqual({ prefill: 1, decode: 1 });
    expect({ phase, blindLooks }).toEqual({ phase: 'holding', blindLooks: 0 });
    expect((await sizes(fleet)).prefill).toBeGreaterThan(1);
  });
});

describe('pods of which one is silent', () => {
  it('keep their number, and shrink once it speaks again', async () => {
    const fleet = await makeServedFleet({
      requestsPerSecond: 0.2,
      ...tooMany,
      spec: { ...quickDown, signals: { sources: ['pods'] } },
    });
    const [silent = ''] = [...fleet.served.model().replicas.values()]
      .filter(({ state }) => state.role === 'prefill')
      .map(({ state }) => state.endpoint);
    const end = fleet.served.faults.cutOff(silent);

    await fleet.runFor(LONG_SECONDS);
    const meanwhile = { sizes: await sizes(fleet), limit: limitOf(fleet, 'prefill'), patches: patches(fleet) };
    end();
    await fleet.runFor(LONG_SECONDS);

    expect(meanwhile).toEqual({ sizes: { prefill: 3, decode: 1 }, limit: 'unprovenSignal', patches: [] });
    expect((await sizes(fleet)).prefill).toBeLessThan(3);
  });

  it('of the endpoint picker: nothing sleeps, and a new one is believed again', async () => {
    const asleep = { size: { min: 0, max: 8 }, startupSeconds: 300 };
    const fleet = await makeServedFleet({
      nodes: 1,
      requestsPerSecond: 1,
      spec: {
        roles: [makeRole('prefill', asleep), makeRole('decode', asleep)],
        scaling: { scaleToZeroAfterSeconds: 60 },
      },
    });
    await fleet.runFor(60);

    for (let restart = 0; restart < 6; restart++) {
      fleet.served.restartPicker();
      await fleet.runFor(50);
    }

    expect(patches(fleet)).toEqual([]);
    expect(await sizes(fleet)).toEqual({ prefill: 1, decode: 1 });
  });
});

describe('numbers that lie', () => {
  const sleepy = (role: string) => makeRole(role, { size: { min: 0, max: 8 }, startupSeconds: 300 });
  const scaling = { scaleToZeroAfterSeconds: 60, down: { stabilizationSeconds: 60 } };

  it('a container that begins anew, and its counters with it, is neither idle nor negative', async () => {
    const fleet = await makeServedFleet({
      nodes: 1,
      requestsPerSecond: 1,
      spec: { roles: [sleepy('prefill'), sleepy('decode')], scaling },
    });
    await fleet.runFor(60);

    for (let restart = 0; restart < 6; restart++) {
      const pods = [...fleet.served.model().replicas.values()].map(({ state }) => state.endpoint);
      for (const pod of pods) fleet.served.restart(pod);
      await fleet.runFor(50);
    }

    const { decisions = [] } = await fleet.progressOf('scale-replicas', MODEL);
    expect(JSON.stringify(decisions)).toMatch(
      /completed requests not proven to be 0|running requests not proven to be 0/,
    );
    expect(JSON.stringify(decisions)).not.toMatch(/"value":-/);
    expect([...desired(fleet, 'prefill'), ...desired(fleet, 'decode')]).not.toContain(0);
  });

  it('one pod that says the same for ever does not put the others to sleep', async () => {
    const fleet = await makeServedFleet({
      requestsPerSecond: 1,
      replicas: { prefill: 1, decode: 2 },
      spec: { roles: [sleepy('prefill'), sleepy('decode')], scaling },
    });
    for (const { state } of fleet.served.model().replicas.values()) {
      if (state.role === 'decode') fleet.served.faults.freeze(state.endpoint);
    }

    await fleet.runFor(LONG_SECONDS);

    const { prefill, decode } = await sizes(fleet);
    expect(prefill).toBe(1);
    expect(decode).toBeGreaterThan(0);
  });
});
