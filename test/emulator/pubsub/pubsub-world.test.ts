import { describe, expect, it } from 'vitest';
import { makeHeldAnswer, START_MS } from '../delivery/make-world.ts';
import { base64, ENDPOINT, envelopes, makePubSub, SUBSCRIPTION, TOPIC } from './make-pubsub.ts';

describe('push delivery', () => {
  it('pushes the documented envelope a few milliseconds after publication', async () => {
    const { pubsub, arrivals, pass } = makePubSub();

    const [messageId] = pubsub.publish(TOPIC, [
      { data: base64('hi'), attributes: { kind: 'document' }, orderingKey: 'cluster/a' },
    ]);
    await pass(1000);

    const publishTime = '2026-01-01T12:00:00.000Z';
    expect(envelopes(arrivals)).toEqual([
      {
        message: {
          attributes: { kind: 'document' },
          data: base64('hi'),
          messageId,
          message_id: messageId,
          orderingKey: 'cluster/a',
          publishTime,
          publish_time: publishTime,
        },
        subscription: SUBSCRIPTION,
      },
    ]);
    expect(arrivals[0]).toMatchObject({ url: ENDPOINT, timeoutMs: 10_000, afterMs: 5 });
    expect(arrivals[0]?.headers['authorization']).toBeUndefined();
    expect(pubsub.backlog(SUBSCRIPTION)).toEqual([]);
  });

  it.each([
    { audience: 'https://status.example', expected: 'push@demo for https://status.example' },
    { audience: undefined, expected: `push@demo for ${ENDPOINT}` },
  ])('shows a token for audience $audience when the subscription asks for one', async ({ audience, expected }) => {
    const oidcToken = { serviceAccountEmail: 'push@demo', ...(audience !== undefined && { audience }) };
    const { pubsub, arrivals, pass } = makePubSub(undefined, { pushConfig: { pushEndpoint: ENDPOINT, oidcToken } });

    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    await pass(1000);

    expect(arrivals[0]?.headers['authorization']).toBe(`Bearer ${expected}`);
  });

  it.each([102, 200, 201, 202, 204])('takes %i as an acknowledgement', async (status) => {
    const { pubsub, arrivals, pass } = makePubSub(() => status);

    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    await pass(3_600_000);

    expect(arrivals).toHaveLength(1);
    expect(pubsub.counts).toMatchObject({ acks: 1, nacks: 0 });
  });

  it.each([203, 206, 301, 400, 404, 429, 500, 503])('takes %i as a nack and delivers again', async (status) => {
    const { pubsub, arrivals, pass } = makePubSub((_, index) => (index === 0 ? status : 200));

    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    await pass(3_600_000);

    expect(arrivals).toHaveLength(2);
    expect(pubsub.counts).toMatchObject({ deliveries: 2, acks: 1, nacks: 1 });
  });

  it('takes no answer as a nack', async () => {
    const { pubsub, arrivals, pass } = makePubSub((_, index) => {
      if (index === 0) throw new Error('socket hang up');
      return 200;
    });

    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    await pass(3_600_000);

    expect(arrivals).toHaveLength(2);
    expect(pubsub.counts).toMatchObject({ acks: 1, nacks: 1 });
  });

  it.each([
    { name: 'an empty retry policy', retryPolicy: {}, gapsSeconds: [10, 20, 40, 80, 160, 320, 600, 600] },
    {
      name: 'a retry policy of 1 s to 8 s',
      retryPolicy: { minimumBackoff: '1s', maximumBackoff: '8s' },
      gapsSeconds: [1, 2, 4, 8, 8, 8, 8, 8],
    },
    {
      name: 'a minimum of 0 s',
      retryPolicy: { minimumBackoff: '0s', maximumBackoff: '1s' },
      gapsSeconds: [0, 0.2, 0.4, 0.8, 1, 1, 1, 1],
    },
    { name: 'no retry policy', retryPolicy: undefined, gapsSeconds: [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8] },
  ])('waits with $name for $gapsSeconds s', async ({ retryPolicy, gapsSeconds }) => {
    const { pubsub, arrivals, pass } = makePubSub(
      (_, index) => (index < gapsSeconds.length ? 500 : 200),
      retryPolicy && { retryPolicy },
    );

    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    await pass(3_600_000);

    const gaps = arrivals.slice(1).map(({ afterMs }, index) => (afterMs - (arrivals[index]?.afterMs ?? 0)) / 1000);
    expect(gaps).toEqual(gapsSeconds.map((seconds) => expect.closeTo(seconds, 6)));
  });

  it('delivers only what the filter lets through', async () => {
    const { pubsub, arrivals, pass } = makePubSub(undefined, { filter: 'attributes.automation = "build-cluster"' });

    pubsub.publish(TOPIC, [
      { data: base64('a'), attributes: { automation: 'build-cluster' } },
      { data: base64('b'), attributes: { automation: 'scale-replicas' } },
      { data: base64('c') },
    ]);
    await pass(1000);

    expect(envelopes(arrivals).map(({ message }) => message.data)).toEqual([base64('a')]);
  });

  it('holds the clock while a push is in flight', async () => {
    const { answer, started, finish } = makeHeldAnswer();
    const { pubsub, base, courier, pass } = makePubSub(answer);
    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    const passed = pass(60_000);

    await started;
    const during = { holds: base.clock.holds, inFlight: courier.inFlight, afterMs: base.clock.nowMs() - START_MS };
    finish(200);
    await passed;

    expect(during).toEqual({ holds: 1, inFlight: 1, afterMs: 5 });
    expect({ holds: base.clock.holds, inFlight: courier.inFlight }).toEqual({ holds: 0, inFlight: 0 });
  });

  it('lets deliveries of one instant overlap', async () => {
    const { answer, started, finish } = makeHeldAnswer();
    const { pubsub, arrivals, pass } = makePubSub(answer);
    pubsub.publish(TOPIC, [{ data: base64('a') }, { data: base64('b') }]);
    pubsub.publish(TOPIC, [{ data: base64('c') }]);
    const passed = pass(60_000);

    await started;
    const together = arrivals.length;
    finish(200);
    await passed;

    expect(together).toBe(3);
    expect(arrivals).toHaveLength(3);
  });

  it('does not repeat what a subscription had in flight when it was deleted', async () => {
    const { answer, started, finish } = makeHeldAnswer();
    const { pubsub, arrivals, pass } = makePubSub(answer);
    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    const passed = pass(3_600_000);

    await started;
    pubsub.deleteSubscription(SUBSCRIPTION);
    finish(500);
    await passed;

    expect(arrivals).toHaveLength(1);
  });

  it('drops a message that nobody takes within the retention', async () => {
    const { pubsub, pass } = makePubSub(() => 500, { messageRetentionDuration: '600s', retryPolicy: {} });

    pubsub.publish(TOPIC, [{ data: base64('hi') }]);
    await pass(3_600_000);

    expect(pubsub.counts).toMatchObject({ expired: 1, acks: 0 });
    expect(pubsub.backlog(SUBSCRIPTION)).toEqual([]);
  });
});
