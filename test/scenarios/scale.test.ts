/** Scaling end to end in one process: the product's doors and adapters, a P/D model under load, the jumping clock. */
import { describe, expect, it } from 'vitest';
import { chatLengths, dailyStream } from '#shared/simulation/arrivals.ts';
import { DELETION_COST } from '../../functions/scale-replicas/marks.ts';
import { objectAt, textAt } from '#shared/domain/compare.ts';
import { makeServedFleet, MODEL, POOL, type ServedFleet } from '../support/served-fleet.ts';

async function markedPods(fleet: ServedFleet): Promise<readonly string[]> {
  const pods = await fleet.inside.list({ server: 'https://in-process/demo' }, { apiVersion: 'v1', kind: 'Pod' });
  const marked = pods.filter((pod) => objectAt(pod, 'metadata.annotations')[DELETION_COST] !== undefined);
  return marked.map((pod) => textAt(pod, 'metadata.name') ?? '');
}

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
      marked: await markedPods(fleet),
    };

    expect(rush.prefill.ready).toBeGreaterThan(4);
    expect(rush.nodes).toBeGreaterThan(2);
    expect(calm.prefill).toEqual({ replicas: 1, ready: 1 });
    // Neither role is moved while its only replica serves: the ones that stayed were chosen to be on one node.
    expect(calm.nodes).toBe(1);
    expect(calm.pool.phase).toBe('ready');
    expect(calm.marked).toEqual([]);
    expect(calm.model.phase).toBe('ready');
    expect(fleet.served.summary().lostRequests).toBe(0);
    expect(fleet.deadLetters).toEqual([]);
  }, 120_000);
});
