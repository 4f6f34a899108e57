/** Every flag that the builders write exists in the versions for which they write it. */
import { describe, expect, it } from 'vitest';
import { vllmFlags } from '#manifests/catalogue/vllm-flags.ts';
import { servingImages } from '#manifests/catalogue/serving-images.ts';
import { readSet } from '#manifests/checks/checked-set.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { compareReleases } from '#shared/domain/serving/release.ts';
import { exampleNames, exampleStack } from '../../manifests/stack-examples.ts';
import { whyMissing } from '../cache.ts';
import { isInstalled, skipped, skipReason } from '../components.ts';
import { wireSuite } from '../report/wire-suite.ts';
import { checkedVersions, fetchDistributions, flagsOf, uncheckedVersions } from './distributions.ts';

const wire = 'vLLM’s flags';
const missing = isInstalled('python') ? whyMissing(fetchDistributions) : 'Python 3 is not installed';
const rows: Readonly<Record<string, { readonly source: string; readonly since?: string }>> = vllmFlags;
const facts = Object.entries(rows);
/** Newer than these is newer than anything that can be looked at. */
const newest = checkedVersions.at(-1);

const examples = exampleNames.map((name) => ({ name, stack: exampleStack(name) }));
const component = `vLLM ${checkedVersions[0]} to ${newest}, source distributions`;

describe.skipIf(missing !== undefined)(wireSuite({ wire, side: 'real', component }), () => {
  describe.each(checkedVersions)('%s', (version) => {
    const flags = missing === undefined ? flagsOf(version) : new Set<string>();
    const [there, toCome] = [facts.filter(has), facts.filter((fact) => !has(fact))];

    it.each(there)('has %s', (flag) => {
      expect([...flags]).toContain(flag);
    });

    it.each(toCome)('has not yet %s', (flag) => {
      expect([...flags]).not.toContain(flag);
    });

    it('has no flag that nobody has written', () => {
      expect([...flags]).not.toContain('--no-such-flag');
    });

    it.each(examples.filter(({ stack }) => stack.engine.version === version))(
      'has all that $name gives its servers',
      ({ stack }) => {
        const { servers } = readSet(renderStack(stack), {});
        const written = servers.flatMap((server) => server.flags.names);

        expect(written.length).toBeGreaterThan(0);
        expect(written.filter((flag) => !flags.has(flag))).toEqual([]);
      },
    );

    function has([, { since }]: (typeof facts)[number]): boolean {
      return since === undefined || compareReleases(since, version) <= 0;
    }
  });
});

describe('the versions that are looked at', () => {
  it('hold that of every example', () => {
    const unknown = examples.filter(
      ({ stack }) => !checkedVersions.some((version) => version === stack.engine.version),
    );

    expect(unknown.map(({ name }) => name)).toEqual([]);
  });

  it('hold the one that is rendered by default', () => {
    expect(newest).toBe(servingImages.vllm.version);
  });

  it('hold each in which a flag appeared, unless it has no source distribution', () => {
    const appeared = new Set(facts.flatMap(([, { since }]) => (since === undefined ? [] : [since])));
    const known: readonly string[] = [...checkedVersions, ...uncheckedVersions];

    expect([...appeared].filter((version) => !known.includes(version))).toEqual([]);
  });

  it('were fetched, or it is said why not', (context) => {
    if (missing === undefined) return;
    expect(skipReason('python') ?? skipped(`vLLM’s source distributions: ${missing}`)).toBeUndefined();
    context.skip(missing);
  });
});
