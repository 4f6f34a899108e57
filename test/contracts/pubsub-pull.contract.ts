/** Publishing, and what whoever pulls gets of it. */
import { expect } from 'vitest';
import { base64, type DefineCase, textsOf } from './pubsub-under-test.ts';
import type { Json } from './pubsub-wires.ts';

export function definePullCases(define: DefineCase): void {
  definePublish(define);
  defineLoans(define);
}

function definePublish(define: DefineCase): void {
  define('gives each message an id of its own, a decimal number', async ({ publish }) => {
    const ids = await publish('a', 'a', 'b');

    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^\d+$/);
  });

  const refused: readonly { of: string; messages: readonly Json[]; exception?: string }[] = [
    { of: 'nothing', messages: [] },
    { of: 'an empty message', messages: [{}] },
    { of: 'an empty message beside a good one', messages: [{ data: base64('x') }, {}] },
    { of: 'an ordering key alone', messages: [{ orderingKey: 'k' }] },
    { of: '1001 messages', messages: Array.from({ length: 1001 }, () => ({ data: base64('x') })) },
    {
      of: 'an attribute name of 257 bytes',
      messages: [{ attributes: { ['k'.repeat(257)]: 'v' } }],
      exception: 'limits-unchecked',
    },
    {
      of: 'an attribute of 1025 bytes',
      messages: [{ attributes: { k: 'v'.repeat(1025) } }],
      exception: 'limits-unchecked',
    },
    {
      of: '101 attributes',
      messages: [{ attributes: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`k${at}`, 'v'])) }],
      exception: 'limits-unchecked',
    },
    {
      of: 'an ordering key of 1025 bytes',
      messages: [{ data: base64('x'), orderingKey: 'k'.repeat(1025) }],
      exception: 'limits-unchecked',
    },
  ];
  for (const { of, messages, exception } of refused) {
    define(`refuses to publish ${of}`, async ({ codeOf, subscribe, pull, topic, unless }) => {
      await subscribe();

      const code = await codeOf('publish', { topic, messages });

      const isTaken = exception !== undefined && unless(exception, false, true);
      expect(code).toBe(isTaken ? 'OK' : 'INVALID_ARGUMENT');
      expect(await pull()).toHaveLength(isTaken ? 1 : 0);
    });
  }

  define('takes a message of attributes alone', async ({ subscribe, publish, pull }) => {
    await subscribe();

    await publish({ attributes: { a: 'b' } });

    expect((await pull()).map(({ message }) => message)).toMatchObject([{ attributes: { a: 'b' } }]);
  });

  define('gives every subscription that is there each message, and a later one nothing', async (pubsub) => {
    const { subscribe, publish, pull, another } = pubsub;
    const [second, later] = [another('subscriptions'), another('subscriptions')];
    await subscribe();
    await subscribe({ name: second });

    await publish('x');
    await subscribe({ name: later });

    expect(textsOf(await pull())).toEqual(['x']);
    expect(textsOf(await pull(second))).toEqual(['x']);
    expect(await pull(later)).toEqual([]);
  });
}

function defineLoans(define: DefineCase): void {
  define('lends a message as it was published, until it is acknowledged', async (pubsub) => {
    const { call, subscribe, publish, pull, subscription } = pubsub;
    await subscribe();
    const [messageId] = await publish({ data: base64('x'), attributes: { a: 'b' }, orderingKey: 'k' });

    const [received, ...more] = await pull();
    const meanwhile = await pull();
    await call('acknowledge', { subscription, ackIds: [received?.ackId] });

    expect(more).toEqual([]);
    expect(received).toEqual({
      ackId: expect.any(String),
      message: {
        messageId,
        publishTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        data: base64('x'),
        attributes: { a: 'b' },
        orderingKey: 'k',
      },
    });
    expect(meanwhile).toEqual([]);
    expect(await pull()).toEqual([]);
  });

  define('lends a message again at once when it is given back', async (pubsub) => {
    const { call, subscribe, publish, pull, subscription, until } = pubsub;
    await subscribe();
    const [messageId] = await publish('x');
    const [first] = await pull();

    await call('modifyAckDeadline', { subscription, ackIds: [first?.ackId], ackDeadlineSeconds: 0 });

    let again = await pull();
    await until(async () => {
      if (again.length === 0) again = await pull();
      return again.length > 0;
    }, 2);
    expect(again).toMatchObject([{ message: { messageId } }]);
    expect(again[0]?.ackId).not.toBe(first?.ackId);
  });

  define('lets an id go whose message is acknowledged already', async (pubsub) => {
    const { call, codeOf, subscribe, publish, pull, subscription } = pubsub;
    await subscribe();
    await publish('x');
    const ackIds = (await pull()).map(({ ackId }) => ackId);
    await call('acknowledge', { subscription, ackIds });

    expect(await codeOf('acknowledge', { subscription, ackIds })).toBe('OK');
    expect(await codeOf('modifyAckDeadline', { subscription, ackIds, ackDeadlineSeconds: 20 })).toBe('OK');
  });

  for (const { of, method, request } of [
    { of: 'a pull of no messages', method: 'pull', request: {} },
    { of: 'an acknowledgement of nothing', method: 'acknowledge', request: {} },
    { of: 'an acknowledgement of something else', method: 'acknowledge', request: { ackIds: ['junk'] } },
    { of: 'a deadline for nothing', method: 'modifyAckDeadline', request: { ackDeadlineSeconds: 20 } },
    {
      of: 'a deadline for something else',
      method: 'modifyAckDeadline',
      request: { ackIds: ['junk'], ackDeadlineSeconds: 20 },
    },
  ] as const) {
    define(`refuses ${of}`, async ({ codeOf, subscribe, subscription }) => {
      await subscribe();

      expect(await codeOf(method, { subscription, ...request })).toBe('INVALID_ARGUMENT');
    });
  }

  define('refuses a deadline of 601 s', async ({ codeOf, subscribe, publish, pull, subscription, unless }) => {
    await subscribe();
    await publish('x');
    const ackIds = (await pull()).map(({ ackId }) => ackId);

    expect(await codeOf('modifyAckDeadline', { subscription, ackIds, ackDeadlineSeconds: 601 })).toBe(
      unless('long-ack-deadline', 'INVALID_ARGUMENT', 'OK'),
    );
  });

  define('has nothing to pull where there is an endpoint', async ({ codeOf, subscribe, subscription, unless }) => {
    await subscribe({ pushConfig: { pushEndpoint: 'http://127.0.0.1:1/nobody' } });

    const request = { subscription, maxMessages: 1, returnImmediately: true };
    expect(await codeOf('pull', request)).toBe(unless('pull-of-push', 'FAILED_PRECONDITION', 'OK'));
  });

  define('seeks to a time: what was published before is gone', async (pubsub) => {
    const { call, codeOf, subscribe, publish, pull, subscription, under } = pubsub;
    await subscribe();
    await publish('old');
    await under.pass(0.05);
    await publish('new');
    const pulled = await pull();
    const newest = pulled.find((one) => textsOf([one])[0] === 'new');

    await call('seek', { subscription, time: newest?.message.publishTime });
    const ackIds = pulled.map(({ ackId }) => ackId);
    await call('modifyAckDeadline', { subscription, ackIds, ackDeadlineSeconds: 0 });

    expect(textsOf(await pull())).toEqual(['new']);
    expect(await codeOf('seek', { subscription })).toBe('INVALID_ARGUMENT');
  });
}
