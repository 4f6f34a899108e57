/** Terraform declares in Firestore what the ledger relies on. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toFields } from '#shared/ledger/firestore-documents.ts';
import { compositeIndexes } from '#shared/ledger/indexes.ts';
import { collections } from '#shared/ledger/records.ts';
import { expiryOf } from '#shared/ledger/retention.ts';

const ledger = readFileSync(new URL('../../infra/ledger.tf', import.meta.url), 'utf8');
const block = (type: string, name: string) =>
  new RegExp(`^resource "${type}" "${name}" \\{\\n([\\s\\S]*?)^\\}`, 'm').exec(ledger)?.[1] ?? '';
const quoted = (text = '') => [...text.matchAll(/"([^"]+)"/g)].map(([, word]) => word);

describe('the Firestore database', () => {
  it('has the composite indexes that queries of the ledger may use, and no others', () => {
    const index = block('google_firestore_index', 'messages');
    const [first, second] = [...index.matchAll(/field_path = "by\.(\S+)"\n\s+order +=\s"(\w+)"/g)];

    expect(quoted(/for_each = toset\((.*)\)/.exec(index)?.[1])).toEqual(compositeIndexes.map(({ equals }) => equals));
    expect(new Set(compositeIndexes.map(({ collection }) => collection))).toEqual(new Set(['messages']));
    expect(index).toContain('collection = "messages"');
    expect(first?.slice(1)).toEqual(['${each.key}', 'ASCENDING']);
    expect(new Set(compositeIndexes.map(({ orderBy }) => `${orderBy.field} ${orderBy.direction}`))).toEqual(
      new Set([`${second?.[1]} ${second?.[2]?.toLowerCase()}`]),
    );
  });

  it('lets those records expire that say when', () => {
    const expiring = quoted(/for_each = toset\((.*)\)/.exec(block('google_firestore_field', 'expiry'))?.[1]);

    expect(Object.values(collections).filter((name) => expiryOf(name, { receivedAtMs: 0 }) !== undefined)).toEqual(
      expiring,
    );
    expect(block('google_firestore_field', 'expiry')).toContain('field      = "expireAt"');
    expect(toFields({ collection: 'messages', id: '1' }, { receivedAtMs: 0 }, 'mark')).toHaveProperty('expireAt');
  });

  it('indexes of each record only what queries can ask for', () => {
    const unsearched = quoted(
      /setproduct\(local\.ledger_collections, (\[.*?\])\)/.exec(block('google_firestore_field', 'unsearched'))?.[1],
    );
    const { by: _searched, ...rest } = toFields({ collection: 'wakes', id: '1' }, { a: 1 }, 'mark');

    expect(new Set(Object.keys(rest))).toEqual(new Set(unsearched));
    expect(quoted(/ledger_collections = (.*)/.exec(ledger)?.[1])).toEqual(Object.values(collections).toSorted());
  });
});
