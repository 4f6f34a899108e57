import { describe, expect, it } from 'vitest';
import { DEAD_LETTER_PUBLISH_TIME, ORIGINAL_MESSAGE_ID, ORIGINAL_PUBLISH_TIME_MS } from '#shared/delivery.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeBench } from './intake-bench.ts';

const rapid = makeClusterDocument({ spec: { releaseChannel: 'RAPID' } });

describe('a replayed dead letter', () => {
  const attributes = { [ORIGINAL_MESSAGE_ID]: 'm1', [ORIGINAL_PUBLISH_TIME_MS]: '10000' };

  it('is judged anew under its own message id', async () => {
    const { send, read } = makeBench();
    await send('junk');

    await send(makeClusterDocument(), { id: 'm9', atMs: 90_000, attributes });

    expect(await read.message('m9')).toMatchObject({ phase: 'done' });
    expect(await read.document()).toMatchObject({ messageId: 'm1', publishTimeMs: 10_000 });
  });

  it('keeps its original place: what came after it stays', async () => {
    const { send, read } = makeBench();
    await send(rapid, { id: 'm5', atMs: 50_000 });

    await send(makeClusterDocument(), { id: 'm9', atMs: 90_000, attributes });

    expect(await read.message('m9')).toMatchObject({ phase: 'refused' });
    expect(await read.document()).toMatchObject({ messageId: 'm5' });
  });

  it.each(['Infinity', 'NaN', '-1', 'soon', '99999999999999'])(
    'with the time %s claims no place: it has that of its own message',
    async (time) => {
      const { send, read } = makeBench();

      await send(makeClusterDocument(), { attributes: { [ORIGINAL_PUBLISH_TIME_MS]: time } });
      await send(rapid, { id: 'm2', atMs: 20_000 });

      expect(await read.document()).toMatchObject({ messageId: 'm2', publishTimeMs: 20_000 });
    },
  );

  it('with other content than its original stands for cannot pass as that original', async () => {
    const { letters, send, read } = makeBench();
    await send(makeClusterDocument());

    await send(rapid, { id: 'm2', atMs: 20_000, attributes: { [ORIGINAL_MESSAGE_ID]: 'm1' } });

    expect(await read.message('m2')).toMatchObject({
      phase: 'refused',
      reason: expect.stringContaining('message m1 stands already with other content (sequence 1)'),
    });
    expect(letters).toHaveLength(1);
  });

  it('with the content that its original stands with changes nothing', async () => {
    const { letters, send, read } = makeBench();
    await send(makeClusterDocument());

    await send(makeClusterDocument(), { id: 'm9', atMs: 90_000, attributes });

    expect(await read.message('m9')).toMatchObject({ phase: 'done' });
    expect(letters).toEqual([]);
  });
});

describe('a replay of what Pub/Sub itself put aside', () => {
  // The four attributes and the spelling of the time are those of the Pub/Sub documentation, "Dead-letter topics".
  const attributes = {
    CloudPubSubDeadLetterSourceDeliveryCount: '10',
    CloudPubSubDeadLetterSourceSubscription: 'inference-fleet-intake',
    CloudPubSubDeadLetterSourceSubscriptionProject: 'demo',
    [DEAD_LETTER_PUBLISH_TIME]: '1970-01-01T00:00:10.000+00:00',
  };

  it('keeps its original place: what came after it stays', async () => {
    const { send, read } = makeBench();
    await send(rapid, { id: 'm5', atMs: 50_000 });

    await send(makeClusterDocument(), { id: 'm9', atMs: 90_000, attributes });

    expect(await read.message('m9')).toMatchObject({ phase: 'refused', publishTimeMs: 10_000 });
    expect(await read.document()).toMatchObject({ messageId: 'm5' });
  });

  it.each([
    {
      name: 'our own attribute wins over it',
      over: { [ORIGINAL_PUBLISH_TIME_MS]: '7000' },
      expected: 7_000,
    },
    {
      name: 'it counts where our own attribute claims what cannot be',
      over: { [ORIGINAL_PUBLISH_TIME_MS]: 'Infinity' },
      expected: 10_000,
    },
    {
      name: 'a time after the replay is not read',
      over: { [DEAD_LETTER_PUBLISH_TIME]: '1970-01-01T00:01:30.001+00:00' },
      expected: 90_000,
    },
    { name: 'a time that is none is not read', over: { [DEAD_LETTER_PUBLISH_TIME]: '1' }, expected: 90_000 },
    {
      name: 'nanoseconds are read',
      over: { [DEAD_LETTER_PUBLISH_TIME]: '1970-01-01T01:00:11.123456789+01:00' },
      expected: 11_123,
    },
  ])('takes its place from the best claim: $name', async ({ over, expected }) => {
    const { send, read } = makeBench();

    await send(makeClusterDocument(), { id: 'm9', atMs: 90_000, attributes: { ...attributes, ...over } });

    expect(await read.document()).toMatchObject({ publishTimeMs: expected });
  });
});
