/** Stores what a message wants, wakes the automations that it concerns, and only then calls the message done. */
import { orderDocument } from '#shared/domain/order.ts';
import { targetOf } from '#shared/documents/index.ts';
import { DocumentRecord, documentKey, MessageRecord, messageKey } from '#shared/ledger/records.ts';
import type { Clock } from '#shared/ports/clock.ts';
import type { DeadLetters } from '#shared/ports/dead-letters.ts';
import type { Ledger, LedgerTransaction } from '#shared/ports/ledger.ts';
import type { Log } from '#shared/ports/log.ts';
import type { Wake, WakePublisher } from '#shared/ports/wakes.ts';
import { type PreparedWake, prepareWake } from '#shared/wakes.ts';
import { concernedBy } from '../registry.ts';
import type { Intent, Sender } from './intent.ts';

export interface IntakePorts {
  readonly ledger: Ledger;
  readonly wakes: WakePublisher;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
}

/** A document larger than this (bytes of JSON) could not be stored with its record; the ledger's own limit is 1 MiB. */
const MAX_MESSAGE_BYTES = 512 * 1024;

/** How much of a refused message status shows, characters; the dead-letter topic has all of it. */
const EXCERPT_CHARACTERS = 2_000;

export async function accept(ports: IntakePorts, intent: Intent): Promise<void> {
  if (intent.kind === 'refused') return await refuse(ports, intent.sender, intent.reason);
  if (Buffer.byteLength(intent.sender.text) > MAX_MESSAGE_BYTES) {
    const reason = `the document is larger than ${MAX_MESSAGE_BYTES} bytes: make it smaller`;
    return await refuse(ports, intent.sender, reason);
  }
  const stored = await ports.ledger.transact((transaction) => store(transaction, intent));
  if (stored.kind === 'settled') return;
  if (stored.kind === 'stale') return await refuse(ports, intent.sender, stored.reason);
  // Published even if an earlier delivery of this message has stored the wake: it may have stopped before publishing.
  await Promise.all(stored.wakes.map((wake) => ports.wakes.publish(wake)));
  await settle(ports, intent.sender, { phase: 'done', kind: intent.document.kind, target: targetOf(intent.document) });
  ports.log.info('accepted', { messageId: intent.sender.messageId, target: targetOf(intent.document) });
}

type Stored =
  /** An earlier delivery of this very message did everything. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'stale'; readonly reason: string }
  | { readonly kind: 'stored'; readonly wakes: readonly Wake[] };

async function store(transaction: LedgerTransaction, intent: Extract<Intent, { kind: 'document' }>): Promise<Stored> {
  const { sender, document, contentHash } = intent;
  const target = targetOf(document);
  const earlier = await readMessage(transaction, sender.messageId);
  if (earlier !== undefined && earlier.phase !== 'accepted') return { kind: 'settled' };
  const stands = await readDocument(transaction, target);
  const wakes = await Promise.all(
    concernedBy(document.kind).map((automation) => prepareWake(transaction, { automation, target })),
  );
  // Stored by an earlier delivery that stopped before the wakes were out: only those are repeated, the order stands.
  if (earlier !== undefined) return writeWakes(transaction, wakes);
  const { publishTimeMs, actor } = sender;
  const place = { messageId: sender.originalMessageId, publishTimeMs, contentHash };
  const given = document.metadata.sequence;
  const decision = orderDocument(stands, { ...place, ...(given !== undefined && { sequence: given }) });
  if (decision.kind === 'stale') return decision;
  const kind = document.kind;
  if (decision.kind !== 'same') {
    const acceptedAtMs = decision.kind === 'renewed' && stands !== undefined ? stands.acceptedAtMs : transaction.nowMs;
    const { sequence } = decision;
    const record: DocumentRecord = { kind, target, document: { ...document }, sequence, ...place, acceptedAtMs, actor };
    transaction.put(documentKey(target), record);
  }
  const message: MessageRecord = {
    phase: 'accepted',
    receivedAtMs: transaction.nowMs,
    publishTimeMs,
    actor,
    kind,
    target,
  };
  transaction.put(messageKey(sender.messageId), message);
  return writeWakes(transaction, wakes);
}

function writeWakes(transaction: LedgerTransaction, wakes: readonly PreparedWake[]): Stored {
  for (const wake of wakes) wake.write(transaction);
  return { kind: 'stored', wakes: wakes.map(({ wake }) => wake) };
}

/** Nothing is lost: the refusal is in the dead-letter topic and in status before the message is acknowledged. */
async function refuse(ports: IntakePorts, sender: Sender, reason: string): Promise<void> {
  const earlier = await ports.ledger.get(messageKey(sender.messageId));
  if (earlier !== undefined && MessageRecord.parse(earlier).phase === 'refused') return;
  const { messageId, originalMessageId, publishTimeMs, text, attributes } = sender;
  await ports.deadLetters.publish({ reason, messageId: originalMessageId, publishTimeMs, text, attributes });
  await settle(ports, sender, { phase: 'refused', reason, excerpt: text.slice(0, EXCERPT_CHARACTERS) });
  ports.log.warn('refused', { messageId, reason });
}

async function settle(
  ports: IntakePorts,
  sender: Sender,
  outcome: Pick<MessageRecord, 'phase' | 'kind' | 'target' | 'reason' | 'excerpt'>,
): Promise<void> {
  await ports.ledger.transact(async (transaction) => {
    const earlier = await readMessage(transaction, sender.messageId);
    const { publishTimeMs, actor } = sender;
    const receivedAtMs = earlier?.receivedAtMs ?? transaction.nowMs;
    const record: MessageRecord = { receivedAtMs, publishTimeMs, actor, ...outcome };
    transaction.put(messageKey(sender.messageId), record);
  });
}

async function readMessage(transaction: LedgerTransaction, messageId: string): Promise<MessageRecord | undefined> {
  const stored = await transaction.get(messageKey(messageId));
  return stored === undefined ? undefined : MessageRecord.parse(stored);
}

async function readDocument(transaction: LedgerTransaction, target: string): Promise<DocumentRecord | undefined> {
  const stored = await transaction.get(documentKey(target));
  return stored === undefined ? undefined : DocumentRecord.parse(stored);
}
