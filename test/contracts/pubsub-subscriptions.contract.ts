/** Subscriptions: what is made, shown, changed and refused. */
import { expect } from 'vitest';
import type { DefineCase } from './pubsub-under-test.ts';
import type { Json } from './pubsub-wires.ts';

const project = 'projects/demo';
const missingTopic = `${project}/topics/not-there`;

export function defineSubscriptionCases(define: DefineCase): void {
  defineSubscriptions(define);
  defineUpdates(define);
}

function defineSubscriptions(define: DefineCase): void {
  define('fills in the defaults of a subscription', async ({ subscribe, call, topic, subscription, unless }) => {
    const made = await subscribe();

    expect(made).toEqual({
      name: subscription,
      topic,
      ackDeadlineSeconds: 10,
      messageRetentionDuration: '604800s',
      ...unless('defaults-left-out', { expirationPolicy: { ttl: '2678400s' }, state: 'ACTIVE' }, {}),
    });
    expect(await call('getSubscription', { subscription })).toEqual(made);
  });

  define('fills in the defaults of its policies', async ({ subscribe, topic }) => {
    const made = await subscribe({ retryPolicy: {}, deadLetterPolicy: { deadLetterTopic: topic }, labels: { a: 'b' } });

    expect(made).toMatchObject({
      retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
      deadLetterPolicy: { deadLetterTopic: topic, maxDeliveryAttempts: 5 },
      labels: { a: 'b' },
    });
  });

  define('makes a subscription once, and again when it has been deleted', async (pubsub) => {
    const { subscribe, call, codeOf, topic, subscription } = pubsub;
    await subscribe();

    const twice = await codeOf('createSubscription', { name: subscription, topic });
    await call('deleteSubscription', { subscription });

    expect(twice).toBe('ALREADY_EXISTS');
    expect(await codeOf('getSubscription', { subscription })).toBe('NOT_FOUND');
    expect(await subscribe()).toMatchObject({ name: subscription });
  });

  define('lists the subscriptions of a topic and of the project', async (pubsub) => {
    const { subscribe, call, another, topic, subscription } = pubsub;
    const second = another('subscriptions');
    await subscribe();
    await subscribe({ name: second });

    const ofTopic = await call('listTopicSubscriptions', { topic });
    const all = await call('listSubscriptions', { project });

    expect([...(ofTopic['subscriptions'] as string[])].sort()).toEqual([subscription, second].sort()); // names only
    expect(all['subscriptions']).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: subscription, topic })]),
    );
  });

  const refused: readonly { of: string; over: (topic: string) => Json; code: string; otherwise?: [string, string] }[] =
    [
      { of: 'an unknown topic', over: () => ({ topic: missingTopic }), code: 'NOT_FOUND' },
      { of: 'a malformed topic', over: () => ({ topic: 'requests' }), code: 'INVALID_ARGUMENT' },
      { of: 'a deleted topic', over: () => ({ topic: '_deleted-topic_' }), code: 'INVALID_ARGUMENT' },
      { of: 'an ack deadline of 601 s', over: () => ({ ackDeadlineSeconds: 601 }), code: 'INVALID_ARGUMENT' },
      {
        of: 'an ack deadline of 9 s',
        over: () => ({ ackDeadlineSeconds: 9 }),
        code: 'INVALID_ARGUMENT',
        otherwise: ['short-ack-deadline', 'OK'],
      },
      { of: 'a retention of 5 s', over: () => ({ messageRetentionDuration: '5s' }), code: 'INVALID_ARGUMENT' },
      { of: 'a backoff of 601 s', over: () => ({ retryPolicy: { maximumBackoff: '601s' } }), code: 'INVALID_ARGUMENT' },
      {
        of: 'a maximum backoff below the minimum',
        over: () => ({ retryPolicy: { minimumBackoff: '20s', maximumBackoff: '10s' } }),
        code: 'INVALID_ARGUMENT',
      },
      {
        of: 'four delivery attempts',
        over: (topic) => ({ deadLetterPolicy: { deadLetterTopic: topic, maxDeliveryAttempts: 4 } }),
        code: 'INVALID_ARGUMENT',
        otherwise: ['attempts-out-of-range', 'OUT_OF_RANGE'],
      },
      {
        of: '101 delivery attempts',
        over: (topic) => ({ deadLetterPolicy: { deadLetterTopic: topic, maxDeliveryAttempts: 101 } }),
        code: 'INVALID_ARGUMENT',
        otherwise: ['attempts-out-of-range', 'OUT_OF_RANGE'],
      },
      {
        of: 'an unknown dead-letter topic',
        over: () => ({ deadLetterPolicy: { deadLetterTopic: missingTopic } }),
        code: 'NOT_FOUND',
      },
      {
        of: 'an endpoint that is no web address',
        over: () => ({ pushConfig: { pushEndpoint: 'ftp://host/x' } }),
        code: 'INVALID_ARGUMENT',
      },
      {
        of: 'a filter that is none',
        over: () => ({ filter: 'x (' }),
        code: 'INVALID_ARGUMENT',
        otherwise: ['filter-ignored', 'OK'],
      },
    ];
  for (const { of, over, code, otherwise } of refused) {
    define(`refuses a subscription with ${of}`, async ({ codeOf, topic, subscription, unless }) => {
      const expected = otherwise === undefined ? code : unless(otherwise[0], code, otherwise[1]);

      expect(await codeOf('createSubscription', { name: subscription, topic, ...over(topic) })).toBe(expected);
    });
  }
}

function defineUpdates(define: DefineCase): void {
  define('changes what the mask names, and nothing else', async ({ subscribe, call, subscription }) => {
    const before = await subscribe({ labels: { a: 'b' } });

    const after = await call('updateSubscription', {
      subscription: { name: subscription, ackDeadlineSeconds: 30, labels: { c: 'd' } },
      updateMask: 'ackDeadlineSeconds',
    });

    expect(after).toEqual({ ...before, ackDeadlineSeconds: 30 });
    expect(await call('getSubscription', { subscription })).toEqual(after);
  });

  for (const { of, updateMask, over = {} } of [
    { of: 'without a mask', updateMask: '' },
    { of: 'of its topic', updateMask: 'topic', over: { topic: missingTopic } },
    { of: 'of its filter', updateMask: 'filter', over: { filter: 'attributes:a' } },
    { of: 'of a field that it has not', updateMask: 'bogus' },
    { of: 'to an ack deadline of 601 s', updateMask: 'ackDeadlineSeconds', over: { ackDeadlineSeconds: 601 } },
  ]) {
    define(`refuses an update ${of}`, async ({ subscribe, call, codeOf, subscription }) => {
      const before = await subscribe();

      const code = await codeOf('updateSubscription', { subscription: { name: subscription, ...over }, updateMask });

      expect(code).toBe('INVALID_ARGUMENT');
      expect(await call('getSubscription', { subscription })).toEqual(before);
    });
  }

  define('changes the labels of a topic', async ({ call, codeOf, topic, unless }) => {
    const code = await codeOf('updateTopic', { topic: { name: topic, labels: { a: 'b' } }, updateMask: 'labels' });

    expect(code).toBe(unless('labels-of-topics-fixed', 'OK', 'INVALID_ARGUMENT'));
    expect(await call('getTopic', { topic })).toEqual({
      name: topic,
      ...unless('labels-of-topics-fixed', { labels: { a: 'b' } }, {}),
    });
  });
}
