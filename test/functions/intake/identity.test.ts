/** What makes two messages, or two documents, the same. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#shared/domain/json.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeBench } from './intake-bench.ts';

describe('the labels of a document', () => {
  const withLabels = (labels: JsonObject, sequence?: number) =>
    makeClusterDocument({ metadata: { labels, ...(sequence !== undefined && { sequence }) } });

  it('are content: everything that is built carries them', async () => {
    const { send, read } = makeBench();
    await send(withLabels({ team: 'a' }, 5));

    await send(withLabels({ team: 'b' }, 5), { id: 'm2', atMs: 20_000 });

    expect(await read.message('m2')).toMatchObject({
      phase: 'refused',
      reason: expect.stringContaining('metadata.sequence 5 stands already with other content'),
    });
  });

  it('that change make a newer document', async () => {
    const { send, read } = makeBench();
    await send(withLabels({ team: 'a' }));

    await send(withLabels({ team: 'b' }), { id: 'm2', atMs: 20_000 });

    expect(await read.document()).toMatchObject({
      sequence: 2,
      document: { metadata: { labels: { team: 'b' } } },
    });
  });

  it.each([
    { name: 'in another order', first: { a: '1', b: '2' }, second: { b: '2', a: '1' } },
    { name: 'empty instead of left out', first: undefined, second: {} },
  ])('want the same: $name', async ({ first, second }) => {
    const { send, read } = makeBench();
    await send(first === undefined ? makeClusterDocument() : withLabels(first));

    await send(withLabels(second), { id: 'm2', atMs: 20_000 });

    expect(await read.document()).toMatchObject({ sequence: 1, messageId: 'm2' });
  });
});

describe('a message id', () => {
  const other = 'projects/p/subscriptions/other';

  it('that another subscription repeats is another message', async () => {
    const { send, read } = makeBench();
    await send(makeClusterDocument());

    await send(makeClusterDocument({ metadata: { name: 'second' } }), { subscription: other });

    expect(await read.message('m1')).toMatchObject({ messageId: 'm1', target: 'cluster/demo' });
    expect(await read.message('m1', other)).toMatchObject({ messageId: 'm1', target: 'cluster/second' });
  });

  it('that was refused from one subscription does not silence the other', async () => {
    const { letters, send } = makeBench();
    await send('junk');

    await send('junk', { subscription: other });

    expect(letters).toHaveLength(2);
  });

  it.each(['1'.repeat(5_000), 'a\u0000b', '../..'])('of any form has a record', async (id) => {
    const { send, read } = makeBench();

    await send(makeClusterDocument(), { id });

    expect(await read.message(id)).toMatchObject({ phase: 'done', messageId: id });
  });
});

describe('the greatest sequence', () => {
  const greatest = 1_000_000_000_000;

  it('does not keep its place for ever: the time of publishing still passes it', async () => {
    const { send, read } = makeBench();
    await send(makeClusterDocument({ metadata: { sequence: greatest } }));

    for (const [index, releaseChannel] of ['RAPID', 'STABLE', 'RAPID'].entries()) {
      await send(makeClusterDocument({ spec: { releaseChannel } }), { id: `n${index}`, atMs: 20_000 + index });
    }

    expect(await read.document()).toMatchObject({ sequence: greatest + 3, messageId: 'n2' });
  });

  it('is what the schema allows', async () => {
    const { send, read } = makeBench();

    await send(makeClusterDocument({ metadata: { sequence: greatest + 1 } }));

    expect(await read.message()).toMatchObject({
      phase: 'refused',
      reason: 'metadata.sequence = 1000000000001: must be a whole number from 0 to 1000000000000; use 1000000000000',
    });
  });
});
