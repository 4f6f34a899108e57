/** What the checks call gone is gone, from that version on and not before. */
import { describe, expect, it } from 'vitest';
import { vllmRemovedFlags } from '#manifests/catalogue/vllm-removed-flags.ts';
import { vllmRemovedVariables } from '#manifests/catalogue/vllm-removed-variables.ts';
import { compareReleases } from '#shared/domain/serving/release.ts';
import { whyMissing } from '../cache.ts';
import { isInstalled } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import {
  checkedVersions,
  type CheckedVersion,
  fetchDistributions,
  flagsOf,
  formerVersions,
  variablesOf,
} from './distributions.ts';

// That nothing could be fetched is said beside the flags that are there (flags.test.ts).
const isMissing = !isInstalled('python') || whyMissing(fetchDistributions) !== undefined;
const versions = [...formerVersions, ...checkedVersions];
const component = `vLLM ${versions[0]} to ${versions.at(-1)}, source distributions`;

interface Gone {
  readonly name: string;
  readonly goneIn: string;
  readonly instead?: string;
}

const kinds = [
  {
    kind: 'flags',
    table: Object.entries(vllmRemovedFlags).map(([name, facts]): Gone => ({ name, ...facts })),
    read: flagsOf,
    // A switch turned off is judged with the switch; it has no row of its own.
    isJudged: (name: string) => !name.startsWith('--no-'),
  },
  {
    kind: 'variables',
    table: vllmRemovedVariables.map((gone): Gone => gone),
    read: variablesOf,
    isJudged: (name: string) => /^VLLM_(?!TEST_|CI_|MORIIO_|ROCM_USE_AITER_FP4_ASM_GEMM$)/.test(name),
  },
] as const;

describe.skipIf(isMissing)(wireSuite({ wire: 'vLLM’s flags', side: 'real', component }), () => {
  describe.each(kinds)('$kind that are gone', ({ table, read, isJudged }) => {
    const known = new Map(isMissing ? [] : versions.map((version) => [version, read(version)] as const));
    const has = (version: CheckedVersion, name: string) => known.get(version)?.has(name) === true;

    it.each(table)('$name is there until $goneIn, and in no version since', ({ name, goneIn }) => {
      const before = versions.findLast((version) => compareReleases(version, goneIn) < 0);
      const since = versions.filter((version) => compareReleases(version, goneIn) >= 0);

      expect(before !== undefined && has(before, name)).toBe(true);
      expect(since).toContain('0.30.0');
      expect(since.filter((version) => has(version, name))).toEqual([]);
    });

    it('are all that an older version has, and the newest has not', () => {
      const former = new Set(versions.flatMap((version) => [...(known.get(version) ?? [])]).filter(isJudged));
      const gone = [...former].filter((name) => !has('0.30.0', name));

      expect(table.map(({ name }) => name).toSorted()).toEqual(gone.toSorted());
    });
  });

  it.each(kinds.flatMap(({ table }) => table.filter(({ instead }) => instead !== undefined)))(
    'instead of $name there is $instead',
    ({ goneIn, instead = '' }) => {
      const later = versions.find((version) => compareReleases(version, goneIn) >= 0) ?? '0.30.0';

      for (const [flag] of instead.matchAll(/--[a-z0-9-]+/g)) {
        expect([...flagsOf(later)]).toContain(flag);
        expect([...flagsOf('0.30.0')]).toContain(flag);
      }
    },
  );
});
