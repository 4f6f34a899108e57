/** Wire → intent: what a message asks for, or why it cannot be understood. Pure. */
import type { Delivery } from '#shared/delivery.ts';
import type { FleetCommand } from '#shared/domain/command.ts';
import { formatProblems, parseRequest, type FleetDocument } from '#shared/documents/index.ts';
import { catalogue } from '#manifests/catalogue/index.ts';
import { type AlertNotice, parseAlert } from './alert.ts';
import { hashOf } from '../content-hash.ts';
import { aboutOf } from './about.ts';
import type { About } from './message-record.ts';
import { readValue } from './read-value.ts';
import { type Sender, toSender, unknownSender } from './sender.ts';

/** Everything that a message can ask for: a new kind of intent is one member here and one branch in `accept.ts`. */
export type Intent = DocumentIntent | CommandIntent | AlertIntent | RefusedIntent;

/** The wanted state of one target. */
export interface DocumentIntent {
  readonly kind: 'document';
  readonly sender: Sender;
  readonly document: FleetDocument;
  readonly contentHash: string;
}

/** Something to be done to a target, or to all of them, now. */
export interface CommandIntent {
  readonly kind: 'command';
  readonly sender: Sender;
  readonly command: FleetCommand;
}

/** A reason to look at a target. */
export interface AlertIntent {
  readonly kind: 'alert';
  readonly sender: Sender;
  readonly alert: AlertNotice;
  /** Absent: somebody tries the channel out. */
  readonly target?: string;
}

export interface RefusedIntent {
  readonly kind: 'refused';
  readonly sender: Sender;
  readonly reason: string;
  readonly about: About;
}

/** `nowMs` stands in for the publish time where the carrier does not say it. */
export function parseIntent(delivery: Delivery, nowMs: number): Intent {
  switch (delivery.kind) {
    case 'message': {
      const sender = toSender(delivery.message, nowMs);
      const reading = readValue(sender.text);
      return reading.kind === 'value' ? toIntent(sender, reading.value) : refused(sender, reading.reason);
    }
    case 'timer':
      return refused(unknownSender(JSON.stringify(delivery.timer), nowMs), 'a timer was sent to intake');
    case 'unreadable':
      return refused(unknownSender(delivery.text, nowMs), delivery.reason);
  }
}

function toIntent(sender: Sender, value: unknown): Intent {
  const alert = parseAlert(value);
  if (alert !== undefined) {
    if (alert.kind === 'refused') return { kind: 'refused', sender, reason: alert.reason, about: alert.about };
    return { kind: 'alert', sender, alert: alert.notice, ...(alert.kind === 'hint' && { target: alert.target }) };
  }
  const parsed = parseRequest(value, catalogue);
  if (!parsed.ok) return refused(sender, formatProblems(parsed.problems).join('\n'), aboutOf(value));
  if (parsed.kind === 'command') return { kind: 'command', sender, command: parsed.command };
  return { kind: 'document', sender, document: parsed.document, contentHash: hashOf(parsed.document) };
}

function refused(sender: Sender, reason: string, about: About = {}): RefusedIntent {
  return { kind: 'refused', sender, reason, about };
}
