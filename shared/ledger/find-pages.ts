/** Every document that a query finds, a page at a time: one page is in memory, however many there are. */
import type { Log } from '../ports/log.ts';
import type { Ledger, LedgerQuery } from '../ports/ledger.ts';
import { findRecords, type FoundRecord } from './read-records.ts';
import type { z } from 'zod';

/** Those that cannot be read are logged and left out. */
export async function* findPages<T>(
  ports: { readonly ledger: Ledger; readonly log: Log },
  of: { readonly collection: string; readonly schema: z.ZodType<T> },
  query: Pick<LedgerQuery, 'equals' | 'limit'>,
): AsyncGenerator<readonly FoundRecord<T>[]> {
  let afterId: string | undefined;
  for (;;) {
    const found = await findRecords(ports, of, { ...query, ...(afterId !== undefined && { afterId }) });
    yield found.records;
    if (found.lastId === undefined || found.records.length + found.unreadable.length < query.limit) return;
    afterId = found.lastId;
  }
}
