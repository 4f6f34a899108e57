/** The last decisions about a target, with every term of their arithmetic. */
import type { JsonObject } from '#shared/domain/json.ts';
import { findRecords } from '#shared/ledger/read-records.ts';
import { collections, documentKey, Progress } from '#shared/ledger/records.ts';
import type { ViewPorts } from './ports.ts';
import { limitOf, toUnreadable } from './views.ts';

/** So many automations look after one target at most. */
const AUTOMATIONS = 100;

/** More than any automation keeps (shared/domain/decisions.ts). */
const MAX_DECISIONS = 100;
const USUAL_DECISIONS = 3;

/** Newest first, those of all its automations together. Undefined: nothing is known of the target. */
export async function listDecisions(
  ports: ViewPorts,
  target: string,
  query: URLSearchParams,
): Promise<JsonObject | undefined> {
  if ((await ports.ledger.get(documentKey(target))) === undefined) return undefined;
  const of = { collection: collections.progress, schema: Progress };
  const progress = await findRecords(ports, of, { equals: { target }, limit: AUTOMATIONS });
  const decisions = progress.records.flatMap(({ record: { automation, decisions: kept = [] } }) =>
    kept.map((one) => ({ automation, ...one })),
  );
  const newest = decisions.toSorted((left, right) => right.atMs - left.atMs);
  const limit = limitOf(query, { usual: USUAL_DECISIONS, most: MAX_DECISIONS });
  return { target, items: newest.slice(0, limit), ...toUnreadable([progress]) };
}
