/** Wire → intent: what a message asks for, or why it cannot be understood. Pure. */
import type { Delivery } from '#shared/delivery.ts';
import { formatProblems, parseDocument, type FleetDocument } from '#shared/documents/index.ts';
import { catalogue } from '#manifests/catalogue/index.ts';
import { hashOf } from './content-hash.ts';
import { readValue } from './read-value.ts';
import { type Sender, toSender, unknownSender } from './sender.ts';

/** Everything that a message can ask for: a new kind of intent is one member here and one branch in `accept.ts`. */
export type Intent = DocumentIntent | RefusedIntent;

/** The wanted state of one target. */
export interface DocumentIntent {
  readonly kind: 'document';
  readonly sender: Sender;
  readonly document: FleetDocument;
  readonly contentHash: string;
}

export interface RefusedIntent {
  readonly kind: 'refused';
  readonly sender: Sender;
  readonly reason: string;
}

/** `nowMs` stands in for the publish time where the carrier does not say it. */
export function parseIntent(delivery: Delivery, nowMs: number): Intent {
  switch (delivery.kind) {
    case 'message': {
      const sender = toSender(delivery.message, nowMs);
      const reading = readValue(sender.text);
      return reading.kind === 'value' ? toIntent(sender, reading.value) : { ...reading, sender };
    }
    case 'timer': {
      const sender = unknownSender(JSON.stringify(delivery.timer), nowMs);
      return { kind: 'refused', sender, reason: 'a timer was sent to intake' };
    }
    case 'unreadable':
      return { kind: 'refused', sender: unknownSender(delivery.text, nowMs), reason: delivery.reason };
  }
}

function toIntent(sender: Sender, value: unknown): Intent {
  const parsed = parseDocument(value, catalogue);
  if (!parsed.ok) return { kind: 'refused', sender, reason: formatProblems(parsed.problems).join('\n') };
  return { kind: 'document', sender, document: parsed.document, contentHash: hashOf(parsed.document) };
}
