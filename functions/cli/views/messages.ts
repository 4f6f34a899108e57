/** What came in, newest first. Pure. */
import { actorText } from '#shared/domain/actor.ts';
import type { MessageRow } from '../status-answers.ts';
import { type Line, type Span, span } from '../text/line.ts';
import { toTable } from '../text/table.ts';
import { formatInstant } from '#shared/domain/time-text.ts';

export function messageTable(messages: readonly MessageRow[]): readonly Line[] {
  return toTable(['RECEIVED', 'PHASE', 'KIND', 'TARGET', 'FROM', 'MESSAGE', 'REASON'], messages.map(toCells));
}

function toCells({ receivedAtMs, phase, kind, alert, target, actor, messageId, reason }: MessageRow): readonly Span[] {
  return [
    span(formatInstant(receivedAtMs)),
    span(phase, phase === 'refused' ? 'red' : 'green'),
    span(alert === undefined ? (kind ?? '-') : `${kind ?? '-'} ${alert.state}`),
    span(target ?? '-'),
    span(actorText(actor)),
    span(messageId),
    span(firstLine(reason ?? '-')),
  ];
}

/** A refusal names every problem on a line of its own; `-o json` has them all. */
function firstLine(text: string): string {
  const [first = '', ...more] = text.split('\n');
  return more.length === 0 ? first : `${first} (and ${more.length} more)`;
}
