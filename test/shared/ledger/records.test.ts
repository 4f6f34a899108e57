import { describe, expect, it } from 'vitest';
import { messageKey } from '#shared/ledger/records.ts';

const subscription = 'projects/p/subscriptions/inference-fleet-intake';

describe('the key of a message', () => {
  it('can be read by a person', () => {
    expect(messageKey({ subscription, messageId: '17' })).toEqual({
      collection: 'messages',
      id: 'projects/p/subscriptions/inference-fleet-intake:17',
    });
  });

  it.each([
    { name: 'the longest id is not too long', messageId: '9'.repeat(100_000) },
    { name: 'half a character does not stand in it', messageId: 'a\ud800b' },
    { name: 'control characters do not stand in it', messageId: 'a\u0000\n\u0085b' },
    { name: 'bytes count, not characters', messageId: '€'.repeat(300) },
  ])('fits every store: $name', ({ messageId }) => {
    const { id } = messageKey({ subscription, messageId });

    expect(id).toMatch(/^\P{Cc}+$/u);
    expect(id.isWellFormed()).toBe(true);
    expect(Buffer.byteLength(id)).toBeLessThanOrEqual(500);
  });

  it('differs by subscription and by id, shortened or not', () => {
    const long = '9'.repeat(1_000);
    const messages = [
      { subscription, messageId: '1' },
      { subscription: 'other', messageId: '1' },
      { subscription, messageId: '2' },
      { subscription, messageId: long },
      { subscription: 'other', messageId: long },
      { subscription, messageId: `${long}9` },
    ];

    expect(new Set(messages.map((message) => messageKey(message).id)).size).toBe(messages.length);
  });
});
