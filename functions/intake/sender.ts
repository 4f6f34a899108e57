/** Who sent what, and its place in the order of messages. */
import { createHash } from 'node:crypto';
import {
  DEAD_LETTER_PUBLISH_TIME,
  type Message,
  ORIGINAL_MESSAGE_ID,
  ORIGINAL_PUBLISH_TIME_MS,
  parseInstantMs,
  SENDER,
} from '#shared/delivery.ts';
import { publisherActor } from '#shared/domain/actor.ts';

/** What every message has, understood or not. */
export interface Sender {
  /** Id of this very message: together with the subscription, what its record is kept under. */
  readonly messageId: string;
  /** Full name of the subscription that brought it; `unknown` without an envelope. */
  readonly subscription: string;
  /** The id and time that count in the order of documents: a replay has those of its original (D1). */
  readonly originalMessageId: string;
  readonly publishTimeMs: number;
  /** By which topic it came, and who it says that it is (shared/domain/actor.ts): a direct publisher is known by no more (D11). */
  readonly actor: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `nowMs` stands in for the publish time where the carrier does not say it. */
export function toSender(message: Message, nowMs: number): Sender {
  const { messageId, subscription, attributes, text } = message;
  const receivedTimeMs = message.publishTimeMs ?? nowMs;
  return {
    messageId,
    subscription,
    originalMessageId: attributes[ORIGINAL_MESSAGE_ID] ?? messageId,
    publishTimeMs: originalTimeMs(attributes, receivedTimeMs) ?? receivedTimeMs,
    actor: publisherActor(wayOf(subscription), attributes[SENDER]),
    text,
    attributes,
  };
}

/**
 * Topics of our own subscriptions, by their names in a deployment as it comes (infra/messaging.json, function.json beside this file):
 * a push says by which subscription it came, and people know the topic that they publish to.
 */
export const topicsBySubscription: Readonly<Record<string, string>> = {
  'inference-fleet-intake': 'inference-fleet-requests',
  'inference-fleet-intake-alerts': 'inference-fleet-alerts',
};

function wayOf(subscription: string): string {
  const name = subscription.split('/').at(-1) ?? subscription;
  const topic = topicsBySubscription[name];
  return topic === undefined ? `subscription:${name}` : `topic:${topic}`;
}

/**
 * When the original of a replay was published. Our own attribute wins over Pub/Sub's: a replay of our letter that Pub/Sub put aside
 * once more has both, and only ours is older than the replay.
 */
function originalTimeMs(attributes: Sender['attributes'], receivedTimeMs: number): number | undefined {
  const claims = [Number(attributes[ORIGINAL_PUBLISH_TIME_MS]), parseInstantMs(attributes[DEAD_LETTER_PUBLISH_TIME])];
  // A replay was published before it is replayed; anything else would claim a place that nothing could ever follow.
  return claims.find((claim) => claim !== undefined && claim > 0 && claim <= receivedTimeMs);
}

/** A body without an envelope has no id: its hash is one, so that its repetitions are one refusal. */
export function unknownSender(text: string, nowMs: number): Sender {
  const messageId = `unreadable-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  const actor = 'unknown';
  return {
    messageId,
    subscription: actor,
    originalMessageId: messageId,
    publishTimeMs: nowMs,
    actor,
    text,
    attributes: {},
  };
}
