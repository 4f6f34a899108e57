/** Wire → intent: what a message asks for, or why it cannot be understood. Pure. */
import { createHash } from 'node:crypto';
import {
  type Delivery,
  type Message,
  ORIGINAL_MESSAGE_ID,
  ORIGINAL_PUBLISH_TIME_MS,
  parseJson,
} from '#shared/delivery.ts';
import { formatProblem, parseDocument, type FleetDocument } from '#shared/documents/index.ts';
import { catalogue } from '#manifests/catalogue/index.ts';

/** Who sent what, and its place in the order; what every message has, understood or not. */
export interface Sender {
  /** Id of this very message: what its record is kept under. */
  readonly messageId: string;
  /** The id and time that count in the order of documents: a replay has those of its original (D1). */
  readonly originalMessageId: string;
  readonly publishTimeMs: number;
  /** `topic:<subscription>`: a direct publisher is known only by the way it came (D11). */
  readonly actor: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export type Intent =
  | {
      readonly kind: 'document';
      readonly sender: Sender;
      readonly document: FleetDocument;
      readonly contentHash: string;
    }
  | { readonly kind: 'refused'; readonly sender: Sender; readonly reason: string };

/** `nowMs` stands in for the publish time where the carrier does not say it. */
export function parseIntent(delivery: Delivery, nowMs: number): Intent {
  if (delivery.kind !== 'message') {
    const isTimer = delivery.kind === 'timer';
    const reason = isTimer ? 'a timer was sent to intake' : delivery.reason;
    const text = isTimer ? JSON.stringify(delivery.timer) : delivery.text;
    return { kind: 'refused', sender: unknownSender(text, nowMs), reason };
  }
  const sender = toSender(delivery.message, nowMs);
  const value = parseJson(sender.text);
  if (value === undefined) {
    return { kind: 'refused', sender, reason: 'the message is not JSON: publish one document as JSON' };
  }
  const parsed = parseDocument(value, catalogue);
  if (!parsed.ok) return { kind: 'refused', sender, reason: parsed.problems.map(formatProblem).join('\n') };
  return { kind: 'document', sender, document: parsed.document, contentHash: hashOf(parsed.document) };
}

function toSender(message: Message, nowMs: number): Sender {
  const receivedTimeMs = message.publishTimeMs ?? nowMs;
  const originalTimeMs = Number(message.attributes[ORIGINAL_PUBLISH_TIME_MS]);
  // A replay was published before it is replayed; anything else would claim a place that nothing could ever follow.
  const isReplay = originalTimeMs > 0 && originalTimeMs <= receivedTimeMs;
  return {
    messageId: message.messageId,
    originalMessageId: message.attributes[ORIGINAL_MESSAGE_ID] ?? message.messageId,
    publishTimeMs: isReplay ? originalTimeMs : receivedTimeMs,
    actor: `topic:${message.subscription.split('/').at(-1) ?? message.subscription}`,
    text: message.text,
    attributes: message.attributes,
  };
}

/** A body without an envelope has no id: its hash is one, so that its repetitions are one refusal. */
function unknownSender(text: string, nowMs: number): Sender {
  const messageId = `unreadable-${createHash('sha256').update(text).digest('hex').slice(0, 32)}`;
  return { messageId, originalMessageId: messageId, publishTimeMs: nowMs, actor: 'unknown', text, attributes: {} };
}

/** Hash of what the document wants; its sequence and labels are about the document, not part of the wish. */
function hashOf(document: FleetDocument): string {
  return createHash('sha256')
    .update(canonicalJson([document.kind, document.metadata.name, document.spec]))
    .digest('hex');
}

/** JSON with the keys of every object sorted, so that equal content has equal text. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
