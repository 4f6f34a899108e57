import { textOf, textsOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import type { Attributes } from './filter.ts';
import { attributeTooLong, emptyMessage, messageTooLarge } from './rejections.ts';

/** A published message. */
export interface Message {
  readonly messageId: string;
  /** RFC 3339, world time. */
  readonly publishTime: string;
  /** Base64; empty when only attributes were sent. */
  readonly data: string;
  readonly attributes: Attributes;
  readonly orderingKey?: string;
}

/** Pub/Sub documentation, "Quotas and limits": bytes of one message, attributes of one, bytes of a key, a value, an ordering key. */
const LIMITS = { messageBytes: 10_000_000, attributes: 100, keyBytes: 256, valueBytes: 1024, orderingKeyBytes: 1024 };

/** Checks what a publisher sent and stamps it. */
export function stampMessage(request: JsonMap, stamp: Pick<Message, 'messageId' | 'publishTime'>): Message {
  const data = textOf(request, 'data') ?? '';
  const attributes = textsOf(request, 'attributes');
  const orderingKey = textOf(request, 'orderingKey');
  if (data === '' && Object.keys(attributes).length === 0) reject(emptyMessage);
  checkSize(data, attributes);
  limit('ordering_key', Buffer.byteLength(orderingKey ?? ''), LIMITS.orderingKeyBytes);
  return { ...stamp, data, attributes, ...(orderingKey !== undefined && { orderingKey }) };
}

function checkSize(data: string, attributes: Attributes): void {
  const entries = Object.entries(attributes);
  let messageBytes = Buffer.byteLength(data, 'base64');
  for (const [key, value] of entries) {
    limitPart(key, 'key', Buffer.byteLength(key));
    limitPart(key, 'value', Buffer.byteLength(value));
    messageBytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  limit('attribute_count', entries.length, LIMITS.attributes);
  limit('request_size', messageBytes, LIMITS.messageBytes);
}

function limit(what: string, size: number, maximum: number): void {
  if (size > maximum) reject(messageTooLarge, what, size, maximum);
}

/** The service says "characters" of what its documentation counts in bytes. */
function limitPart(attribute: string, part: 'key' | 'value', length: number): void {
  const maximum = LIMITS[`${part}Bytes`];
  if (length > maximum) reject(attributeTooLong, attribute, part, { length, maximum });
}

/** As `google.pubsub.v1.PubsubMessage`. */
export function writeMessage({ messageId, publishTime, data, attributes, orderingKey }: Message): JsonMap {
  return {
    messageId,
    publishTime,
    ...(data !== '' && { data }),
    ...(Object.keys(attributes).length > 0 && { attributes: { ...attributes } }),
    ...(orderingKey !== undefined && { orderingKey }),
  };
}

/**
 * Body of a push request ("wrapped" form, Pub/Sub documentation "Push subscriptions"): ids and times come in both spellings,
 * `deliveryAttempt` only with a dead-letter policy.
 */
export function pushEnvelope(message: Message, subscription: string, deliveryAttempt: number | undefined): Buffer {
  const { messageId, publishTime, data, attributes, orderingKey } = message;
  const envelope = {
    message: {
      ...(Object.keys(attributes).length > 0 && { attributes }),
      ...(data !== '' && { data }),
      messageId,
      message_id: messageId,
      ...(orderingKey !== undefined && { orderingKey }),
      publishTime,
      publish_time: publishTime,
    },
    subscription,
    ...(deliveryAttempt !== undefined && { deliveryAttempt }),
  };
  return Buffer.from(JSON.stringify(envelope));
}

/** Where a message that nobody took came from. */
export interface DeadLetterSource {
  /** Full name of the subscription that gave up. */
  readonly subscription: string;
  readonly deliveryCount: number;
}

/** The message as it is published to the dead-letter topic (Pub/Sub documentation, "Dead-letter topics", attributes table). */
export function toDeadLetter(message: Message, source: DeadLetterSource): JsonMap {
  const [, project = '', , subscription = ''] = source.subscription.split('/');
  return {
    data: message.data,
    attributes: {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(source.deliveryCount),
      CloudPubSubDeadLetterSourceSubscription: subscription,
      CloudPubSubDeadLetterSourceSubscriptionProject: project,
      // The attribute spells the zone as an offset: `2022-08-12T15:56:29.732+00:00`.
      CloudPubSubDeadLetterSourceTopicPublishTime: message.publishTime.replace('Z', '+00:00'),
    },
    ...(message.orderingKey !== undefined && { orderingKey: message.orderingKey }),
  };
}
