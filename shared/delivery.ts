/** Reads what a function is handed: a Pub/Sub push, an Eventarc CloudEvent or a Cloud Tasks body, whichever way it was deployed (D2). */
import { z } from 'zod';
import { parseJson } from './domain/json.ts';
import { stringifyBounded } from './domain/json-bounds.ts';

/** One message, whatever carried it. */
export interface Message {
  readonly messageId: string;
  /** Unix ms; absent where the carrier does not say. */
  readonly publishTimeMs?: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** The payload as text (UTF-8), possibly empty. */
  readonly text: string;
  /** Full name of the subscription, e.g. `projects/p/subscriptions/intake`. */
  readonly subscription: string;
  /** 1 for the first delivery; absent where the subscription has no dead-letter policy. */
  readonly deliveryAttempt?: number;
}

/** What a timer carries: the check that it serves (shared/ports/wakes.ts, Timer). */
export interface FiredTimer {
  readonly automation: string;
  readonly target: string;
  readonly nextCheckAtMs: number;
}

/** `unreadable` is neither a message nor a timer: intake refuses it in words, an automation drops it with a line in the log. */
export type Delivery =
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'timer'; readonly timer: FiredTimer }
  | { readonly kind: 'unreadable'; readonly reason: string; readonly text: string };

/** Attributes by which a replayed dead letter keeps its original place in the order of documents (D1). */
export const ORIGINAL_MESSAGE_ID = 'fleetOriginalMessageId';
export const ORIGINAL_PUBLISH_TIME_MS = 'fleetOriginalPublishTimeMs';

/** Attribute in which a publisher says who it is, e.g. `ada@laptop`; nobody has checked it. */
export const SENDER = 'fleetSender';

/**
 * The publish time of the original, RFC 3339, in messages that Pub/Sub itself put aside after too many failed deliveries
 * (Pub/Sub documentation, "Dead-letter topics", attributes table). The original's message id is in no attribute of it.
 */
export const DEAD_LETTER_PUBLISH_TIME = 'CloudPubSubDeadLetterSourceTopicPublishTime';

/** RFC 3339 with any offset, as Pub/Sub writes it. */
const Instant = z.iso.datetime({ offset: true });

/**
 * The push envelope. `messageId` and `message_id` carry the same value, as do the two spellings of the time
 * (Pub/Sub documentation, "Push subscriptions"); the snake-case ones are not read.
 */
const PushEnvelope = z.object({
  message: z.object({
    messageId: z.string().min(1),
    publishTime: Instant.optional(),
    attributes: z.record(z.string(), z.string()).optional(),
    // Not zod's own pattern: on 10 MB, which Pub/Sub allows, it exhausts the stack.
    data: z
      .string()
      .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64')
      .optional(),
  }),
  subscription: z.string(),
  deliveryAttempt: z.number().int().positive().optional(),
});

/** A structured CloudEvent wraps the same envelope in `data`; a binary one has it as the body. */
const StructuredEvent = z.object({ specversion: z.string(), data: PushEnvelope });

const TimerBody = z.object({
  timer: z.object({ automation: z.string(), target: z.string(), nextCheckAtMs: z.number() }),
});

/** `body` is the parsed JSON of the request. */
export function parseDelivery(body: unknown): Delivery {
  const timer = TimerBody.safeParse(body);
  if (timer.success) return { kind: 'timer', timer: timer.data.timer };
  const event = StructuredEvent.safeParse(body);
  const push = PushEnvelope.safeParse(event.success ? event.data.data : body);
  if (!push.success) {
    return { kind: 'unreadable', reason: z.prettifyError(push.error), text: stringifyBounded(body) };
  }
  return { kind: 'message', message: toMessage(push.data) };
}

function toMessage(envelope: z.infer<typeof PushEnvelope>): Message {
  const { message, subscription, deliveryAttempt } = envelope;
  return {
    messageId: message.messageId,
    attributes: message.attributes ?? {},
    text: Buffer.from(message.data ?? '', 'base64').toString('utf8'),
    subscription,
    ...(message.publishTime !== undefined && { publishTimeMs: Date.parse(message.publishTime) }),
    ...(deliveryAttempt !== undefined && { deliveryAttempt }),
  };
}

/** Unix ms of an RFC 3339 time; undefined: there is none. */
export function parseInstantMs(text: string | undefined): number | undefined {
  const parsed = Instant.safeParse(text);
  return parsed.success ? Date.parse(parsed.data) : undefined;
}

const WakeBody = z.object({ wake: z.object({ automation: z.string(), target: z.string() }) });

/** The wake in a message's text; undefined: there is none. */
export function parseWake(text: string): { readonly automation: string; readonly target: string } | undefined {
  const parsed = WakeBody.safeParse(parseJson(text));
  return parsed.success ? parsed.data.wake : undefined;
}
