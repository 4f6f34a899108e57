/** Whole builds through the wires: the functions in a process of their own, the official clients, TLS, OIDC. */
import { afterEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { type CloudUnderTest, startCloud } from '../support/local-cloud.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';

const ended = ['ready', 'failed', 'holding'];

let cloud: CloudUnderTest;

afterEach(async () => {
  await cloud.stop();
});

const creations = () =>
  cloud.world.journal.entries
    .filter(({ effect, method }) => effect && /^(insert|createCluster|createNodePool)$/.test(method))
    .map(({ resource }) => resource);

async function ask(path: string, init?: RequestInit): Promise<{ status: number; body: JsonObject }> {
  const response = await fetch(`${cloud.urlOf('status')}${path}`, init);
  return { status: response.status, body: (await response.json()) as JsonObject };
}

describe('over the wires', () => {
  it('one message builds a cluster, and nothing works on after its response', async () => {
    cloud = await startCloud();
    cloud.publish(makeClusterDocument());

    const details = await cloud.untilPhase('cluster/demo', ended);

    expect(details).toMatchObject({ phase: 'ready', report: { gpus: 16, rdmaNics: 16, objects: 20 } });
    expect(creations()).toHaveLength(19);
    expect(cloud.strayCalls).toEqual([]);
    expect(cloud.bugs).toEqual([]);
    expect(cloud.world.pubsub.counts.nacks).toBe(0);
  }, 60_000);

  it('a build whose process is killed three times with work in flight ends the same', async () => {
    cloud = await startCloud();
    const killAt = new Set([1, 6, 17]);
    cloud.world.journal.onEntry = ({ method }) => {
      if (/^(insert|createCluster|createNodePool)$/.test(method) && killAt.delete(creations().length))
        cloud.functions.kill();
    };
    cloud.publish(makeClusterDocument());

    const details = await cloud.untilPhase('cluster/demo', ended);

    expect(cloud.functions.restarts).toBe(3);
    expect(details['phase']).toBe('ready');
    expect(creations()).toHaveLength(19);
  }, 90_000);

  it('a build whose messages come twice and out of order ends the same', async () => {
    cloud = await startCloud();
    cloud.world.pubsub.disturb(() => true, { duplicate: true, reorder: true });
    cloud.world.tasks.duplicate();
    cloud.publish(makeClusterDocument());

    const details = await cloud.untilPhase('cluster/demo', ended);

    expect(details['phase']).toBe('ready');
    expect(creations()).toHaveLength(19);
  }, 60_000);

  it('a plan shows every step with its body and changes nothing', async () => {
    cloud = await startCloud();

    const { status, body } = await ask('/plan', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(makeClusterDocument()),
    });

    expect(status).toBe(200);
    const [plan] = body['plans'] as { steps: { id: string; body?: JsonObject; status: { state: string } }[] }[];
    expect(plan?.steps).toHaveLength(24);
    expect(plan?.steps.find(({ id }) => id === 'network/demo-rdma')?.body).toMatchObject({
      networkProfile: 'projects/demo/global/networkProfiles/us-central1-b-vpc-roce',
    });
    expect(creations()).toEqual([]);
    expect((await ask('/targets')).body).toEqual({ items: [] });
  }, 30_000);

  it.each([
    { name: 'without a token', authorization: undefined },
    { name: 'with a token of somebody else', authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
  ])(
    'a call of a door $name is refused',
    async ({ authorization }) => {
      cloud = await startCloud();

      const answers = await Promise.all(
        ['intake', 'tick', 'build-cluster'].map((name) =>
          fetch(cloud.urlOf(name), {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) },
            body: '{}',
          }),
        ),
      );

      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
    },
    30_000,
  );
});
