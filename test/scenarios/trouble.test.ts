import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../emulator/world/json.ts';
import { listAt, textAt } from '#shared/domain/compare.ts';
import type { Progress } from '#shared/domain/progress.ts';
import { MessageRecord, messageKey } from '#shared/ledger/records.ts';
import { type Fleet, makeFleet } from '../support/fleet.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';

const target = 'cluster/demo';
const ended = ['ready', 'failed', 'holding'];
const topic = 'projects/demo/topics/inference-fleet-requests';

const creations = ({ world }: Fleet) =>
  world.journal.entries
    .filter(({ effect, method }) => effect && /^(insert|createCluster|createNodePool)$/.test(method))
    .map(({ resource }) => resource);
const build = async (fleet: Fleet, document = makeClusterDocument()): Promise<Progress> => {
  fleet.publish(document);
  return await fleet.runUntil(target, ended);
};

describe('a build that ends as if nothing had happened', () => {
  it('although every message is delivered twice and out of order', async () => {
    const fleet = makeFleet({ quick: true });
    fleet.world.pubsub.disturb(() => true, { duplicate: true, reorder: true });
    fleet.world.tasks.duplicate();

    const progress = await build(fleet);

    expect(progress.phase).toBe('ready');
    expect(new Set(creations(fleet)).size).toBe(creations(fleet).length);
    expect(fleet.world.pubsub.counts.duplicates).toBeGreaterThan(0);
  });

  it('although the same document is published five times at once', async () => {
    const fleet = makeFleet({ quick: true });
    for (let copy = 0; copy < 5; copy++) fleet.publish(makeClusterDocument());

    const progress = await fleet.runUntil(target, ended);

    expect(progress.phase).toBe('ready');
    expect(creations(fleet)).toHaveLength(19);
  });

  it('although no timer is ever delivered: the sweeper finds what is overdue', async () => {
    const fleet = makeFleet({ quick: true, lostTimers: true });

    const progress = await build(fleet);

    expect(progress.phase).toBe('ready');
    expect(fleet.world.tasks.counts.dispatches).toBe(0);
  });

  it('although somebody else’s operation keeps the cluster busy when the pool is due', async () => {
    const fleet = makeFleet({ quick: true });
    const { gke, clock } = fleet.world;
    const interfere = (): void => {
      if (isRunning(fleet)) return gke.startForeignOperation('demo', 'UPGRADE_MASTER', 600_000);
      clock.after(1_000, interfere);
    };
    interfere();

    const progress = await build(fleet);

    expect(progress.phase).toBe('ready');
    const waits = progress.history.filter(({ text }) => text.includes('busy'));
    expect(progress.steps['pool/h200']).toMatchObject({ attempts: 0, calls: 1 });
    expect(waits).toEqual([]);
    expect(reasonsOf(fleet)).toContainEqual(
      expect.stringMatching(/^GPU pool h200: busy: UPGRADE_MASTER \(operation-.*\) runs on the cluster$/),
    );
  });

  it('although the document changes in the middle of it', async () => {
    const fleet = makeFleet({ quick: true });
    fleet.publish(makeClusterDocument());
    await fleet.runFor(60);

    fleet.publish(
      makeClusterDocument({ metadata: { labels: { team: 'search' } }, pool: { size: { initial: 1, min: 1, max: 2 } } }),
    );
    const progress = await fleet.runUntil(target, ended);

    expect(progress).toMatchObject({ phase: 'ready', report: { gpuNodes: 1 } });
    expect(new Set(creations(fleet)).size).toBe(creations(fleet).length);
  });
});

