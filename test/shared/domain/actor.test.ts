import { describe, expect, it } from 'vitest';
import { actorText, publisherActor } from '#shared/domain/actor.ts';

describe('a publisher', () => {
  it.each([
    { via: 'topic:requests', claim: undefined, shown: 'a publisher to topic requests' },
    { via: 'topic:requests', claim: 'ada@laptop', shown: 'ada@laptop (unverified)' },
    { via: 'subscription:other', claim: undefined, shown: 'a publisher through subscription other' },
    { via: 'subscription:other', claim: 'ada@laptop', shown: 'ada@laptop (unverified)' },
    // No claim may look like an actor that somebody has made sure of, or like a sentence of ours.
    { via: 'topic:requests', claim: 'status:alice@example.com', shown: 'a publisher to topic requests' },
    { via: 'topic:requests', claim: 'ada (verified)', shown: 'a publisher to topic requests' },
    { via: 'topic:requests', claim: 'a'.repeat(101), shown: 'a publisher to topic requests' },
    { via: 'topic:requests', claim: 'a\nb', shown: 'a publisher to topic requests' },
    { via: 'topic:requests', claim: '', shown: 'a publisher to topic requests' },
  ])('$via who says "$claim" is $shown', ({ via, claim, shown }) => {
    expect(actorText(publisherActor(via, claim))).toBe(shown);
  });
});

it('an actor of another kind is shown as it is', () => {
  expect(actorText('alice@example.com')).toBe('alice@example.com');
});
