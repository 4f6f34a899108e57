/** What became of a message: its record, which a repeated delivery finds, and the letter of one that was refused. */
import { cutToBytes } from '#shared/domain/cut.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import { MessageRecord, messageKey } from '#shared/ledger/records.ts';
import type { Ledger, LedgerTransaction } from '#shared/ports/ledger.ts';
import type { IntakePorts } from './ports.ts';
import type { Sender } from './sender.ts';

/** Bytes of a reason. A record that the ledger does not take would let every delivery refuse the message once more. */
const MAX_REASON_BYTES = 8 * 1024;

/** How much of a refused message status shows, bytes; the dead-letter topic has all of it. */
const MAX_EXCERPT_BYTES = 2_000;

export type Outcome = Pick<MessageRecord, 'phase' | 'kind' | 'target' | 'alert' | 'reason' | 'excerpt'>;

/** What a message is about, as far as it was understood. */
export type About = Pick<MessageRecord, 'kind' | 'target' | 'alert'>;

/** Nothing is lost: the refusal is in the dead-letter topic and in status before the message is acknowledged. */
export async function refuse(
  ports: IntakePorts,
  sender: Sender,
  { reason: fullReason, about }: { readonly reason: string; readonly about: About },
): Promise<void> {
  const earlier = await readMessage(ports.ledger, sender);
  if (earlier?.phase === 'refused') return;
  const { messageId, originalMessageId, publishTimeMs, text, attributes } = sender;
  const reason = cutToBytes(fullReason, MAX_REASON_BYTES);
  await ports.deadLetters.publish({ reason, messageId: originalMessageId, publishTimeMs, text, attributes });
  await settle(ports, sender, { phase: 'refused', ...about, reason, excerpt: cutToBytes(text, MAX_EXCERPT_BYTES) });
  ports.log.warn('refused', { messageId, ...about, reason });
}

/** Records what became of a message, whether an earlier delivery has begun its record or not. */
export async function settle(ports: IntakePorts, sender: Sender, outcome: Outcome): Promise<void> {
  await ports.ledger.transact(async (transaction) => {
    const earlier = await readMessage(transaction, sender);
    putMessage(transaction, sender, { ...outcome, receivedAtMs: earlier?.receivedAtMs ?? transaction.nowMs });
  });
}

/** What became of the message in an earlier delivery; undefined: this is its first. */
export function readMessage(
  store: Pick<Ledger | LedgerTransaction, 'get'>,
  sender: Sender,
): Promise<MessageRecord | undefined> {
  return readRecord(store, messageKey(sender), MessageRecord);
}

export function putMessage(
  transaction: LedgerTransaction,
  sender: Sender,
  rest: Outcome & Pick<MessageRecord, 'receivedAtMs'>,
): void {
  const { messageId, publishTimeMs, actor } = sender;
  const record: MessageRecord = { messageId, publishTimeMs, actor, ...rest };
  transaction.put(messageKey(sender), record);
}
