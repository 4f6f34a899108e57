import { describe, expect, it } from 'vitest';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { makeDeliveryWorld } from '../delivery/make-world.ts';

const TOPIC = 'projects/demo/topics/requests';
const SUBSCRIPTION = 'projects/demo/subscriptions/intake';
const ENDPOINT = 'http://127.0.0.1:1/functions/intake';
const base64 = (text: string) => Buffer.from(text).toString('base64');

function makePubSub() {
  const world = makeDeliveryWorld();
  const pubsub = new PubSubWorld(world.base, world.courier);
  pubsub.createTopic({ name: TOPIC, labels: { part: 'intake' } });
  return { ...world, pubsub };
}

describe('topics and subscriptions', () => {
  it('answers a subscription with the service defaults filled in', () => {
    const { pubsub } = makePubSub();

    const created = pubsub.createSubscription({
      name: SUBSCRIPTION,
      topic: TOPIC,
      retryPolicy: {},
      deadLetterPolicy: { deadLetterTopic: TOPIC },
    });

    expect(created).toEqual({
      name: SUBSCRIPTION,
      topic: TOPIC,
      pushConfig: {},
      ackDeadlineSeconds: 10,
      messageRetentionDuration: '604800s',
      expirationPolicy: { ttl: '2678400s' },
      retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
      deadLetterPolicy: { deadLetterTopic: TOPIC, maxDeliveryAttempts: 5 },
      state: 'ACTIVE',
    });
    expect(pubsub.getSubscription(SUBSCRIPTION)).toEqual(created);
    expect(pubsub.listSubscriptions()).toEqual([created]);
  });

  it('keeps a subscription that never expires as it was asked for', () => {
    const { pubsub } = makePubSub();

    const created = pubsub.createSubscription({ name: SUBSCRIPTION, topic: TOPIC, expirationPolicy: {} });

    expect(created['expirationPolicy']).toEqual({});
  });

  it('keeps messages without an endpoint and pushes them when one is set', async () => {
    const { pubsub, arrivals, pass } = makePubSub();
    pubsub.createSubscription({ name: SUBSCRIPTION, topic: TOPIC });

    const [id] = pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    await pass(60_000);
    const waiting = pubsub.backlog(SUBSCRIPTION);
    pubsub.modifyPushConfig(SUBSCRIPTION, { pushEndpoint: ENDPOINT });
    await pass(60_000);

    expect(waiting).toMatchObject([{ messageId: id }]);
    expect(arrivals.map(({ url }) => url)).toEqual([ENDPOINT]);
    expect(pubsub.backlog(SUBSCRIPTION)).toEqual([]);
  });

  it('does not push what a deleted subscription still had', async () => {
    const { pubsub, arrivals, pass } = makePubSub();
    pubsub.createSubscription({ name: SUBSCRIPTION, topic: TOPIC, pushConfig: { pushEndpoint: ENDPOINT } });

    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    pubsub.deleteSubscription(SUBSCRIPTION);
    await pass(60_000);

    expect(arrivals).toEqual([]);
    expect(() => pubsub.getSubscription(SUBSCRIPTION)).toThrow('Resource not found (resource=intake).');
  });

  it('delivers what was published before the topic was deleted', async () => {
    const { pubsub, arrivals, pass } = makePubSub();
    pubsub.createSubscription({ name: SUBSCRIPTION, topic: TOPIC, pushConfig: { pushEndpoint: ENDPOINT } });

    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    pubsub.deleteTopic(TOPIC);
    await pass(60_000);

    expect(arrivals).toHaveLength(1);
    expect(pubsub.getSubscription(SUBSCRIPTION)['topic']).toBe('_deleted-topic_');
    expect(() => pubsub.publish(TOPIC, [{ data: base64('hi') }])).toThrow('Resource not found');
  });

  it('records each accepted mutating call', () => {
    const { pubsub, base } = makePubSub();
    pubsub.createSubscription({ name: SUBSCRIPTION, topic: TOPIC });
    expect(() => pubsub.createTopic({ name: TOPIC })).toThrow('already exists');

    expect(base.journal.entries.map(({ method, resource }) => [method, resource])).toEqual([
      ['createTopic', TOPIC],
      ['createSubscription', SUBSCRIPTION],
    ]);
  });
});

