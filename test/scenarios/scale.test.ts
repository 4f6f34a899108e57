/** Scaling end to end in one process: the product's doors and adapters, a P/D model under load, the jumping clock. */
import { describe, expect, it } from 'vitest';
import { chatLengths, dailyStream } from '#shared/simulation/arrivals.ts';
import { makeServedFleet, MODEL, POOL, type ServedFleet } from '../support/served-fleet.ts';

const alertOf = (incident: string, over: Record<string, unknown> = {}) => ({
  version: '1.2',
  incident: {
    incident_id: incident,
    state: 'open',
    started_at: 1_767_225_600,
    policy_name: 'queue',
    policy_user_labels: { fleet_cluster: 'demo', fleet_namespace: 'serving', fleet_model: 'llama-70b' },
    ...over,
  },
});

const patches = ({ world }: ServedFleet) =>
  world.journal.entries.filter(
    ({ effect, method, resource }) => effect && method === 'update' && /scale/.test(resource),
  );

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
    expect(calm.nodes).toBe(1);
    expect(calm.model.phase).toBe('ready');
    expect(fleet.served.summary().lostRequests).toBe(0);
    expect(fleet.deadLetters).toEqual([]);
  }, 120_000);
});

describe('what is only a hint', () => {
  it('a thousand alerts for one model cost one look per 15 s', async () => {
    const fleet = await makeServedFleet({ requestsPerSecond: 2 });
    const looks = () =>
      fleet.logged.filter(({ message, fields }) => message === 'looked' && fields['target'] === MODEL).length;
    const before = looks();

    for (let count = 0; count < 1_000; count++) fleet.alert(alertOf(`i-${count}`));
    await fleet.runFor(60);

    expect(looks() - before).toBeLessThanOrEqual(6);
    expect(patches(fleet).length).toBeLessThanOrEqual(2);
  }, 60_000);
});