describe('a build that cannot be', () => {
  it('creates nothing when the reservation does not exist, and says so', async () => {
    const fleet = makeFleet({ quick: true });

    const progress = await build(
      fleet,
      makeClusterDocument({ pool: { consumption: { reservation: { name: 'nobody' } } } }),
    );

    expect(progress).toMatchObject({
      phase: 'failed',
      reason: expect.stringContaining('pool h200, reservation nobody: does not exist in us-central1-b of project demo'),
    });
    expect(creations(fleet)).toEqual([]);
  });

  it('goes on by itself when a newer document mends it', async () => {
    const fleet = makeFleet({ quick: true });
    await build(fleet, makeClusterDocument({ pool: { consumption: { reservation: { name: 'nobody' } } } }));

    fleet.publish(makeClusterDocument());
    const progress = await fleet.runUntil(target, ['ready']);

    expect(progress).toMatchObject({ phase: 'ready', sequence: 2 });
  });

  it('holds above the spend cap before anything is created', async () => {
    const fleet = makeFleet({ quick: true });

    const progress = await build(fleet, makeClusterDocument({ pool: { usdPerNodeHour: 500 } }));

    expect(progress).toMatchObject({ phase: 'holding', reason: expect.stringContaining('above the spend cap of 250') });
    expect(creations(fleet)).toEqual([]);
  });

  it('leaves a foreign network of the same name untouched, and builds nothing on it', async () => {
    const fleet = makeFleet({ quick: true });
    fleet.world.compute.insert(
      'networks',
      {},
      { name: 'demo-rdma', autoCreateSubnetworks: false, description: 'mine' },
    );

    const progress = await build(fleet);

    expect(progress).toMatchObject({
      phase: 'failed',
      reason: expect.stringContaining('network demo-rdma exists and is not ours'),
    });
    expect(creations(fleet).filter((resource) => /rdma-sub|clusters/.test(resource))).toEqual([]);
    expect(textAt(fleet.world.compute.get('networks', {}, 'demo-rdma'), 'description')).toBe('mine');
  });

  it('refuses what is not a document, keeps it visible, and dead-letters it', async () => {
    const fleet = makeFleet({ quick: true });

    const [id = ''] = fleet.world.pubsub.publish(topic, [
      { data: Buffer.from('{"kind":"Nothing"}').toString('base64') },
    ]);
    await fleet.runFor(5);

    const subscription = 'projects/demo/subscriptions/inference-fleet-intake';
    expect(MessageRecord.parse(await fleet.ledger.get(messageKey({ subscription, messageId: id })))).toMatchObject({
      messageId: id,
      phase: 'refused',
      excerpt: '{"kind":"Nothing"}',
    });
    expect(fleet.deadLetters).toMatchObject([{ messageId: id, text: '{"kind":"Nothing"}' }]);
  });
});

describe('several targets', () => {
  it('are built side by side, each with what is its own', async () => {
    const fleet = makeFleet({ quick: true });
    const addresses = {
      primary: '172.16.0.0/18',
      pods: '10.128.0.0/14',
      services: '10.1.32.0/20',
      proxyOnly: '10.20.0.0/23',
      gvnic: '172.16.64.0/18',
      rdma: '172.16.128.0/18',
    };
    fleet.publish(makeClusterDocument({ pool: { size: { initial: 1 } } }));
    fleet.publish(
      makeClusterDocument({
        metadata: { name: 'other' },
        pool: { size: { initial: 1 } },
        spec: { networking: { addresses } },
      }),
    );

    const [one, two] = [await fleet.runUntil(target, ended), await fleet.runUntil('cluster/other', ended)];

    expect([one.phase, two.phase]).toEqual(['ready', 'ready']);
    expect(creations(fleet)).toHaveLength(38);
  });
});

function isRunning({ world }: Fleet): boolean {
  const clusters = listAt(world.gke.listClusters('projects/demo/locations/us-central1'), 'clusters') as JsonMap[];
  return clusters.some((cluster) => cluster['status'] === 'RUNNING');
}

/** Every reason that was given for a look. */
function reasonsOf(fleet: Fleet): readonly unknown[] {
  return fleet.logged.map(({ fields }) => fields['reason']);
}
