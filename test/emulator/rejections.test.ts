import { describe, expect, it } from 'vitest';
import '../../emulator/served.ts';
import { allRejections, type Rejection, sourceKindOf, type SourceKind } from '../../emulator/world/rejection.ts';

const rejections = allRejections();

const ofKind = (kind: SourceKind) => rejections.filter((rejection) => sourceKindOf(rejection) === kind);

/** What can be looked up. */
const FACTS = [
  // An issue or pull request: `owner/repo #1`, `owner/repo issue 1`.
  /\b[\w.-]+\/[\w.-]+ (#|issues? |pull requests? )\d+/,
  // A file of a public repository: `owner/repo path/to/file`.
  /\b[\w.-]+\/[\w.-]+ [\w.{},-]+\/[\w.{},/-]+/,
  // A public repository, said what of it.
  /\b[\w.-]+\/[\w.-]+ \([^)]+\)/,
  // Google's own emulator, whose answers anyone can ask for.
  /Cloud SDK Pub\/Sub emulator \d/,
  // A public text that quotes the answer, and that is found by the words of the answer only.
  /^quoted /,
];

describe('what a rejection stands on', () => {
  it('is assumed for exactly as many of them as are counted here', () => {
    // The list only shrinks: a new rejection cites a fact, or takes the place of one that has found its fact. One fewer lowers the number.
    expect(ofKind('assumed')).toHaveLength(36);
  });

  it.each(ofKind('fact'))('is for $id something that can be looked up', ({ source }) => {
    expect(FACTS.some((form) => form.test(source))).toBe(true);
  });

  it('is found by the words of the answer alone for two of them', () => {
    expect(ofKind('fact').filter(({ source }) => source.startsWith('quoted '))).toHaveLength(2);
  });

  it.each(ofKind('assumed'))('is said for $id, which is assumed', ({ source }) => {
    expect(source).toMatch(/\bassumed: \S.{5}/);
  });

  it.each(ofKind('limit'))('is a limit for $id, which says so to the caller', (rejection) => {
    expect(rejection.code).toBe('UNIMPLEMENTED');
    expect(rejection.source).toMatch(/^limit: \S.{5}/);
  });

  it.each<{ source: string; kind: SourceKind }>([
    { source: 'owner/repository #1', kind: 'fact' },
    { source: 'assumed: wording', kind: 'assumed' },
    { source: 'owner/repository #1 for the rule; assumed: the wording', kind: 'assumed' },
    { source: 'limit: clusters in two places', kind: 'limit' },
  ])('of "$source" is: $kind', ({ source, kind }) => {
    // Only the source is read.
    const rejection = { id: 'test.any', code: 'INTERNAL', source, message: () => '' } satisfies Rejection<[]>;

    expect(sourceKindOf(rejection)).toBe(kind);
  });
});
