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
    incoming: make({ messageId: 'm5', publishTimeMs: 10_000, contentHash: 'same' }),
    expected: { kind: 'same' },
  },
  {
    name: 'the id of the message that stands, with other content, is stale however late it is',
    stands,
    incoming: make({ messageId: 'm5' }),
    expected: { kind: 'stale' },
  },
  {
    name: 'message ids of a tie are numbers: 10 comes after 9',
    stands: { ...stands, messageId: '9' },
    incoming: make({ publishTimeMs: 10_000, messageId: '10' }),
    expected: { kind: 'newer', sequence: 4 },
  },
  {
    name: 'message ids of a tie are numbers: 9 comes before 10',
    stands: { ...stands, messageId: '10' },
    incoming: make({ publishTimeMs: 10_000, messageId: '9' }),
    expected: { kind: 'stale' },
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

const greatest: AcceptedPlace = { ...stands, sequence: 1_000_000_000_000 };

it.each([
  {
    stands,
    incoming: make({ sequence: 2 }),
    reason: 'metadata.sequence 2 is older than 3, which stands: use metadata.sequence 4 or more',
  },
  {
    stands,
    incoming: make({ sequence: 3 }),
    reason: 'metadata.sequence 3 stands already with other content: use metadata.sequence 4 or more',
  },
  {
    stands: greatest,
    incoming: make({ sequence: 2 }),
    reason: 'metadata.sequence 2 is older than 1000000000000, which stands: publish it without a metadata.sequence',
  },
  {
    stands,
    incoming: make({ publishTimeMs: 5_000 }),
    reason:
      'published at 1970-01-01T00:00:05.000Z, before the document that stands (1970-01-01T00:00:10.000Z, sequence 3): ' +
      'publish it again, or use metadata.sequence 4 or more',
  },
  {
    stands: greatest,
    incoming: make({ publishTimeMs: 5_000 }),
    reason:
      'published at 1970-01-01T00:00:05.000Z, before the document that stands (1970-01-01T00:00:10.000Z, sequence 1000000000000): ' +
      'publish it again',
  },
  {
    stands,
    incoming: make({ messageId: 'm5' }),
    reason:
      'message m5 stands already with other content (sequence 3): ' +
      'publish it as a message of its own, without the attributes of a replay',
  },
])('says how to pass a stale document: $reason', ({ stands: standing, incoming, reason }) => {
  expect(orderDocument(standing, incoming)).toEqual({ kind: 'stale', reason });
});
