/** What becomes of messages that nobody takes, and of those behind them: dead letters and ordering keys. */
import { expect } from 'vitest';
import type { Push } from './push-endpoint.ts';
import { quick } from './pubsub-delivery.contract.ts';
import { base64, type DefineCase, type PubSubCase, type Received, textsOf } from './pubsub-under-test.ts';

export function defineFailureCases(define: DefineCase): void {
  defineDeadLetters(define);
  defineOrder(define);
}

function defineDeadLetters(define: DefineCase): void {
  define('forwards what five pushes could not deliver', async (pubsub) => {
    const { endpoint, subscribe, publish, until, subscription, topic } = pubsub;
    const dead = await withDeadLetters(pubsub);
    const { url, pushes } = await endpoint(() => 500);
    await subscribe({ ...dead.policy, pushConfig: { pushEndpoint: url } });

    const [messageId] = await publish({ data: base64('x'), attributes: { a: 'b' } });
    await until(dead.arrived, 15);

    expect(pushes).toHaveLength(5);
    expect(topic).not.toBe(dead.topic);
    expect(dead.letters[0]?.message.messageId).not.toBe(messageId);
    expect(dead.letters.map(({ message }) => message)).toMatchObject([
      {
        data: base64('x'),
        attributes: {
          a: 'b',
          CloudPubSubDeadLetterSourceDeliveryCount: '5',
          CloudPubSubDeadLetterSourceSubscription: subscription.split('/').at(-1),
          CloudPubSubDeadLetterSourceSubscriptionProject: 'demo',
          CloudPubSubDeadLetterSourceTopicPublishTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        },
      },
    ]);
  });

  define('counts the deliveries of what is pulled, and forwards it after five', async (pubsub) => {
    const { call, subscribe, publish, pull, until, subscription } = pubsub;
    const dead = await withDeadLetters(pubsub);
    await subscribe(dead.policy);
    await publish('x');

    const attempts: (number | undefined)[] = [];
    await until(async () => {
      for (const { ackId, deliveryAttempt } of await pull()) {
        attempts.push(deliveryAttempt);
        await call('modifyAckDeadline', { subscription, ackIds: [ackId], ackDeadlineSeconds: 0 });
      }
      return dead.arrived();
    }, 15);

    expect(attempts).toEqual([1, 2, 3, 4, 5]);
    expect(textsOf(dead.letters)).toEqual(['x']);
  });
}

/** A topic for dead letters, and somebody who pulls them. */
async function withDeadLetters({ call, another, pull }: PubSubCase) {
  const [topic, name] = [another('topics'), another('subscriptions')];
  await call('createTopic', { name: topic });
  await call('createSubscription', { name, topic });
  const letters: Received[] = [];
  return {
    topic,
    letters,
    policy: { deadLetterPolicy: { deadLetterTopic: topic, maxDeliveryAttempts: 5 } },
    arrived: async () => {
      letters.push(...(await pull(name)));
      return letters.length > 0;
    },
  };
}

function defineOrder(define: DefineCase): void {
  const keyed = (text: string, orderingKey: string) => ({ data: base64(text), orderingKey });

  define('pushes messages of one key one after another, also across failures', async (pubsub) => {
    const { endpoint, subscribe, publish, until } = pubsub;
    let failures = 2;
    const { url, texts } = await endpoint((push) => (textOf(push) === 'b' && failures-- > 0 ? 500 : 204));
    await subscribe({ pushConfig: { pushEndpoint: url }, enableMessageOrdering: true, retryPolicy: quick });

    await publish(...['a', 'b', 'c', 'd'].map((text) => keyed(text, 'k')));
    await until(() => texts().includes('d'), 15);

    expect(texts()).toEqual(['a', 'b', 'b', 'b', 'c', 'd']);
  });

  define('holds nothing back for the failures of another key', async ({ endpoint, subscribe, publish, until }) => {
    const { url, texts } = await endpoint((push) => (textOf(push) === 'stuck' ? 500 : 204));
    await subscribe({ pushConfig: { pushEndpoint: url }, enableMessageOrdering: true, retryPolicy: quick });

    await publish(keyed('stuck', 'k'), keyed('behind', 'k'), keyed('free', 'other'));
    await until(() => texts().includes('free'), 5);

    expect(texts()).not.toContain('behind');
  });

  define('lends messages of one key in order, also across failures', async (pubsub) => {
    const { call, subscribe, publish, until, subscription, unless } = pubsub;
    await subscribe({ enableMessageOrdering: true });
    await publish(...['a', 'b', 'c'].map((text) => keyed(text, 'k')));

    const taken: string[] = [];
    let failures = 2;
    await until(async () => {
      // One at a time: what the service lends at once it may take back at once.
      const [one] = await pubsub.pull(subscription, 1);
      if (one === undefined) return false;
      const [text = ''] = textsOf([one]);
      taken.push(text);
      const isFailure = text === 'b' && failures-- > 0;
      if (isFailure) await call('modifyAckDeadline', { subscription, ackIds: [one.ackId], ackDeadlineSeconds: 0 });
      else await call('acknowledge', { subscription, ackIds: [one.ackId] });
      return text === 'c';
    }, 15);

    expect(taken).toEqual(unless('order-lost-on-pull', ['a', 'b', 'b', 'b', 'c'], ['a', 'b', 'c']));
  });
}

const textOf = ({ body }: Push): string => Buffer.from(body.message.data ?? '', 'base64').toString('utf8');
