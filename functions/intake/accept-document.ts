/** Stores what a document wants, and the pools that it declares, and wakes the automations that they concern. */
import { orderDocument } from '#shared/domain/order.ts';
import { POOL_KIND } from '#shared/domain/pool-names.ts';
import { targetOf } from '#shared/documents/index.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import { DocumentRecord, documentKey } from '#shared/ledger/records.ts';
import type { Ledger, LedgerTransaction } from '#shared/ports/ledger.ts';
import { type PreparedWake, prepareWake } from '#shared/wakes.ts';
import type { Reading } from '../neighbours.ts';
import { readObjections } from '../objections.ts';
import { readPools } from '../pool-records.ts';
import { concernedBy } from '../registry.ts';
import { carryOut, type Stored } from './carry-out.ts';
import type { DocumentIntent } from './intent.ts';
import type { IntakePorts } from './ports.ts';

/**
 * A document that is stale, would leave something behind at another place, means another cluster of a name that others use, names
 * a workload of another document, or declares a pool otherwise than its owner, is refused whole: nothing of it is written.
 */
export async function acceptDocument(ports: IntakePorts, intent: DocumentIntent): Promise<void> {
  const { sender, document } = intent;
  await carryOut(ports, {
    sender,
    about: { kind: document.kind, target: targetOf(document) },
    store: (transaction, isRepeated) => store({ transaction, ledger: ports.ledger, isRepeated }, intent),
  });
}

interface Storing {
  readonly transaction: LedgerTransaction;
  readonly ledger: Ledger;
  readonly isRepeated: boolean;
}

async function store(
  { transaction, ledger, isRepeated }: Storing,
  { sender, document, contentHash }: DocumentIntent,
): Promise<Stored> {
  const target = targetOf(document);
  const stands = await readRecord(transaction, documentKey(target), DocumentRecord);
  const reading: Reading = {
    get: (key) => transaction.get(key),
    find: (collection, query) => ledger.find(collection, query),
  };
  const [pools, objections] = await Promise.all([
    readPools(transaction, document, stands),
    readObjections(reading, document, stands),
  ]);
  const { kind } = document;
  const wakes = await prepareWakes(transaction, { kind, target, pools: pools.targets });
  if (isRepeated) return { kind: 'stored', wakes };
  const { publishTimeMs, actor } = sender;
  const place = { messageId: sender.originalMessageId, publishTimeMs, contentHash };
  const given = document.metadata.sequence;
  const decision = orderDocument(stands, { ...place, ...(given !== undefined && { sequence: given }) });
  if (decision.kind === 'stale') return { kind: 'refused', reason: decision.reason };
  const reasons = [...objections.reasons, ...pools.conflicts];
  if (reasons.length > 0) return { kind: 'refused', reason: reasons.join('\n') };
  if (decision.kind !== 'same') {
    const acceptedAtMs = decision.kind === 'renewed' && stands !== undefined ? stands.acceptedAtMs : transaction.nowMs;
    const { sequence } = decision;
    const record: DocumentRecord = { kind, target, document: { ...document }, sequence, ...place, acceptedAtMs, actor };
    transaction.put(documentKey(target), record);
    objections.write(transaction);
  }
  pools.write(transaction, { actor, publishTimeMs, messageId: sender.originalMessageId });
  return { kind: 'stored', wakes };
}

async function prepareWakes(
  transaction: LedgerTransaction,
  { kind, target, pools }: { readonly kind: string; readonly target: string; readonly pools: readonly string[] },
): Promise<readonly PreparedWake[]> {
  const wakes = [
    ...concernedBy(kind).map((automation) => ({ automation, target })),
    ...concernedBy(POOL_KIND).flatMap((automation) => pools.map((pool) => ({ automation, target: pool }))),
  ];
  return await Promise.all(wakes.map((wake) => prepareWake(transaction, wake)));
}
