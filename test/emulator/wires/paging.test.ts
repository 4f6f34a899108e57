import { expect, it } from 'vitest';
import { pageOf } from '../../../emulator/wires/paging.ts';

const items = ['a', 'b', 'c'].map((name) => ({ name }));

it('cuts a list into pages that a client can walk', () => {
  const first = pageOf(items, { pageSize: 2 });

  expect(first).toEqual({ items: items.slice(0, 2), nextPageToken: '2' });
  expect(pageOf(items, { pageSize: 2, pageToken: first.nextPageToken! })).toEqual({ items: items.slice(2) });
});

it.each([{}, { pageSize: 0 }, { pageSize: 3 }, { pageSize: 100 }])('answers everything at once for %o', (request) => {
  expect(pageOf(items, request)).toEqual({ items });
});
