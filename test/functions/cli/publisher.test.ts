/** The one adapter of the command line that speaks a wire, against that wire. */
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import { GrpcPort } from '../../../emulator/wires/grpc.ts';
import { addPubSub } from '../../../emulator/wires/pubsub-grpc.ts';
import { publish } from '../../../functions/cli/publisher.ts';
import { type DeliveryWorld, makeDeliveryWorld } from '../../emulator/delivery/make-world.ts';

const topic = 'inference-fleet-requests';

let world: DeliveryWorld;
let port: GrpcPort;
let endpoint: string;

beforeAll(async () => {
  world = makeDeliveryWorld();
  const pubsub = new PubSubWorld(world.base, world.courier);
  pubsub.createTopic({ name: `projects/demo/topics/${topic}` });
  port = new GrpcPort();
  addPubSub(port, pubsub);
  endpoint = `http://127.0.0.1:${await port.listen(0)}`;
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => port.close());

describe('publishing', () => {
  it.each(['none', 'token:secret'])('with credentials %s gives the id of the message', async (credentials) => {
    expect(await publish({ project: 'demo', topic, text: '{}', attributes: {}, endpoint, credentials })).toMatch(
      /^\d+$/,
    );
  });

  it('never takes an endpoint or a project from the environment', async () => {
    vi.stubEnv('PUBSUB_EMULATOR_HOST', '127.0.0.1:1');
    vi.stubEnv('PUBSUB_PROJECT_ID', 'other');

    expect(
      await publish({ project: 'demo', topic, text: '{}', attributes: {}, endpoint, credentials: 'none' }),
    ).toMatch(/^\d+$/);
  });

  it('to a topic that does not exist is an error that names it', async () => {
    const missing = publish({
      project: 'demo',
      topic: 'missing',
      text: '{}',
      attributes: {},
      endpoint,
      credentials: 'none',
    });

    await expect(missing).rejects.toThrow(/missing/);
  });
});
