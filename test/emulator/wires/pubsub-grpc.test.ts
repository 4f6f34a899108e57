import { createRequire } from 'node:module';
import { PubSub } from '@google-cloud/pubsub';
import { PassThroughClient } from 'google-auth-library';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import { GrpcPort } from '../../../emulator/wires/grpc.ts';
import { addPubSub, unservedPubSubMethods } from '../../../emulator/wires/pubsub-grpc.ts';
import { type DeliveryWorld, makeDeliveryWorld } from '../delivery/make-world.ts';

const ENDPOINT = 'http://127.0.0.1:1/functions/intake';

let world: DeliveryWorld;
let pubsub: PubSubWorld;
let grpcPort: GrpcPort;
let host: string;

beforeAll(async () => {
  world = makeDeliveryWorld();
  pubsub = new PubSubWorld(world.base, world.courier);
  grpcPort = new GrpcPort();
  addPubSub(grpcPort, pubsub);
  host = `127.0.0.1:${await grpcPort.listen(0)}`;
});
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => grpcPort.close());

/**
 * The way of every Pub/Sub client for a local server. The second variable is a matter of time only: without it the client
 * first looks for a metadata server, which costs up to seconds and prints a warning.
 */
function makeClientByEnvironment(): PubSub {
  vi.stubEnv('PUBSUB_EMULATOR_HOST', host);
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  return closing(new PubSub({ projectId: 'demo' }));
}

/** The same by options. A host outside googleapis.com makes the client use plain text; the auth client spares it a look for credentials. */
function makeClient(): PubSub {
  return closing(new PubSub({ projectId: 'demo', apiEndpoint: host, authClient: new PassThroughClient() }));
}

function closing(client: PubSub): PubSub {
  onTestFinished(() => client.close());
  return client;
}

describe('the official Pub/Sub client', () => {
  it.each([
    { way: 'PUBSUB_EMULATOR_HOST', topic: 'by-environment', makeIt: makeClientByEnvironment },
    { way: 'apiEndpoint', topic: 'by-options', makeIt: makeClient },
  ])('creates, publishes and receives pushes with $way', async ({ topic, makeIt }) => {
    const client = makeIt();
    await client.createTopic(topic);
    await client.topic(topic).createSubscription(`${topic}-push`, {
      pushConfig: { pushEndpoint: ENDPOINT, oidcToken: { serviceAccountEmail: 'push@demo', audience: 'intake' } },
      ackDeadlineSeconds: 600,
      filter: 'attributes.automation = "build-cluster"',
      retryPolicy: { minimumBackoff: { seconds: 10 }, maximumBackoff: { seconds: 600 } },
      expirationPolicy: {},
    });

    const messageId = await client
      .topic(topic)
      .publishMessage({ json: { kind: 'Cluster' }, attributes: { automation: 'build-cluster' } });
    await client.topic(topic).publishMessage({ json: {}, attributes: { automation: 'other' } });
    await world.pass(1000);

    const [arrival] = world.arrivals.splice(0);
    expect(arrival).toMatchObject({ url: ENDPOINT, timeoutMs: 600_000 });
    expect(arrival?.headers['authorization']).toBe('Bearer push@demo for intake');
    expect(JSON.parse(arrival?.body.toString() ?? '')).toMatchObject({
      message: { messageId, data: Buffer.from('{"kind":"Cluster"}').toString('base64') },
      subscription: `projects/demo/subscriptions/${topic}-push`,
    });
  });

  it('reads, lists and deletes what it created', async () => {
    const client = makeClient();
    await client.createTopic('kept');
    await client.createTopic('dropped');
    await client.topic('kept').createSubscription('reader', {
      deadLetterPolicy: { deadLetterTopic: 'projects/demo/topics/dropped', maxDeliveryAttempts: 7 },
    });

    const [metadata] = await client.subscription('reader').getMetadata();
    await client.subscription('reader').modifyPushConfig({ pushEndpoint: ENDPOINT });
    await client.topic('dropped').delete();
    const [topics] = await client.getTopics();
    const [subscriptions] = await client.getSubscriptions();

    expect(metadata).toMatchObject({
      topic: 'projects/demo/topics/kept',
      ackDeadlineSeconds: 10,
      deadLetterPolicy: { maxDeliveryAttempts: 7 },
      messageRetentionDuration: { seconds: '604800' },
      state: 'ACTIVE',
    });
    expect(topics.map(({ name }) => name)).toContain('projects/demo/topics/kept');
    expect(topics.map(({ name }) => name)).not.toContain('projects/demo/topics/dropped');
    expect(subscriptions.map(({ name }) => name)).toContain('projects/demo/subscriptions/reader');
    expect(pubsub.getSubscription('projects/demo/subscriptions/reader')['pushConfig']).toEqual({
      pushEndpoint: ENDPOINT,
    });
    await client.subscription('reader').delete();
    await expect(client.subscription('reader').exists()).resolves.toEqual([false]);
  });

  it.each([
    { name: 'a second topic of one name', call: (client: PubSub) => client.createTopic('twice'), code: 6 },
    {
      name: 'publishing to no topic',
      call: (client: PubSub) => client.topic('none').publishMessage({ data: Buffer.from('hi') }),
      code: 5,
    },
    {
      name: 'a bad filter',
      call: (client: PubSub) => client.topic('twice').createSubscription('bad', { filter: 'x' }),
      code: 3,
    },
    { name: 'a snapshot', call: (client: PubSub) => client.subscription('none').createSnapshot('of-it'), code: 12 },
  ])('is told of $name with code $code', async ({ call, code }) => {
    const client = makeClient();
    await client.createTopic('twice').catch(() => undefined);

    await expect(call(client)).rejects.toMatchObject({ code });
  });
});

it('serves every method of the two services that is not listed as unserved', async () => {
  const protos = createRequire(import.meta.url)('@google-cloud/pubsub/build/protos/protos.json');
  const { Publisher, Subscriber } = protos.nested.google.nested.pubsub.nested.v1.nested;
  const all = Object.entries({ Publisher, Subscriber }).flatMap(([service, { methods }]) =>
    Object.keys(methods).map((method) => `${service}.${method}`),
  );
  const onTopics = ['CreateTopic', 'GetTopic', 'ListTopics', 'UpdateTopic', 'DeleteTopic', 'ListTopicSubscriptions'];
  const publisher = [...onTopics, 'Publish'];
  const verbs = ['CreateSubscription', 'GetSubscription', 'UpdateSubscription', 'DeleteSubscription'];
  const onSubscriptions = [...verbs, 'ListSubscriptions', 'ModifyPushConfig', 'Seek'];
  const onMessages = ['Pull', 'StreamingPull', 'Acknowledge', 'ModifyAckDeadline'];
  const served = [
    ...publisher.map((method) => `Publisher.${method}`),
    ...[...onSubscriptions, ...onMessages].map((method) => `Subscriber.${method}`),
  ];

  expect([...served, ...unservedPubSubMethods].sort()).toEqual(all.sort());
});
