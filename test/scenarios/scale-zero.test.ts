/** To zero and back: both roles at once, and a held request brings both back. */
import { describe, expect, it } from 'vitest';
import { makeRole } from '../support/make-model-service.ts';
import { desired, patches, silence, sizes } from '../support/scaling-story.ts';
import { makeServedFleet, MODEL } from '../support/served-fleet.ts';

const sleepy = (role: string) => makeRole(role, { size: { min: 0, max: 8 }, startupSeconds: 300 });
const spec = { roles: [sleepy('prefill'), sleepy('decode')], scaling: { scaleToZeroAfterSeconds: 120 } };

describe('a service that may sleep', () => {
  it('goes to zero as a pair after its idle time, and one burst of requests wakes both and is answered', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence(600), spec });

    await fleet.runFor(100);
    const before = await sizes(fleet);
    await fleet.runFor(200);
    const asleep = { ...(await sizes(fleet)), patches: [...patches(fleet)] };
    const told = await fleet.progressOf('scale-replicas', MODEL);
    await fleet.runFor(330);
    const awake = await sizes(fleet);
    await fleet.runFor(400);
    const { lostRequests } = fleet.served.summary();

    expect(before).toEqual({ prefill: 1, decode: 1 });
    expect(asleep).toEqual({
      prefill: 0,
      decode: 0,
      patches: expect.arrayContaining(['llama-70b-prefill', 'llama-70b-decode']),
    });
    expect(asleep.patches).toHaveLength(2);
    expect(told.phase).toBe('ready');
    expect(awake.prefill).toBeGreaterThan(0);
    expect(awake.decode).toBeGreaterThan(0);
    expect(lostRequests).toBe(0);
    expect(fleet.served.model().isIdle).toBe(true);
  });

  it('asleep, and the endpoint picker silent: it stays as it is and says that nobody knows', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence(), spec });
    await fleet.runFor(300);
    const end = fleet.served.faults.blackout();

    await fleet.runFor(200);
    const blind = await fleet.progressOf('scale-replicas', MODEL);
    end();
    await fleet.runFor(30);

    expect(blind).toMatchObject({
      phase: 'holding',
      reason: expect.stringContaining('nobody knows whether requests are held'),
    });
    expect(desired(fleet, 'prefill').at(-1)).toBe(0);
    expect((await fleet.progressOf('scale-replicas', MODEL)).phase).toBe('ready');
  });
});
