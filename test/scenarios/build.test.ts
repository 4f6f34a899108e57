import { beforeAll, describe, expect, it } from 'vitest';
import type { Progress } from '#shared/domain/progress.ts';
import { type Fleet, makeFleet } from '../support/fleet.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { observeTimes, prerequisites, startDelays } from './start-delays.ts';

/** Longest time between the end of the last prerequisite and the start, world seconds. */
const MAX_START_DELAY_SECONDS = 30;

/** The pool of the cluster is looked after too, at its own pace. */
const looksAtBuild = ({ logged }: Fleet) =>
  logged.filter(({ message, fields }) => message === 'looked' && fields['automation'] === 'build-cluster');

describe('one published message', () => {
  let fleet: Fleet;
  let progress: Progress;
  let publishedAtMs: number;

  beforeAll(async () => {
    fleet = makeFleet();
    publishedAtMs = fleet.world.clock.nowMs();
    fleet.publish(makeClusterDocument());
    progress = await fleet.runUntil('cluster/demo', ['ready', 'failed', 'holding']);
  });

  it('builds a cluster that is ready', () => {
    expect(progress).toMatchObject({
      phase: 'ready',
      report: {
        networks: 3,
        subnetworks: 11,
        firewalls: 2,
        routers: 1,
        clusters: 1,
        nodePools: 2,
        gpuNodes: 2,
        gpus: 16,
        rdmaNics: 16,
        objects: 20,
        usdPerHour: 174.772,
      },
    });
  });

  it('creates everything once', () => {
    const created = fleet.world.journal.entries.filter(
      ({ effect, method }) => effect && /^(insert|createCluster|createNodePool)$/.test(method),
    );

    expect(created).toHaveLength(19);
    expect(new Set(created.map(({ resource }) => resource)).size).toBe(19);
  });

  it('starts every step at most 30 s of world time after its last prerequisite ended', async () => {
    const delays = await startDelays(fleet, publishedAtMs);

    expect(delays.filter(({ delaySeconds }) => delaySeconds < 0)).toEqual([]);
    expect(delays.filter(({ delaySeconds }) => delaySeconds > MAX_START_DELAY_SECONDS)).toEqual([]);
  });

  it('creates nothing that the table does not know', async () => {
    const times = await observeTimes(fleet, publishedAtMs);

    expect([...times.started.keys()].sort()).toEqual(Object.keys(prerequisites).sort());
  });

  it('does not look more often than three times a minute while it only waits', () => {
    const looks = looksAtBuild(fleet).length;
    const minutes = (fleet.world.clock.nowMs() - publishedAtMs) / 60_000;

    expect(looks / minutes).toBeLessThan(4);
  });

  it('published again changes nothing', async () => {
    const before = fleet.world.journal.entries.length;
    const looksBefore = looksAtBuild(fleet).length;

    fleet.publish(makeClusterDocument());
    await fleet.runFor(120);

    const looksAfter = looksAtBuild(fleet).length;
    const mutations = fleet.world.journal.entries
      .slice(before)
      .filter(({ service }) => service !== 'pubsub' && service !== 'tasks');
    expect(looksAfter).toBeGreaterThan(looksBefore);
    expect(mutations).toEqual([]);
  });
});
