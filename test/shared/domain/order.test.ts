import { expect, it } from 'vitest';
import { orderDocument, type AcceptedPlace, type OrderPlace } from '#shared/domain/order.ts';

const stands: AcceptedPlace = { sequence: 3, publishTimeMs: 10_000, messageId: 'm5', contentHash: 'same' };
const make = (over: Partial<OrderPlace> = {}): OrderPlace => ({
  publishTimeMs: 20_000,
  messageId: 'm6',
  contentHash: 'other',
  ...over,
});

it.each([
  {
    name: 'the first document is sequence 1',
    stands: undefined,
    incoming: make(),
    expected: { kind: 'newer', sequence: 1 },
  },
  {
    name: 'the first document keeps its own sequence',
    stands: undefined,
    incoming: make({ sequence: 8 }),
    expected: { kind: 'newer', sequence: 8 },
  },
  {
    name: 'a greater sequence replaces, even when published earlier',
    stands,
    incoming: make({ sequence: 4, publishTimeMs: 1 }),
    expected: { kind: 'newer', sequence: 4 },
  },
  {
    name: 'the same sequence with the same content changes nothing',
    stands,
    incoming: make({ sequence: 3, contentHash: 'same' }),
    expected: { kind: 'same' },
  },
  {
    name: 'the same sequence with other content is stale',
    stands,
    incoming: make({ sequence: 3 }),
    expected: { kind: 'stale' },
  },
  { name: 'a smaller sequence is stale', stands, incoming: make({ sequence: 2 }), expected: { kind: 'stale' } },
  {
    name: 'the very message changes nothing',
    stands,
    incoming: make({ messageId: 'm5', publishTimeMs: 10_000 }),
    expected: { kind: 'same' },
  },
  { name: 'a later publish time replaces', stands, incoming: make(), expected: { kind: 'newer', sequence: 4 } },
  {
    name: 'a later publish time with the same content keeps the sequence',
    stands,
    incoming: make({ contentHash: 'same' }),
    expected: { kind: 'renewed', sequence: 3 },
  },
  {
    name: 'an earlier publish time is stale',
    stands,
    incoming: make({ publishTimeMs: 9_999 }),
    expected: { kind: 'stale' },
  },
  {
    name: 'a tie of publish times is broken by the message id',
    stands,
    incoming: make({ publishTimeMs: 10_000 }),
    expected: { kind: 'newer', sequence: 4 },
  },
  {
    name: 'the smaller message id of a tie is stale',
    stands,
    incoming: make({ publishTimeMs: 10_000, messageId: 'm4' }),
    expected: { kind: 'stale' },
  },
])('$name', ({ stands: standing, incoming, expected }) => {
  expect(orderDocument(standing, incoming)).toMatchObject(expected);
});

it('says how to pass a stale document', () => {
  const refused = orderDocument(stands, make({ sequence: 2 }));

  expect(refused).toEqual({
    kind: 'stale',
    reason: 'metadata.sequence 2 is older than 3, which stands: use metadata.sequence 4 or more',
  });
});
