import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exceptions } from '../exceptions.ts';
import { mergeSuites, outdatedLines, renderReport, type SuiteResult } from './report.ts';
import { readWireSuite, wireSuite } from './wire-suite.ts';

const real: SuiteResult = { wire: 'B', side: 'real', component: 'the server 1.2', passed: 3, failed: 0, skipped: 0 };
const ours: SuiteResult = { wire: 'B', side: 'ours', component: 'the local cloud', passed: 2, failed: 0, skipped: 1 };
const other: SuiteResult = { wire: 'A', side: 'ours', component: 'the local cloud', passed: 5, failed: 0, skipped: 0 };
const noFilter = { wire: 'B', id: 'no-filter', kind: 'limit-of-real', source: 'its README' } as const;

describe('the page', () => {
  it('has a row per wire, in the order of names, and every exception with its reason', () => {
    const exception = { ...noFilter, reason: 'the server ignores filters' };

    const page = renderReport([real, ours, other], [exception]);

    expect(page).toContain(
      '| A | - | - | the local cloud | 5 | - |\n| B | the server 1.2 | 3 | the local cloud | 2 of 3 | 1 |',
    );
    expect(page).toContain(
      '### B\n\n- `no-filter`, limit of the real component: the server ignores filters (its README)',
    );
  });

  it('sums the suites of several files', () => {
    expect(mergeSuites([real, ours, { ...real, passed: 4 }])).toEqual([{ ...real, passed: 7 }, ours]);
  });
});

describe('an exception', () => {
  it.each(exceptions)('$wire, $id: its source is there for whoever has this repository alone', ({ source }) => {
    const files = source.match(/(?<![\w/.-])(emulator|functions|manifests|shared|test)\/[\w./-]+\.ts\b/g) ?? [];

    expect(source).not.toMatch(/recording/i);
    expect(files.filter((file) => !existsSync(new URL(`../../../${file}`, import.meta.url)))).toEqual([]);
  });
});

describe('a title', () => {
  it('is read back as it was made, and one of another kind is none', () => {
    const suite = { wire: 'Pub/Sub', side: 'real', component: 'x' } as const;

    expect(readWireSuite(wireSuite(suite))).toEqual(suite);
    expect(readWireSuite('gcloud')).toBeUndefined();
  });
});

describe('in CI', () => {
  it('an exception whose reason is another one by now is named', () => {
    const page = (reason: string) => renderReport([real, other], [{ ...noFilter, reason }]);

    const lines = outdatedLines(page('it ignores filters'), page('it refuses filters'), [real, other]);

    expect(lines).toEqual(['- `no-filter`, limit of the real component: it ignores filters (its README)']);
  });

  it.each([
    { name: 'the same page', committed: renderReport([real, other], []), results: [real, other], says: [] },
    {
      name: 'fewer cases than are promised',
      committed: renderReport([real, other], []),
      results: [{ ...real, passed: 2, failed: 1 }, other],
      says: ['| B | the server 1.2 | 3 | - | - | - |'],
    },
    {
      name: 'a wire that is not on the page',
      committed: renderReport([other], []),
      results: [real, other],
      says: ['B is missing'],
    },
    {
      name: 'a wire that was skipped here',
      committed: renderReport([real], []),
      results: [{ ...real, passed: 0, skipped: 3 }],
      says: [],
    },
    {
      name: 'a wire without recordings here',
      committed: renderReport([real], []),
      results: [{ ...real, passed: 0 }],
      says: [],
    },
    { name: 'a wire that did not run here', committed: renderReport([real, other], []), results: [other], says: [] },
  ])('$name: $says', ({ committed, results, says }) => {
    expect(outdatedLines(committed, renderReport(results, []), results)).toEqual(says);
  });
});
