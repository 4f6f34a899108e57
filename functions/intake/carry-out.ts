/** What all intents have in common: one transaction, then the wakes, and only then is the message done. */
import type { LedgerTransaction } from '#shared/ports/ledger.ts';
import type { Wake } from '#shared/ports/wakes.ts';
import type { PreparedWake } from '#shared/wakes.ts';
import { type About, putMessage, readMessage, refuse, settle } from './message-record.ts';
import type { IntakePorts } from './ports.ts';
import type { Sender } from './sender.ts';

/** What a transaction came to. */
export type Stored =
  /** An earlier delivery of this very message did everything, or there was nothing left to do. */
  | { readonly kind: 'settled' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'stored'; readonly wakes: readonly PreparedWake[] };

/** One message's business. */
export interface Errand {
  readonly sender: Sender;
  readonly about: About;
  /**
   * In the transaction. `isRepeated`: an earlier delivery has stored everything and stopped before its wakes were out, so only
   * those are prepared again: what came in meanwhile stands.
   */
  store(transaction: LedgerTransaction, isRepeated: boolean): Promise<Stored>;
  /** Besides the wakes, before the message is done; runs again with a repeated delivery. */
  afterwards?(): Promise<void>;
}

/** Repeatable at every point: what an earlier delivery has stored is not stored again, and what it may not have sent is sent. */
export async function carryOut(ports: IntakePorts, errand: Errand): Promise<void> {
  const { sender, about } = errand;
  const stored = await ports.ledger.transact((transaction) => storeOnce(transaction, errand));
  if (stored.kind === 'settled') return;
  if (stored.kind === 'refused') return await refuse(ports, sender, { reason: stored.reason, about });
  for (const { wake, begunAnew } of stored.wakes) {
    if (begunAnew !== undefined) {
      ports.log.error('began an unreadable wake record anew', { ...toFields(wake), reason: begunAnew });
    }
  }
  // Published even if an earlier delivery of this message has stored the wake: it may have stopped before publishing.
  await Promise.all(stored.wakes.map(({ wake }) => ports.wakes.publish(wake)));
  await errand.afterwards?.();
  await settle(ports, sender, { phase: 'done', ...about });
  ports.log.info('accepted', { messageId: sender.messageId, ...about });
}

async function storeOnce(transaction: LedgerTransaction, errand: Errand): Promise<Stored> {
  const { sender, about } = errand;
  const earlier = await readMessage(transaction, sender);
  if (earlier !== undefined && earlier.phase !== 'accepted') return { kind: 'settled' };
  const stored = await errand.store(transaction, earlier !== undefined);
  if (stored.kind !== 'stored') return stored;
  if (earlier === undefined) {
    putMessage(transaction, sender, { phase: 'accepted', ...about, receivedAtMs: transaction.nowMs });
  }
  for (const wake of stored.wakes) wake.write(transaction);
  return stored;
}

function toFields({ automation, target }: Wake) {
  return { automation, target };
}
