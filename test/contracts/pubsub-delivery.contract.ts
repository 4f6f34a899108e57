/** What happens in time: pushes, their repetitions, deadlines. Over one wire: it is the same Pub/Sub behind both. */
import { expect } from 'vitest';
import type { Push } from './push-endpoint.ts';
import { base64, type DefineCase, type Received, textsOf } from './pubsub-under-test.ts';

/** Short, and long enough for its gaps to be told apart. */
export const quick = { minimumBackoff: '1s', maximumBackoff: '2s' };

export function defineDeliveryCases(define: DefineCase): void {
  definePushes(define);
  defineRepetitions(define);
}

function definePushes(define: DefineCase): void {
  define('pushes a message in an envelope, its ids and times in both spellings', async (pubsub) => {
    const { endpoint, subscribe, publish, until, subscription, another, call, unless } = pubsub;
    const { url, pushes } = await endpoint();
    const deadLetterTopic = another('topics');
    await call('createTopic', { name: deadLetterTopic });
    await subscribe({ pushConfig: { pushEndpoint: url }, deadLetterPolicy: { deadLetterTopic } });

    const [messageId] = await publish({ data: base64('x'), attributes: { a: 'b' }, orderingKey: 'k' });
    await until(() => pushes.length > 0, 5);

    const publishTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const times = { publishTime, publish_time: publishTime };
    const ids = { messageId, message_id: messageId };
    const orderingKey = unless('push-without-order-and-attempt', { orderingKey: 'k' }, {});
    expect(pushes[0]).toMatchObject({ method: 'POST', headers: { 'content-type': 'application/json' } });
    expect(pushes[0]?.body).toEqual({
      subscription,
      message: { data: base64('x'), attributes: { a: 'b' }, ...ids, ...times, ...orderingKey },
      ...unless('push-without-order-and-attempt', { deliveryAttempt: 1 }, {}),
    });
  });

  define('shows the identity that a push is to have', async ({ endpoint, subscribe, publish, until, unless }) => {
    const { url, pushes } = await endpoint();
    const oidcToken = { serviceAccountEmail: 'pusher@demo.iam.gserviceaccount.com', audience: 'intake' };
    await subscribe({ pushConfig: { pushEndpoint: url, oidcToken } });

    await publish('x');
    await until(() => pushes.length > 0, 5);

    expect(pushes[0]?.headers.authorization ?? 'none').toMatch(unless('no-identity', /^Bearer .+/, /^none$/));
  });

  define('pushes what the filter lets through', async ({ endpoint, subscribe, publish, until, under, unless }) => {
    const pushed = await endpoint();
    await subscribe({ pushConfig: { pushEndpoint: pushed.url }, filter: 'attributes.kind = "wanted"' });

    await publish({ data: base64('other'), attributes: { kind: 'other' } });
    await publish({ data: base64('wanted'), attributes: { kind: 'wanted' } });
    await until(() => pushed.texts().includes('wanted'), 5);
    await under.pass(0.2);

    expect([...pushed.texts()].sort()).toEqual(unless('filter-ignored', ['wanted'], ['other', 'wanted']));
  });

  define('keeps messages while there is no endpoint, and pushes them when there is one', async (pubsub) => {
    const { endpoint, subscribe, publish, until, call, under, pull, subscription } = pubsub;
    const pushed = await endpoint();
    await subscribe({ pushConfig: { pushEndpoint: pushed.url } });

    await call('modifyPushConfig', { subscription, pushConfig: {} });
    await publish('x');
    await under.pass(0.5);
    const whileStopped = pushed.texts();
    const [lent] = await pull();
    await call('modifyAckDeadline', { subscription, ackIds: [lent?.ackId], ackDeadlineSeconds: 0 });
    await call('modifyPushConfig', { subscription, pushConfig: { pushEndpoint: pushed.url } });
    await until(() => pushed.pushes.length > 0, 5);

    expect(whileStopped).toEqual([]);
    expect(textsOf(lent === undefined ? [] : [lent])).toEqual(['x']);
    expect(pushed.texts()).toEqual(['x']);
  });
}

function defineRepetitions(define: DefineCase): void {
  for (const { status, acks, exception } of [
    { status: 200, acks: true },
    { status: 201, acks: true },
    { status: 202, acks: true, exception: 'accepted-not-acked' },
    { status: 204, acks: true },
    { status: 299, acks: false },
    { status: 302, acks: false },
    { status: 400, acks: false },
    { status: 404, acks: false },
    { status: 429, acks: false },
    { status: 500, acks: false },
    { status: 503, acks: false },
  ]) {
    define(`a push that is answered ${status} ${acks ? 'is done' : 'comes again'}`, async (pubsub) => {
      const { endpoint, subscribe, publish, until, under, unless } = pubsub;
      const { url, pushes } = await endpoint(() => status);
      await subscribe({ pushConfig: { pushEndpoint: url }, retryPolicy: quick });
      const isDone = exception === undefined ? acks : unless(exception, acks, !acks);

      await publish('x');
      await until(() => pushes.length >= (isDone ? 1 : 2), 8);
      // Long enough for the repetition that must not come.
      if (isDone) await under.pass(2);

      expect(pushes.length).toBe(isDone ? 1 : 2);
    });
  }

  define('waits between repetitions as the retry policy says', async ({ endpoint, subscribe, publish, until }) => {
    const { url, pushes } = await endpoint(() => 500);
    await subscribe({
      pushConfig: { pushEndpoint: url },
      retryPolicy: { minimumBackoff: '1s', maximumBackoff: '4s' },
    });

    await publish('x');
    await until(() => pushes.length >= 4, 20);

    // The service promises no exact times ("Handle message failures": the delay may be more or less than configured).
    const [first = 0, second = 0, third = 0] = gaps(pushes);
    expect(first).toBeGreaterThan(0.5);
    expect(second).toBeGreaterThan(first);
    expect(third).toBeGreaterThan(second - 0.5);
    expect(Math.max(first, second, third)).toBeLessThan(6);
  });

  define(
    'lends a message again when its ack deadline has passed, and not one whose deadline was put off',
    async (pubsub) => {
      const { call, subscribe, publish, pull, until, under, subscription } = pubsub;
      await subscribe({ ackDeadlineSeconds: 10 });
      await publish('late', 'put off');
      const first = await pull();
      const lentAtMs = under.nowMs();
      const putOff = first.filter((one) => textsOf([one])[0] === 'put off').map(({ ackId }) => ackId);

      await call('modifyAckDeadline', { subscription, ackIds: putOff, ackDeadlineSeconds: 60 });
      const again: Received[] = [];
      await until(async () => {
        again.push(...(await pull()));
        return again.length > 0;
      }, 15);

      expect(textsOf(again)).toEqual(['late']);
      expect((under.nowMs() - lentAtMs) / 1000).toBeGreaterThan(9);
    },
  );
}

/** Seconds between the pushes. */
function gaps(pushes: readonly Push[]): readonly number[] {
  return pushes.slice(1).map(({ atMs }, index) => (atMs - (pushes[index]?.atMs ?? 0)) / 1000);
}
