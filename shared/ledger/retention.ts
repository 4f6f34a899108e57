/** How long records are kept that nobody needs for ever. */
import type { Storable } from '../ports/ledger.ts';
import { collections } from './records.ts';

/**
 * Days that the record of a message is kept. A message that comes twice is known by it, and Pub/Sub delivers one for 7 days at most, 31
 * where its topic keeps messages (Pub/Sub documentation, "Subscription properties" and "Topic properties"), which ours do not.
 */
const MESSAGE_DAYS = 30;

const DAY_MS = 24 * 3_600_000;

/** When a record may be deleted, Unix ms; undefined: never. A collection with an answer has a TTL policy (infra/ledger.tf). */
export function expiryOf(collection: string, record: Storable): number | undefined {
  if (collection !== collections.messages) return undefined;
  const isDated = 'receivedAtMs' in record && typeof record.receivedAtMs === 'number';
  return isDated ? Number(record.receivedAtMs) + MESSAGE_DAYS * DAY_MS : undefined;
}
