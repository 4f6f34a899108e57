/**
 * The pools that a document declares, each a target of its own. The first document that declares a pool owns its bounds, for as long
 * as it goes on declaring it; another one may say the same, and is refused when it says something else.
 */
import { catalogue } from '#manifests/catalogue/index.ts';
import { type FleetDocument, parseDocument, targetOf } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { derivedPools, type PoolDeclaration, type PoolSpec } from '#shared/domain/pool-declaration.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import { DocumentRecord, documentKey } from '#shared/ledger/records.ts';
import type { LedgerTransaction } from '#shared/ports/ledger.ts';
import { hashOfContent } from './content-hash.ts';

/** Kind of the derived records: nobody publishes it. */
export const POOL_KIND = 'NodePool';

type Origin = Pick<DocumentRecord, 'actor' | 'publishTimeMs' | 'messageId'>;

export interface PoolChanges {
  /** Pools that the document declares, or has ceased to declare. */
  readonly targets: readonly string[];
  /** One line each; with any, nothing may be written. */
  readonly conflicts: readonly string[];
  write(origin: Origin): void;
}

type Change =
  | { readonly kind: 'none' }
  | { readonly kind: 'conflict'; readonly reason: string }
  | { readonly kind: 'put'; readonly declaration: PoolDeclaration; readonly stands: DocumentRecord | undefined };

/** `before`: the record of the document that stood until now. Only reads; `write` comes after every other read. */
export async function readPools(
  transaction: LedgerTransaction,
  document: FleetDocument,
  before: DocumentRecord | undefined,
): Promise<PoolChanges> {
  const declared = derivedPools(document);
  const targets = new Set(declared.map(({ target }) => target));
  const withdrawn = poolsOf(before?.document).filter(({ target }) => !targets.has(target));
  const changes = await Promise.all([
    ...declared.map((declaration) => declare(transaction, declaration)),
    ...withdrawn.map((declaration) => withdraw(transaction, declaration, targetOf(document))),
  ]);
  return {
    targets: [...targets, ...withdrawn.map(({ target }) => target)],
    conflicts: changes.flatMap((change) => (change.kind === 'conflict' ? [change.reason] : [])),
    write(origin) {
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
 *   | another's         | declares it                 | the same   | left: the owner speaks      |
 *   | another's         | declares it                 | other ones | conflict                    |
 */
async function declare(transaction: LedgerTransaction, declaration: PoolDeclaration): Promise<Change> {
  const stands = await readDocument(transaction, declaration.target);
  const standing = stands === undefined ? undefined : specOf(stands);
  if (stands === undefined || standing === undefined) return { kind: 'put', declaration, stands };
  const { declaredBy } = standing;
  if (declaredBy !== declaration.spec.declaredBy) {
    const owner = await readDocument(transaction, declaredBy);
    if (poolsOf(owner?.document).some(({ target }) => target === declaration.target)) {
      return describe(standing) === describe(declaration.spec) ? { kind: 'none' } : conflict(declaration, standing);
    }
  }
  return stands.contentHash === hashOfContent(declaration.spec)
    ? { kind: 'none' }
    : { kind: 'put', declaration, stands };
}

/** `fixed`: nobody resizes the pool any more, it is still looked at, and the next document that declares it takes it over. */
async function withdraw(
  transaction: LedgerTransaction,
  { target }: PoolDeclaration,
  declaredBy: string,
): Promise<Change> {
  const stands = await readDocument(transaction, target);
  const spec = stands === undefined ? undefined : specOf(stands);
  if (spec?.declaredBy !== declaredBy || spec.size.owner === 'fixed') return { kind: 'none' };
  return { kind: 'put', declaration: { target, spec: { ...spec, size: { ...spec.size, owner: 'fixed' } } }, stands };
}

function conflict({ target, spec }: PoolDeclaration, standing: PoolSpec): Change {
  const { declaredBy } = standing;
  const reason =
    `${target}: ${declaredBy} declared it first and owns its bounds (${describe(standing)}); this document says ` +
    `${describe(spec)}: say the same, or change ${declaredBy}`;
  return { kind: 'conflict', reason };
}

function describe({ project, location, size }: PoolSpec): string {
  return `${size.min} to ${size.max} nodes, owner ${size.owner}, in ${project}/${location}`;
}

function put(
  transaction: LedgerTransaction,
  { declaration: { target, spec }, stands }: Extract<Change, { kind: 'put' }>,
  origin: Origin,
): void {
  const record: DocumentRecord = {
    kind: POOL_KIND,
    target,
    document: { kind: POOL_KIND, spec },
    sequence: (stands?.sequence ?? 0) + 1,
    contentHash: hashOfContent(spec),
    acceptedAtMs: transaction.nowMs,
    ...origin,
  };
  transaction.put(documentKey(target), record);
}

function readDocument(transaction: LedgerTransaction, target: string): Promise<DocumentRecord | undefined> {
  return readRecord(transaction, documentKey(target), DocumentRecord);
}

function specOf({ document }: DocumentRecord): PoolSpec | undefined {
  return document['spec'] as PoolSpec | undefined; // written by `put`, read back from JSON
}
