/**
 * The pools that a document declares, each a target of its own. The first document that declares a pool owns its bounds, for as long
 * as it goes on declaring it; another one may say the same, and is refused when it says something else. Who says the same is written
 * down beside the bounds: when the owner lets the pool go, what the next of them declares applies.
 */
import { catalogue } from '#manifests/catalogue/index.ts';
import { type FleetDocument, parseDocument, targetOf } from '#shared/documents/index.ts';
import { listAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { derivedPools, type PoolDeclaration, type PoolSpec } from '#shared/domain/pool-declaration.ts';
import { POOL_KIND } from '#shared/domain/pool-names.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import { DocumentRecord, documentKey } from '#shared/ledger/records.ts';
import type { Ledger, LedgerTransaction } from '#shared/ports/ledger.ts';
import { hashOfContent } from './content-hash.ts';
import { counted } from '#shared/domain/counted.ts';

/** A transaction, or the ledger itself where nothing is to be written. */
type Reading = Pick<Ledger | LedgerTransaction, 'get'>;

type Origin = Pick<DocumentRecord, 'actor' | 'publishTimeMs' | 'messageId'>;

export interface PoolChanges {
  /** Pools that the document declares, or has ceased to declare. */
  readonly targets: readonly string[];
  /** One line each; with any, nothing may be written. */
  readonly conflicts: readonly string[];
  write(transaction: LedgerTransaction, origin: Origin): void;
}

type Change =
  | { readonly kind: 'none' }
  | { readonly kind: 'conflict'; readonly reason: string }
  | {
      readonly kind: 'put';
      readonly declaration: PoolDeclaration;
      readonly stands: DocumentRecord | undefined;
      /** Targets of the other documents that declare the pool, in the order in which they began to. */
      readonly others: readonly string[];
    };

/** `before`: the record of the document that stood until now. Only reads; `write` comes after every other read. */
export async function readPools(
  reading: Reading,
  document: FleetDocument,
  before: DocumentRecord | undefined,
): Promise<PoolChanges> {
  const declared = derivedPools(document);
  const targets = new Set(declared.map(({ target }) => target));
  const withdrawn = poolsOf(before?.document).filter(({ target }) => !targets.has(target));
  const changes = await Promise.all([
    ...declared.map((declaration) => declare(reading, declaration)),
    ...withdrawn.map((declaration) => withdraw(reading, declaration, targetOf(document))),
  ]);
  return {
    targets: [...targets, ...withdrawn.map(({ target }) => target)],
    conflicts: changes.flatMap((change) => (change.kind === 'conflict' ? [change.reason] : [])),
    write(transaction, origin) {
      for (const change of changes) if (change.kind === 'put') put(transaction, change, origin);
    },
  };
}

/** None of a document that was accepted under other rules and no longer passes: whoever declares its pools next takes them over. */
function poolsOf(document: JsonObject | undefined): readonly PoolDeclaration[] {
  if (document === undefined) return [];
  const parsed = parseDocument(document, catalogue);
  return parsed.ok ? derivedPools(parsed.document) : [];
}

/**
 * First row that matches wins.
 *   | the pool's record | its owner's document        | bounds     | then                        |
 *   | none              | –                           | –          | begun                       |
 *   | ours              | –                           | –          | written where it differs    |
 *   | another's         | no longer declares the pool | –          | taken over                  |
 *   | another's         | declares it                 | the same   | left: the owner speaks; it is noted who says so too |
 *   | another's         | declares it                 | other ones | conflict                    |
 */
async function declare(reading: Reading, declaration: PoolDeclaration): Promise<Change> {
  const stands = await readDocument(reading, declaration.target);
  const standing = stands === undefined ? undefined : specOf(stands);
  const { declaredBy: us } = declaration.spec;
  if (stands === undefined || standing === undefined) return { kind: 'put', declaration, stands, others: [] };
  const { declaredBy } = standing;
  const others = othersOf(stands);
  if (declaredBy !== us) {
    const owner = await readDocument(reading, declaredBy);
    if (poolsOf(owner?.document).some(({ target }) => target === declaration.target)) {
      if (describe(standing) !== describe(declaration.spec)) return conflict(declaration, standing);
      const noted = { kind: 'put', declaration: { ...declaration, spec: standing }, stands } as const;
      return others.includes(us) ? { kind: 'none' } : { ...noted, others: [...others, us] };
    }
  }
  return stands.contentHash === hashOfContent(declaration.spec)
    ? { kind: 'none' }
    : { kind: 'put', declaration, stands, others: others.filter((other) => other !== us) };
}

/**
 * First row that matches wins.
 *   | the pool's record | another document that stands and declares the pool | then                                             |
 *   | another's         | any                                                | we are no longer noted                           |
 *   | ours              | some                                               | what the first of them declares applies          |
 *   | ours              | none                                               | `fixed`: it is looked at, nobody resizes it, and |
 *   |                   |                                                    | the next document that declares it takes it over |
 */
async function withdraw(reading: Reading, { target }: PoolDeclaration, us: string): Promise<Change> {
  const stands = await readDocument(reading, target);
  const spec = stands === undefined ? undefined : specOf(stands);
  if (stands === undefined || spec === undefined) return { kind: 'none' };
  const noted = othersOf(stands);
  const others = noted.filter((other) => other !== us);
  if (spec.declaredBy !== us) {
    const isNoted = others.length < noted.length;
    return isNoted ? { kind: 'put', declaration: { target, spec }, stands, others } : { kind: 'none' };
  }
  const [heir, ...further] = await readDeclarations(reading, target, others);
  const rest = further.map((declaration) => declaration.spec.declaredBy);
  if (heir !== undefined) return { kind: 'put', declaration: heir, stands, others: rest };
  if (spec.size.owner === 'fixed') return { kind: 'none' };
  const fixed: PoolSpec = { ...spec, size: { ...spec.size, owner: 'fixed' } };
  return { kind: 'put', declaration: { target, spec: fixed }, stands, others: [] };
}

/** What these documents declare of a pool now; those that do not are left out. */
async function readDeclarations(
  reading: Reading,
  target: string,
  declarers: readonly string[],
): Promise<readonly PoolDeclaration[]> {
  const records = await Promise.all(declarers.map((declarer) => readDocument(reading, declarer)));
  return records.flatMap((record) => poolsOf(record?.document).filter((declared) => declared.target === target));
}

function conflict({ target, spec }: PoolDeclaration, standing: PoolSpec): Change {
  const { declaredBy } = standing;
  const reason =
    `${target}: ${declaredBy} declared it first and owns its bounds (${describe(standing)}); this document says ` +
    `${describe(spec)}: say the same, or change ${declaredBy}`;
  return { kind: 'conflict', reason };
}

function describe({ project, location, size }: PoolSpec): string {
  const { min, max, owner } = size;
  const nodes = min === max ? counted(max, 'node') : `${min} to ${counted(max, 'node')}`;
  return `${nodes}, owner ${owner}, in ${project}/${location}`;
}

function put(
  transaction: LedgerTransaction,
  { declaration: { target, spec }, stands, others }: Extract<Change, { kind: 'put' }>,
  origin: Origin,
): void {
  const document = { kind: POOL_KIND, spec, ...(others.length > 0 && { alsoDeclaredBy: others }) };
  const contentHash = hashOfContent(spec);
  // Who else says the same changes nothing that the pool is kept by.
  const isSame = stands?.contentHash === contentHash;
  const record: DocumentRecord = isSame
    ? { ...stands, document }
    : {
        kind: POOL_KIND,
        target,
        document,
        sequence: (stands?.sequence ?? 0) + 1,
        contentHash,
        acceptedAtMs: transaction.nowMs,
        ...origin,
      };
  transaction.put(documentKey(target), record);
}

function readDocument(reading: Reading, target: string): Promise<DocumentRecord | undefined> {
  return readRecord(reading, documentKey(target), DocumentRecord);
}

/** The bounds in a record of a pool. */
export function specOf({ document }: DocumentRecord): PoolSpec | undefined {
  return document['spec'] as PoolSpec | undefined; // written by `put`, read back from JSON
}

/** Absent while it is nobody. */
function othersOf({ document }: DocumentRecord): readonly string[] {
  return listAt(document, 'alsoDeclaredBy').filter((other) => typeof other === 'string');
}
