/** Stores what a document wants, wakes the automations that it concerns, and only then calls the message done. */
import { orderDocument } from '#shared/domain/order.ts';
import { targetOf } from '#shared/documents/index.ts';
import { DocumentRecord, documentKey } from '#shared/ledger/records.ts';
import type { LedgerTransaction } from '#shared/ports/ledger.ts';
import type { Wake } from '#shared/ports/wakes.ts';
import { type PreparedWake, prepareWake } from '#shared/wakes.ts';
import { concernedBy } from '../registry.ts';
import type { DocumentIntent } from './intent.ts';
import { putMessage, readMessage, refuse, settle } from './message-record.ts';
import type { IntakePorts } from './ports.ts';

export async function acceptDocument(ports: IntakePorts, intent: DocumentIntent): Promise<void> {
  const { sender, document } = intent;
  const stored = await ports.ledger.transact((transaction) => store(transaction, intent));
  if (stored.kind === 'settled') return;
  if (stored.kind === 'stale') return await refuse(ports, sender, stored.reason);
  // Published even if an earlier delivery of this message has stored the wake: it may have stopped before publishing.
  await Promise.all(stored.wakes.map((wake) => ports.wakes.publish(wake)));
  const target = targetOf(document);
  await settle(ports, sender, { phase: 'done', kind: document.kind, target });
  ports.log.info('accepted', { messageId: sender.messageId, target });
}

type Stored =
  /** An earlier delivery of this very message did everything. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'stale'; readonly reason: string }
  | { readonly kind: 'stored'; readonly wakes: readonly Wake[] };

async function store(transaction: LedgerTransaction, intent: DocumentIntent): Promise<Stored> {
  const { sender, document, contentHash } = intent;
  const target = targetOf(document);
  const earlier = await readMessage(transaction, sender);
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
  putMessage(transaction, sender, { phase: 'accepted', kind, target, receivedAtMs: transaction.nowMs });
  return writeWakes(transaction, wakes);
}

function writeWakes(transaction: LedgerTransaction, wakes: readonly PreparedWake[]): Stored {
  for (const wake of wakes) wake.write(transaction);
  return { kind: 'stored', wakes: wakes.map(({ wake }) => wake) };
}

async function readDocument(transaction: LedgerTransaction, target: string): Promise<DocumentRecord | undefined> {
  const stored = await transaction.get(documentKey(target));
  return stored === undefined ? undefined : DocumentRecord.parse(stored);
}
