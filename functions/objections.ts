/** Why a document that is valid by itself is refused beside what stands already. Intake decides by it, status foretells it. */
import { formatProblem, type FleetDocument, targetOf } from '#shared/documents/index.ts';
import { type AcceptedPlace, orderDocument } from '#shared/domain/order.ts';
import type { Problem } from '#shared/domain/problem.ts';
import { mayStand, moves, type Standing } from '#shared/domain/standing-place.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import { DocumentRecord, documentKey, Progress, progressKey, WakeRecord, wakeKey } from '#shared/ledger/records.ts';
import type { Ledger, LedgerTransaction } from '#shared/ports/ledger.ts';
import type { Wake } from '#shared/ports/wakes.ts';
import { hashOf } from './content-hash.ts';
import { type Reading, readNeighbours } from './neighbours.ts';
import { readPools } from './pool-records.ts';
import { wakesOf } from './registry.ts';

export interface Objections {
  /** One line each; none: nothing speaks against it. */
  readonly reasons: readonly string[];
  /** With the document, once it is accepted. */
  write(transaction: LedgerTransaction): void;
}

/** `stands`: the record of the document of the same target. Only reads; `write` comes after every other read. */
export async function readObjections(
  reading: Reading,
  document: FleetDocument,
  stands: DocumentRecord | undefined,
): Promise<Objections> {
  const [moved, neighbours] = await Promise.all([
    readMoves(reading, document, stands),
    readNeighbours(reading, document, stands),
  ]);
  const reasons = [...moved, ...neighbours.problems].map(formatProblem);
  return { reasons, write: (transaction) => neighbours.write(transaction) };
}

/** A name is all that a target is known by: under the old name nothing may stand elsewhere. */
async function readMoves(
  reading: Reading,
  document: FleetDocument,
  stands: DocumentRecord | undefined,
): Promise<readonly Problem[]> {
  if (stands === undefined) return [];
  const standing: Standing = { kind: document.kind, target: stands.target, document: stands.document };
  const incoming = { ...document };
  if (moves(standing, incoming).length === 0) return [];
  const looks = await Promise.all(wakesOf(stands.target).map((wake) => readLook(reading, standing, wake)));
  if (looks.includes('may stand')) return moves(standing, incoming);
  // Nothing stands yet, but whoever looks right now has read the old document and may begin to build by it.
  const fix = 'publish it again in a minute, when the look at the old document has ended';
  return looks.includes('is looked at') ? moves(standing, incoming, fix) : [];
}

/** What cannot be read is not known to be nothing. */
async function readLook(
  reading: Reading,
  standing: Standing,
  wake: Wake,
): Promise<'may stand' | 'is looked at' | 'nothing'> {
  const [progress, record] = await Promise.all([reading.get(progressKey(wake)), reading.get(wakeKey(wake))]);
  if (progress !== undefined) {
    const parsed = Progress.safeParse(progress);
    if (!parsed.success || mayStand(standing, parsed.data)) return 'may stand';
  }
  // A service is scaled where it is, and nothing is made for it that could be left behind by one last look.
  if (record === undefined || standing.kind === 'ModelService') return 'nothing';
  const parsed = WakeRecord.safeParse(record);
  return parsed.success && parsed.data.lease === undefined ? 'nothing' : 'is looked at';
}

/** Later than every message so far: a document that is not published yet. */
const NEXT_MESSAGE = { publishTimeMs: Number.MAX_SAFE_INTEGER, messageId: 'not published yet' };

/** What intake would say if the document were published now; empty: it would be accepted. */
export async function foretellRefusal(ledger: Ledger, document: FleetDocument): Promise<readonly string[]> {
  const stands = await readRecord(ledger, documentKey(targetOf(document)), DocumentRecord);
  const { sequence } = document.metadata;
  const place = { ...NEXT_MESSAGE, contentHash: hashOf(document), ...(sequence !== undefined && { sequence }) };
  const decision = orderDocument(toPlace(stands), place);
  if (decision.kind === 'stale') return [decision.reason];
  const { conflicts } = await readPools(ledger, document, stands);
  const { reasons } = await readObjections(ledger, document, stands);
  return [...reasons, ...conflicts];
}

function toPlace(stands: DocumentRecord | undefined): AcceptedPlace | undefined {
  if (stands === undefined) return undefined;
  const { sequence, publishTimeMs, messageId, contentHash } = stands;
  return { sequence, publishTimeMs, messageId, contentHash };
}
