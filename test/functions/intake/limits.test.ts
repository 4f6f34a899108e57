/** Whatever a message holds, it is refused once, in one delivery, with a reason that the ledger takes. */
import { describe, expect, it } from 'vitest';
import { parseDelivery } from '#shared/delivery.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { accept } from '../../../functions/intake/accept.ts';
import { parseIntent } from '../../../functions/intake/intent.ts';
import { makeClusterDocument } from '../../support/make-cluster.ts';
import { makeBench, makePush } from './intake-bench.ts';

/** A valid document with one more field, which holds so many arrays inside one another. */
function nestedDocument(levels: number): string {
  return JSON.stringify(makeClusterDocument()).replace(
    '"spec":{',
    `"spec":{"deep":${'['.repeat(levels)}${']'.repeat(levels)},`,
  );
}

const hollowPools = Array.from({ length: 100_000 }, () => ({}));
const manyUnknownFields: JsonObject = Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`unknown${i}`, 1]));
const wrongPools = Array.from({ length: 64 }, () => ({ ['x'.repeat(5_000)]: 'y'.repeat(500) }));

describe('a message that cannot be taken', () => {
  it.each([
    { name: 'thousands of unknown fields', text: JSON.stringify(makeClusterDocument({ spec: manyUnknownFields })) },
    { name: 'one huge key', text: JSON.stringify(makeClusterDocument({ spec: { ['x'.repeat(500_000)]: 1 } })) },
    { name: 'many long keys', text: JSON.stringify(makeClusterDocument({ spec: { gpuPools: wrongPools } })) },
    { name: 'one huge key, too large to be read', text: JSON.stringify({ ['x'.repeat(3_000_000)]: 1 }) },
    { name: 'thousands of brackets', text: nestedDocument(5_000) },
    { name: 'a quarter of a million brackets', text: nestedDocument(250_000) },
    {
      name: 'a hundred thousand entries of one list',
      text: JSON.stringify(makeClusterDocument({ pool: { taints: Array.from({ length: 100_000 }, () => ({})) } })),
    },
    {
      name: 'as many wrong entries as it may have',
      text: JSON.stringify(makeClusterDocument({ pool: { taints: Array.from({ length: 9_900 }, () => ({})) } })),
    },
    {
      name: 'a hundred thousand pools',
      text: JSON.stringify(makeClusterDocument({ spec: { gpuPools: hollowPools } })),
    },
    { name: 'nothing but brackets', text: `${'['.repeat(100_000)}${']'.repeat(100_000)}` },
  ])('is refused once, however often it comes, with a short reason: $name', async ({ text }) => {
    const { letters, send, read } = makeBench();

    await send(text);
    await send(text);

    const { phase, reason = '', excerpt = '' } = await read.message();
    expect(phase).toBe('refused');
    expect(letters).toMatchObject([{ reason, text }]);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(8 * 1024);
    expect(Buffer.byteLength(excerpt)).toBeLessThanOrEqual(2_000);
  });

  it('is not parsed when it is too large', () => {
    const text = `not JSON ${'x'.repeat(600_000)}`;

    const intent = parseIntent(makePush(text), 1);

    expect(intent).toMatchObject({
      kind: 'refused',
      reason: 'the message has 600009 bytes, at most 524288 are read: make it smaller',
    });
  });

  it('says how deep it may be nested', () => {
    expect(parseIntent(makePush(nestedDocument(63)), 1)).toMatchObject({
      reason: 'the message must not be nested deeper than 64 levels: remove what is nested so deep',
    });
    expect(parseIntent(makePush(nestedDocument(62)), 1)).toMatchObject({
      reason: expect.stringMatching(/^spec\.deep = [[\]]+…: is not a field of this version/),
    });
  });

  it('says how many problems its reason has no room for', async () => {
    const { send, read } = makeBench();

    await send(makeClusterDocument({ spec: manyUnknownFields }));

    const lines = (await read.message()).reason?.split('\n') ?? [];
    expect(lines.at(-1)).toBe(`and ${9_000 - (lines.length - 1)} more`);
  });
});

it('a body nested too deep to be written again is refused once too', async () => {
  const { ports, letters } = makeBench();
  const body: unknown = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`);

  await accept(ports, parseIntent(parseDelivery(body), 5));
  await accept(ports, parseIntent(parseDelivery(body), 6));

  expect(letters).toHaveLength(1);
});

it('an envelope with thousands of faults has a short reason too', async () => {
  const { ports, letters } = makeBench();
  const attributes = Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`attribute${i}`, i]));

  await accept(ports, parseIntent(parseDelivery({ message: { messageId: '1', attributes }, subscription: 's' }), 5));

  expect(letters).toHaveLength(1);
  expect(letters[0]?.reason).toMatch(/^✖ Invalid input[^]+…$/);
  expect(Buffer.byteLength(letters[0]?.reason ?? '')).toBeLessThanOrEqual(8 * 1024);
});
