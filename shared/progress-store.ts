/** Reads and writes of the loop's own documents, each write guarded by the lease. */
import { type Controls, controlsOf } from './domain/controls.ts';
import { beginProgress, type Progress } from './domain/progress.ts';
import { buildIdOf } from './domain/request-id.ts';
import type { Lease } from './lease.ts';
import { readRecord } from './ledger/read-records.ts';
import {
  ControlRecord,
  controlKey,
  DocumentRecord,
  documentKey,
  Progress as StoredProgress,
  progressKey,
} from './ledger/records.ts';
import type { Ledger, LedgerKey } from './ports/ledger.ts';
import type { Wake } from './ports/wakes.ts';

/** What records are read from: the ledger, or what was read of it together. */
type Records = Pick<Ledger, 'get'>;

/** What a look begins with, asked for at once: in Firestore one call instead of four, one after the other. */
export async function readForLook(ledger: Ledger, wake: Wake): Promise<Records> {
  const keys = [documentKey(wake.target), progressKey(wake), controlKey(wake.target), controlKey(undefined)];
  const nameOf = ({ collection, id }: LedgerKey) => `${collection}/${id}`;
  const stored = new Map(await Promise.all(keys.map(async (key) => [nameOf(key), await ledger.get(key)] as const)));
  return { get: async (key) => stored.get(nameOf(key)) };
}

/** The document that is wanted for a target; undefined: nothing is. */
export function readWanted(records: Records, target: string): Promise<DocumentRecord | undefined> {
  return readRecord(records, documentKey(target), DocumentRecord);
}

/** What a person has stopped or set for a target, and for all. */
export async function readControls(records: Records, target: string, nowMs: number): Promise<Controls> {
  const [ofTarget, ofAll] = await Promise.all(
    [controlKey(target), controlKey(undefined)].map((key) => readRecord(records, key, ControlRecord)),
  );
  return controlsOf(ofTarget, ofAll, nowMs);
}

/** What is known of the target, or the first record of it (not yet written). */
export async function startProgress(records: Records, wake: Wake, wanted: DocumentRecord): Promise<Progress> {
  const stored = await readRecord(records, progressKey(wake), StoredProgress);
  if (stored !== undefined) return stored;
  const { sequence, acceptedAtMs } = wanted;
  return beginProgress({ ...wake, buildId: buildIdOf(wake), sequence }, acceptedAtMs);
}

/** Writes the record and renews the lease in the same transaction. `beforeLook`: the next thing is another look. */
export async function recordProgress(
  held: { readonly ledger: Ledger; readonly lease: Lease },
  progress: Progress,
  options: { readonly beforeLook: boolean },
): Promise<void> {
  await held.ledger.transact(async (transaction) => {
    await held.lease.renew(transaction, options);
    transaction.put(progressKey(held.lease.wake), progress);
  });
}
