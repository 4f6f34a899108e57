/** Ledger documents → what status answers. */
import type { JsonObject } from '#shared/domain/json.ts';
import { collections, DocumentRecord, documentKey, Progress, WakeRecord } from '#shared/ledger/records.ts';
import type { Ledger, LedgerEntry } from '#shared/ports/ledger.ts';

/** Rows of one list; there is no paging yet, so a list that is full says so by its length. */
const LIST_LIMIT = 500;

export async function listTargets(ledger: Ledger): Promise<readonly JsonObject[]> {
  const [documents, progress, wakes] = await Promise.all([
    ledger.find(collections.documents, { limit: LIST_LIMIT }),
    ledger.find(collections.progress, { limit: LIST_LIMIT }),
    ledger.find(collections.wakes, { limit: LIST_LIMIT }),
  ]);
  return documents.map(({ value }) => {
    const document = DocumentRecord.parse(value);
    return { ...toTarget(document), automations: toAutomations(document.target, progress, wakes) };
  });
}

export async function describeTarget(ledger: Ledger, target: string): Promise<JsonObject | undefined> {
  const stored = await ledger.get(documentKey(target));
  if (stored === undefined) return undefined;
  const document = DocumentRecord.parse(stored);
  const byTarget = { equals: { target }, limit: LIST_LIMIT };
  const [progress, wakes] = await Promise.all([
    ledger.find(collections.progress, byTarget),
    ledger.find(collections.wakes, byTarget),
  ]);
  return {
    ...toTarget(document),
    document: document.document,
    automations: toAutomations(target, progress, wakes),
    details: progress.map(({ value }) => value),
  };
}

/** Newest first. `phase` is `accepted`, `done` or `refused`; absent: all. */
export async function listMessages(ledger: Ledger, query: URLSearchParams): Promise<readonly JsonObject[]> {
  const phase = query.get('phase');
  const limit = Math.min(Math.max(Math.trunc(Number(query.get('limit') ?? 50)) || 50, 1), LIST_LIMIT);
  const entries = await ledger.find(collections.messages, {
    ...(phase !== null && { equals: { phase } }),
    orderBy: { field: 'receivedAtMs', direction: 'descending' },
    limit,
  });
  return entries.map(({ id, value }) => ({ messageId: id, ...value }));
}

function toTarget(document: DocumentRecord): JsonObject {
  const { kind, target, sequence, acceptedAtMs, actor } = document;
  return { kind, target, sequence, acceptedAtMs, actor };
}

/** One entry per automation that looks after the target, woken or already at work. */
function toAutomations(
  target: string,
  progress: readonly LedgerEntry[],
  wakes: readonly LedgerEntry[],
): readonly JsonObject[] {
  const known = new Map(
    progress
      .map(({ value }) => Progress.parse(value))
      .map((record) => [`${record.automation}:${record.target}`, record]),
  );
  return wakes
    .map(({ value }) => WakeRecord.parse(value))
    .filter((record) => record.target === target)
    .map(({ automation, nextCheckAtMs, lease }) => {
      const found = known.get(`${automation}:${target}`);
      return {
        automation,
        phase: found?.phase ?? 'pending',
        reason: found?.reason ?? 'woken, not yet looked at',
        next: found?.next ?? 'a first look at the world',
        working: lease !== undefined,
        ...(nextCheckAtMs !== undefined && { nextCheckAtMs }),
        ...(found?.endedAtMs !== undefined && { endedAtMs: found.endedAtMs }),
        ...(found !== undefined && {
          startedAtMs: found.startedAtMs,
          lookedAtMs: found.lookedAtMs,
          ...countSteps(found),
        }),
      };
    });
}

function countSteps(progress: Progress): JsonObject {
  const steps = Object.values(progress.steps);
  return { stepsDone: steps.filter(({ state }) => state === 'done').length, stepsInAll: steps.length };
}
