/** Ordered delivery, where the contract (contracts/pubsub-failures) cannot look: several loans at once, and what becomes of those behind. */
import { describe, expect, it } from 'vitest';
import { base64, DEAD, envelopes, makePubSub, SUBSCRIPTION, TOPIC } from './make-pubsub.ts';

const PULLED = 'projects/demo/subscriptions/pulled';
const keyed = (text: string, orderingKey = 'k') => ({ data: base64(text), orderingKey });

function makeOrdered() {
  const made = makePubSub();
  made.pubsub.createSubscription({ name: PULLED, topic: TOPIC, enableMessageOrdering: true });
  const pull = (count = 10) => made.pubsub.pull(PULLED, count).map((one) => JSON.parse(JSON.stringify(one)));
  return { ...made, pull };
}

const textsOf = (received: readonly { readonly message: { readonly data: string } }[]) =>
  received.map(({ message }) => Buffer.from(message.data, 'base64').toString());

describe('messages of one ordering key', () => {
  it('are lent together, and nothing of them behind one that is lent', () => {
    const { pubsub, pull } = makeOrdered();
    pubsub.publish(TOPIC, [keyed('a'), keyed('b'), keyed('c')]);

    const first = pull(2);
    const meanwhile = pull();

    expect(textsOf(first)).toEqual(['a', 'b']);
    expect(meanwhile).toEqual([]);
  });

  it('come again from the one that was given back', () => {
    const { pubsub, pull } = makeOrdered();
    pubsub.publish(TOPIC, [keyed('a'), keyed('b'), keyed('c'), keyed('d')]);
    const [a, b] = pull(3);

    pubsub.acknowledge(PULLED, [a.ackId]);
    pubsub.modifyAckDeadline(PULLED, [b.ackId], 0);

    expect(textsOf(pull())).toEqual(['b', 'c', 'd']);
  });

  it('go on when the one before is acknowledged', () => {
    const { pubsub, pull } = makeOrdered();
    pubsub.publish(TOPIC, [keyed('a'), keyed('b')]);
    const [a] = pull(1);

    pubsub.acknowledge(PULLED, [a.ackId]);

    expect(textsOf(pull())).toEqual(['b']);
  });

  it('hold back no other key, nor those without one', () => {
    const { pubsub, pull } = makeOrdered();
    pubsub.publish(TOPIC, [keyed('a'), keyed('b'), keyed('x', 'other'), { data: base64('free') }]);

    pull(1);

    expect(textsOf(pull())).toEqual(['x', 'free']);
  });

  it('are in no order where none was asked for', () => {
    const { pubsub } = makePubSub();
    pubsub.createSubscription({ name: PULLED, topic: TOPIC });
    pubsub.publish(TOPIC, [keyed('a'), keyed('b')]);

    pubsub.pull(PULLED, 1);

    expect(pubsub.pull(PULLED, 1)).toHaveLength(1);
  });

  it('are pushed on after one that became a dead letter', async () => {
    const { pubsub, arrivals, pass } = makePubSub(({ body }) => (String(body).includes(base64('bad')) ? 500 : 204), {
      enableMessageOrdering: true,
      deadLetterPolicy: { deadLetterTopic: DEAD },
    });

    pubsub.publish(TOPIC, [keyed('bad'), keyed('good')]);
    await pass(60_000);

    const texts = envelopes(arrivals).map(({ message }) => Buffer.from(message.data, 'base64').toString());
    expect(texts).toEqual(['bad', 'bad', 'bad', 'bad', 'bad', 'good']);
    expect(pubsub.backlog(SUBSCRIPTION)).toEqual([]);
  });
});
