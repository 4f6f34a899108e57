/** One stream, looked at from its client; how the official client uses it is in contracts/pubsub-client. */
import { once } from 'node:events';
import { v1 } from '@google-cloud/pubsub';
import { PassThroughClient } from 'google-auth-library';
import { grpc } from 'google-gax';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import { GrpcPort } from '../../../emulator/wires/grpc.ts';
import { addPubSub } from '../../../emulator/wires/pubsub-grpc.ts';
import { type DeliveryWorld, makeDeliveryWorld } from '../delivery/make-world.ts';

const TOPIC = 'projects/demo/topics/requests';

let world: DeliveryWorld;
let pubsub: PubSubWorld;
let port: GrpcPort;
let client: v1.SubscriberClient;
let made = 0;

beforeAll(async () => {
  world = makeDeliveryWorld();
  pubsub = new PubSubWorld(world.base, world.courier);
  pubsub.createTopic({ name: TOPIC });
  port = new GrpcPort();
  addPubSub(port, pubsub);
  client = new v1.SubscriberClient({
    apiEndpoint: '127.0.0.1',
    port: await port.listen(0),
    projectId: 'demo',
    sslCreds: grpc.credentials.createInsecure(),
    authClient: new PassThroughClient(),
  });
});
afterAll(async () => {
  await client.close();
  await port.close();
});

/** A subscription of its own with these messages, and a stream of it; `answers` is what came, one entry per answer. */
function open(request: object, texts: readonly string[] = [], resource = {}) {
  const subscription = `projects/demo/subscriptions/streamed-${++made}`;
  pubsub.createSubscription({ name: subscription, topic: TOPIC, ...resource });
  if (texts.length > 0)
    pubsub.publish(
      TOPIC,
      texts.map((text) => ({ data: Buffer.from(text).toString('base64') })),
    );
  const stream = client.streamingPull();
  const answers: { ackIds: readonly string[]; texts: readonly string[] }[] = [];
  const failures: unknown[] = [];
  stream.on('data', ({ receivedMessages = [] }) => {
    const received: { ackId: string; message: { data: Buffer } }[] = receivedMessages;
    answers.push({
      ackIds: received.map(({ ackId }) => ackId),
      texts: received.map(({ message }) => message.data.toString('utf8')),
    });
  });
  stream.on('error', (error) => failures.push(error));
  stream.write({ subscription, streamAckDeadlineSeconds: 10, ...request });
  onTestFinished(() => void stream.end());
  return { subscription, stream, answers, failures };
}

const soon = (condition: () => boolean) => vi.waitUntil(condition, { interval: 5 });

it('lends no more than the stream asked for, and more when it has acknowledged', async () => {
  const { subscription, stream, answers } = open({ maxOutstandingMessages: 2 }, ['a', 'b', 'c']);
  await soon(() => answers.length > 0);

  const left = pubsub.backlog(subscription).length - pubsub.stillLent(subscription, answers[0]!.ackIds).length;
  stream.write({ ackIds: [answers[0]!.ackIds[0]] });
  await soon(() => answers.some(({ texts }) => texts.includes('c')));

  expect(answers[0]!.texts).toEqual(['a', 'b']);
  expect(left).toBe(1);
});

it('lends for the deadline of the stream, not of the subscription', async () => {
  const { subscription, answers } = open({ streamAckDeadlineSeconds: 60 }, ['a']);
  await soon(() => answers.length > 0);
  const { ackIds } = answers[0]!;

  await world.pass(59_000);
  const late = pubsub.stillLent(subscription, ackIds);
  await world.pass(1_000);

  expect(late).toEqual(ackIds);
  expect(pubsub.stillLent(subscription, ackIds)).toEqual([]);
});

it('takes deadlines with a request of the stream', async () => {
  const { stream, answers } = open({}, ['a']);
  await soon(() => answers.length > 0);

  stream.write({ modifyDeadlineAckIds: answers[0]!.ackIds, modifyDeadlineSeconds: [0] });
  await soon(() => answers.filter(({ texts }) => texts.length > 0).length === 2);

  expect(answers.flatMap(({ texts }) => texts)).toEqual(['a', 'a']);
});

it('answers a request that says nothing: the client asks whether the stream lives', async () => {
  const { stream, answers } = open({});

  stream.write({});
  await soon(() => answers.length > 0);

  expect(answers).toEqual([{ ackIds: [], texts: [] }]);
});

it.each([
  {
    name: 'of a subscription that pushes',
    resource: { pushConfig: { pushEndpoint: 'http://127.0.0.1:1/x' } },
    code: 9,
  },
  { name: 'of none', request: { subscription: 'projects/demo/subscriptions/none' }, code: 5 },
  { name: 'with something else for an ack id', request: { ackIds: ['junk'] }, code: 3 },
])('ends a stream $name with code $code', async ({ resource, request = {}, code }) => {
  const { failures } = open(request, [], resource);

  await soon(() => failures.length > 0);

  expect(failures).toEqual([expect.objectContaining({ code })]);
});

it('gives what a stream has taken to another one when that has ended and the deadline passed', async () => {
  const { subscription, stream, answers } = open({}, ['a']);
  await soon(() => answers.length > 0);

  stream.end();
  await once(stream, 'end');
  await world.pass(10_000);

  expect(pubsub.pull(subscription, 1)).toHaveLength(1);
});