describe('refusals', () => {
  const subscription = (over: JsonMap): JsonMap => ({ name: SUBSCRIPTION, topic: TOPIC, ...over });

  it.each<{ name: string; over: JsonMap; id: string }>([
    { name: 'a name of two characters', over: { name: 'projects/demo/subscriptions/ab' }, id: 'pubsub.invalidName' },
    {
      name: 'a name that begins with goog',
      over: { name: 'projects/demo/subscriptions/google' },
      id: 'pubsub.invalidName',
    },
    { name: 'another project', over: { name: 'projects/other/subscriptions/intake' }, id: 'pubsub.projectNotFound' },
    { name: 'an unknown topic', over: { topic: 'projects/demo/topics/nobody' }, id: 'pubsub.resourceNotFound' },
    { name: 'an ack deadline of 9 s', over: { ackDeadlineSeconds: 9 }, id: 'pubsub.invalidAckDeadline' },
    { name: 'an ack deadline of 601 s', over: { ackDeadlineSeconds: 601 }, id: 'pubsub.invalidAckDeadline' },
    {
      name: 'a backoff above 600 s',
      over: { retryPolicy: { maximumBackoff: '601s' } },
      id: 'pubsub.backoffOutOfBounds',
    },
    {
      name: 'a maximum backoff below the minimum',
      over: { retryPolicy: { minimumBackoff: '20s', maximumBackoff: '10s' } },
      id: 'pubsub.maximumBackoffTooSmall',
    },
    {
      name: 'four delivery attempts',
      over: { deadLetterPolicy: { deadLetterTopic: TOPIC, maxDeliveryAttempts: 4 } },
      id: 'pubsub.deliveryAttemptsOutOfBounds',
    },
    {
      name: 'a dead-letter topic that is not there',
      over: { deadLetterPolicy: { deadLetterTopic: 'projects/demo/topics/nobody' } },
      id: 'pubsub.resourceNotFound',
    },
    { name: 'a dead-letter policy without topic', over: { deadLetterPolicy: {} }, id: 'pubsub.invalidName' },
    { name: 'a bad filter', over: { filter: 'attributes.x = y' }, id: 'pubsub.invalidFilter' },
    { name: 'a retention of 10 s', over: { messageRetentionDuration: '10s' }, id: 'pubsub.retentionOutOfBounds' },
    {
      name: 'an endpoint without scheme',
      over: { pushConfig: { pushEndpoint: 'host/x' } },
      id: 'pubsub.unsupportedPushEndpoint',
    },
    {
      name: 'unwrapped pushes',
      over: { pushConfig: { pushEndpoint: ENDPOINT, noWrapper: {} } },
      id: 'pubsub.fieldNotServed',
    },
    { name: 'exactly-once delivery', over: { enableExactlyOnceDelivery: true }, id: 'pubsub.fieldNotServed' },
  ])('refuses $name', ({ over, id }) => {
    const { pubsub } = makePubSub();

    expect(() => pubsub.createSubscription(subscription(over))).toThrow(expect.objectContaining({ id }));

    expect(pubsub.listSubscriptions()).toEqual([]);
  });

  it.each<{ name: string; messages: JsonMap[]; id: string }>([
    { name: 'nothing', messages: [], id: 'pubsub.noMessages' },
    { name: 'an empty message beside a good one', messages: [{ data: base64('a') }, {}], id: 'pubsub.emptyMessage' },
    {
      name: 'more than 10 MB',
      messages: [{ data: Buffer.alloc(10_000_001).toString('base64') }],
      id: 'pubsub.messageTooLarge',
    },
    {
      name: 'more than 1000 messages',
      messages: Array.from({ length: 1001 }, () => ({ data: base64('a') })),
      id: 'pubsub.tooManyMessages',
    },
    {
      name: 'an ordering key above 1024 bytes',
      messages: [{ data: base64('a'), orderingKey: 'x'.repeat(1025) }],
      id: 'pubsub.messageTooLarge',
    },
    {
      name: 'an attribute above 1024 bytes',
      messages: [{ data: base64('a'), attributes: { key: 'x'.repeat(1025) } }],
      id: 'pubsub.attributeTooLong',
    },
    {
      name: 'the key of an attribute above 256 bytes',
      messages: [{ data: base64('a'), attributes: { ['k'.repeat(257)]: 'x' } }],
      id: 'pubsub.attributeTooLong',
    },
  ])('refuses to publish $name', ({ messages, id }) => {
    const { pubsub } = makePubSub();
    pubsub.createSubscription(subscription({}));

    expect(() => pubsub.publish(TOPIC, messages)).toThrow(expect.objectContaining({ id }));

    expect(pubsub.backlog(SUBSCRIPTION)).toEqual([]);
  });
});
