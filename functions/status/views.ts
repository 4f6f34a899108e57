/** Ledger documents → what status answers. A record that cannot be read is named as such, and hides no other. */
import type { JsonObject } from '#shared/domain/json.ts';
import { findRecords, readRecord, type UnreadableRecord } from '#shared/ledger/read-records.ts';
import {
  collections,
  DocumentRecord,
  documentKey,
  MessageRecord,
  Progress,
  WakeRecord,
} from '#shared/ledger/records.ts';
import type { LedgerQuery } from '#shared/ports/ledger.ts';
import { toAutomations } from './automation-rows.ts';
import { findControls, readControlsOf } from './controls.ts';
import type { ViewPorts } from './ports.ts';

/** Rows of one list; there is no paging yet, so a list that is full says so by its length. */
const LIST_LIMIT = 500;

const ofDocuments = { collection: collections.documents, schema: DocumentRecord };
const ofMessages = { collection: collections.messages, schema: MessageRecord };
const ofProgress = { collection: collections.progress, schema: Progress };
const ofWakes = { collection: collections.wakes, schema: WakeRecord };

/** Every target with a document, one row each; up to `LIST_LIMIT`. */
export async function listTargets(ports: ViewPorts): Promise<JsonObject> {
  const [documents, known, controls] = await Promise.all([
    findRecords(ports, ofDocuments, { limit: LIST_LIMIT }),
    findAutomations(ports, { limit: LIST_LIMIT }),
    findControls(ports),
  ]);
  return {
    items: documents.records.map(({ record }) => ({
      ...toTarget(record),
      ...controls.of(record.target),
      automations: toAutomations(record.target, known, ports.clock.nowMs()),
    })),
    ...toUnreadable([documents, known.progress, known.wakes, controls]),
  };
}

/** Undefined: nothing is known of it. Throws, with the reason, when its own document cannot be read. */
export async function describeTarget(ports: ViewPorts, target: string): Promise<JsonObject | undefined> {
  const document = await readRecord(ports.ledger, documentKey(target), DocumentRecord);
  if (document === undefined) return undefined;
  const [known, controls] = await Promise.all([
    findAutomations(ports, { equals: { target }, limit: LIST_LIMIT }),
    readControlsOf(ports, target),
  ]);
  return {
    ...toTarget(document),
    ...controls.of(target),
    document: document.document,
    automations: toAutomations(target, known, ports.clock.nowMs()),
    details: known.progress.records.map(({ stored: detail }) => detail),
    ...toUnreadable([known.progress, known.wakes, controls]),
  };
}

/**
 * Newest first. `phase` is `accepted`, `done` or `refused`, `id` the message's own; absent: all. Of one id there may be several: it is
 * unique within its topic only.
 */
export async function listMessages(ports: ViewPorts, query: URLSearchParams): Promise<JsonObject> {
  const phase = query.get('phase');
  const messageId = query.get('id');
  const limit = limitOf(query, { usual: 50, most: LIST_LIMIT });
  const messages = await findRecords(ports, ofMessages, {
    equals: { ...(phase !== null && { phase }), ...(messageId !== null && { messageId }) },
    orderBy: { field: 'receivedAtMs', direction: 'descending' },
    limit,
  });
  return { items: messages.records.map(({ stored }) => stored), ...toUnreadable([messages]) };
}

/** A number that makes no sense is the usual one. */
export function limitOf(
  query: URLSearchParams,
  { usual, most }: { readonly usual: number; readonly most: number },
): number {
  return Math.min(Math.max(Math.trunc(Number(query.get('limit') ?? usual)) || usual, 1), most);
}

async function findAutomations(ports: ViewPorts, query: LedgerQuery) {
  const [progress, wakes] = await Promise.all([
    findRecords(ports, ofProgress, query),
    findRecords(ports, ofWakes, query),
  ]);
  return { progress, wakes };
}

function toTarget(document: DocumentRecord): JsonObject {
  const { kind, target, sequence, acceptedAtMs, actor } = document;
  return { kind, target, sequence, acceptedAtMs, actor };
}

/** `{ unreadable: [{ collection, id, reason }] }`, or nothing where everything can be read. */
export function toUnreadable(found: readonly { readonly unreadable: readonly UnreadableRecord[] }[]): JsonObject {
  const unreadable = found.flatMap((one) => one.unreadable.map(({ key, reason }) => ({ ...key, reason })));
  return unreadable.length === 0 ? {} : { unreadable };
}
