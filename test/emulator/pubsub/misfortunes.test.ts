import { describe, expect, it } from 'vitest';
import type { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import { base64, DEAD, envelopes, makePubSub, SUBSCRIPTION, TOPIC } from './make-pubsub.ts';

describe('dead letters', () => {
  const deadLetterPolicy = { deadLetterTopic: DEAD, maxDeliveryAttempts: 5 };
  const DEAD_SUBSCRIPTION = 'projects/demo/subscriptions/dead-reader';

  it('counts attempts and forwards after the last one', async () => {
    const { pubsub, arrivals, pass } = makePubSub(() => 500, { deadLetterPolicy, retryPolicy: {} });
    pubsub.createSubscription({ name: DEAD_SUBSCRIPTION, topic: DEAD });

    pubsub.publish(TOPIC, [{ data: base64('poison'), attributes: { kind: 'document' } }]);
    await pass(3_600_000);

    expect(envelopes(arrivals).map(({ deliveryAttempt }) => deliveryAttempt)).toEqual([1, 2, 3, 4, 5]);
    expect(pubsub.backlog(SUBSCRIPTION)).toEqual([]);
    expect(pubsub.backlog(DEAD_SUBSCRIPTION)).toMatchObject([
      {
        data: base64('poison'),
        attributes: {
          kind: 'document',
          CloudPubSubDeadLetterSourceDeliveryCount: '5',
          CloudPubSubDeadLetterSourceSubscription: 'intake',
          CloudPubSubDeadLetterSourceSubscriptionProject: 'demo',
          CloudPubSubDeadLetterSourceTopicPublishTime: '2026-01-01T12:00:00.000+00:00',
        },
      },
    ]);
    expect(pubsub.counts).toMatchObject({ deadLettered: 1, nacks: 5 });
  });

  it('goes on delivering when the dead-letter topic is gone', async () => {
    const { pubsub, arrivals, pass } = makePubSub((_, index) => (index < 6 ? 500 : 200), {
      deadLetterPolicy,
      retryPolicy: {},
    });
    pubsub.deleteTopic(DEAD);

    pubsub.publish(TOPIC, [{ data: base64('poison') }]);
    await pass(3_600_000);

    expect(arrivals).toHaveLength(7);
    expect(pubsub.counts).toMatchObject({ deadLettered: 0, acks: 1 });
  });
});

describe('disturbances', () => {
  const publishTen = (pubsub: PubSubWorld) =>
    pubsub.publish(
      TOPIC,
      Array.from({ length: 10 }, (_, index) => ({ data: base64(`message ${index}`) })),
    );
  const contents = (arrivals: readonly { readonly body: Buffer }[]) =>
    envelopes(arrivals).map(({ message }) => Buffer.from(message.data, 'base64').toString());

  it('delivers everything twice and out of order, the same way for one seed', async () => {
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const { pubsub, arrivals, pass } = makePubSub();
      pubsub.disturb(() => true, { duplicate: true, reorder: true });
      publishTen(pubsub);
      await pass(10_000);
      expect(pubsub.counts).toMatchObject({ deliveries: 20, duplicates: 10, acks: 20 });
      runs.push(contents(arrivals));
    }

    const [first = [], second] = runs;
    expect(first).toEqual(second);
    expect(first).not.toEqual([...first].sort());
    expect([...first].sort()).toEqual(Array.from({ length: 20 }, (_, index) => `message ${Math.floor(index / 2)}`));
  });

  it('delivers both copies at once when only duplication is asked for', async () => {
    const { pubsub, arrivals, pass } = makePubSub();
    pubsub.disturb(() => true, { duplicate: true });

    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    await pass(1000);

    expect(arrivals.map(({ afterMs }) => afterMs)).toEqual([5, 5]);
  });

  it('leaves other subscriptions alone', async () => {
    const { pubsub, pass } = makePubSub();
    pubsub.disturb((subscription) => subscription.endsWith('/other'), { duplicate: true });

    publishTen(pubsub);
    await pass(10_000);

    expect(pubsub.counts).toMatchObject({ deliveries: 10, duplicates: 0 });
  });
});
