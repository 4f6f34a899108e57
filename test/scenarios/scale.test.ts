/** Scaling end to end in one process: the product's doors and adapters, a P/D model under load, the jumping clock. */
import { describe, expect, it } from 'vitest';
import { chatLengths, dailyStream } from '#shared/simulation/arrivals.ts';
import { makeServedFleet, MODEL, POOL } from '../support/served-fleet.ts';

describe('a served model under load', () => {
  it('gets replicas as its load grows, and nodes before they are needed; gives both back when it falls', async () => {
    const fleet = await makeServedFleet({
      // Half an hour of rush, then hardly anything.
      requests: (startMs) =>
        dailyStream({
          seed: 'rush',
          startMs,
          meanRequestsPerSecond: 1,
          swing: 0,
          spike: { fromMs: startMs + 600_000, untilMs: startMs + 3_600_000, factor: 40 },
          ...chatLengths,
        }),
    });

    await fleet.runFor(3_000);
    const rush = {
      prefill: await fleet.deployment('llama-70b-prefill'),
      nodes: (await fleet.nodes()).length,
      pool: await fleet.progressOf('scale-node-pool', POOL),
    };
    await fleet.runFor(5_400);
    const calm = {
      prefill: await fleet.deployment('llama-70b-prefill'),
      nodes: (await fleet.nodes()).length,
      model: await fleet.progressOf('scale-replicas', MODEL),
      pool: await fleet.progressOf('scale-node-pool', POOL),
    };

    expect(rush.prefill.ready).toBeGreaterThan(4);
    expect(rush.nodes).toBeGreaterThan(2);
    expect(calm.prefill).toEqual({ replicas: 1, ready: 1 });
    // The rush leaves prefill and decode on nodes of their own, and neither is moved while it is the only one that serves.
    expect(calm.nodes).toBe(2);
    expect(calm.pool.reason).toMatch(/stays in service: (prefill|decode) needs 1 ready pod/);
    expect(calm.model.phase).toBe('ready');
    expect(fleet.served.summary().lostRequests).toBe(0);
    expect(fleet.deadLetters).toEqual([]);
  }, 120_000);
});
