import { describe, expect, it } from 'vitest';
import { base64, DEAD, makePubSub, SUBSCRIPTION, TOPIC } from './make-pubsub.ts';

const PULLED = 'projects/demo/subscriptions/pulled';

/** With a subscription that nobody is pushed from, and two messages in it. */
async function makePulled() {
  const made = makePubSub();
  made.pubsub.createSubscription({ name: PULLED, topic: TOPIC, ackDeadlineSeconds: 60 });
  made.pubsub.publish(TOPIC, [{ data: base64('a'), attributes: { kind: 'x' } }, { data: base64('b') }]);
  await made.pass(1_000);
  return made;
}

const dataOf = (received: readonly object[]) => received.map((one) => ('message' in one ? one.message : undefined));

describe('a subscription without an endpoint', () => {
  it('lends its messages, oldest first, as they were published', async () => {
    const { pubsub } = await makePulled();

    const received = pubsub.pull(PULLED, 1);

    expect(received).toEqual([
      {
        ackId: expect.any(String),
        message: {
          messageId: expect.any(String),
          publishTime: expect.any(String),
          data: base64('a'),
          attributes: { kind: 'x' },
        },
      },
    ]);
  });

  it('lends a message to one at a time, and again when the ack deadline has passed', async () => {
    const { pubsub, pass } = await makePulled();

    const first = pubsub.pull(PULLED, 10);
    const meanwhile = pubsub.pull(PULLED, 10);
    await pass(60_000);
    const again = pubsub.pull(PULLED, 10);

    expect(first).toHaveLength(2);
    expect(meanwhile).toEqual([]);
    expect(dataOf(again)).toEqual(dataOf(first));
  });

  it('forgets what is acknowledged in time, and nothing else', async () => {
    const { pubsub, pass } = await makePulled();
    const [first, second] = pubsub.pull(PULLED, 10).map(({ ackId }) => String(ackId));

    pubsub.acknowledge(PULLED, [first ?? '', '1-1']);
    await pass(60_000);
    pubsub.acknowledge(PULLED, [second ?? '']);

    expect(pubsub.backlog(PULLED).map(({ data }) => data)).toEqual([base64('b')]);
  });

  it('does not make the world hurry: nobody waits for the end of a loan', async () => {
    const { pubsub, base } = await makePulled();
    const beforeMs = base.clock.nowMs();

    pubsub.pull(PULLED, 1);
    // The clock jumps as soon as it is given a turn, if it wants to at all.
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));

    expect(base.clock.nowMs() - beforeMs).toBeLessThan(60_000);
  });

  it('lends a message that failed after the backoff of its retry policy only', async () => {
    const { pubsub, pass } = makePubSub();
    pubsub.createSubscription({ name: PULLED, topic: TOPIC, retryPolicy: { minimumBackoff: '20s' } });
    pubsub.publish(TOPIC, [{ data: base64('a') }]);
    const [first] = pubsub.pull(PULLED, 1);

    pubsub.modifyAckDeadline(PULLED, [String(first?.['ackId'])], 0);
    await pass(19_000);
    const early = pubsub.pull(PULLED, 1);
    await pass(1_000);

    expect(early).toEqual([]);
    expect(pubsub.pull(PULLED, 1)).toHaveLength(1);
  });

  it('becomes a dead letter, once, when the last loan ends without acknowledgement', async () => {
    const { pubsub, pass } = makePubSub();
    pubsub.createSubscription({ name: PULLED, topic: TOPIC, deadLetterPolicy: { deadLetterTopic: DEAD } });
    pubsub.createSubscription({ name: 'projects/demo/subscriptions/dead', topic: DEAD });
    pubsub.publish(TOPIC, [{ data: base64('a') }]);

    const attempts: unknown[] = [];
    for (let loan = 0; loan < 6; loan++) {
      attempts.push(...pubsub.pull(PULLED, 1).map(({ deliveryAttempt }) => deliveryAttempt));
      await pass(10_000);
    }

    expect(attempts).toEqual([1, 2, 3, 4, 5]);
    expect(pubsub.backlog('projects/demo/subscriptions/dead')).toHaveLength(1);
    expect(pubsub.counts).toMatchObject({ nacks: 5, deadLettered: 1 });
  });

  it.each([
    { name: 'of a subscription that pushes', subscription: SUBSCRIPTION, count: 1, id: 'pubsub.pullOfPush' },
    { name: 'of no messages', subscription: PULLED, count: 0, id: 'pubsub.noMessagesAsked' },
  ])('refuses a pull $name', async ({ subscription, count, id }) => {
    const { pubsub } = await makePulled();

    expect(() => pubsub.pull(subscription, count)).toThrow(expect.objectContaining({ id }));
  });
});
