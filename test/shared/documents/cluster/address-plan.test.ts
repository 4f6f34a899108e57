/** Whatever plan is accepted can be built: nothing overlaps and every node finds its addresses. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { parseDocument, parseStoredDocument } from '#shared/documents/index.ts';
import { addressCount, type Cidr, formatCidr, overlaps, parseCidr } from '#shared/domain/cidr.ts';
import { resolveCluster } from '#shared/domain/resolve-cluster.ts';
import type { ResolvedAddresses } from '#shared/domain/resolved-cluster.ts';
import { makeClusterDocument } from '../../../support/make-cluster.ts';

const NAMES = ['primary', 'pods', 'services', 'proxyOnly', 'gvnic', 'rdma'] as const;

/** Any range within 10.0.0.0/8; few enough first addresses that plans collide often. */
const anyRange = fc
  .record({ prefix: fc.integer({ min: 12, max: 29 }), slot: fc.nat(63) })
  .map(({ prefix, slot }): Cidr => {
    const size = 2 ** (32 - prefix);
    return { first: Math.floor((10 * 2 ** 24 + slot * 2 ** 18) / size) * size, prefix };
  });

const anyPlan = fc.record({
  ranges: fc.tuple(anyRange, anyRange, anyRange, anyRange, anyRange, anyRange),
  maxNodes: fc.integer({ min: 1, max: 1000 }),
  maxPodsPerNode: fc.integer({ min: 8, max: 256 }),
  maxSurge: fc.integer({ min: 0, max: 4 }),
});

/** A plan whose six ranges are dealt from disjoint /12 blocks, in any order, each of a size that suits its use. */
const disjointPlan = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 6, maxLength: 6 }).map((blocks) =>
  blocks.map((block, index) => ({
    first: 10 * 2 ** 24 + block * 2 ** 20,
    prefix: [16, 12, 20, 23, 20, 17][index] ?? 16,
  })),
);

function documentOf(ranges: readonly Cidr[], pool: Record<string, unknown> = {}) {
  const addresses = Object.fromEntries(NAMES.map((name, index) => [name, formatCidr(ranges[index]!)]));
  return makeClusterDocument({ spec: { networking: { addresses } }, pool: JSON.parse(JSON.stringify(pool)) });
}

function allRanges({ primary, gvnic, rdma }: ResolvedAddresses): readonly Cidr[] {
  return [...Object.values({ ...primary }), gvnic, ...rdma].map((text) => parseCidr(text)!);
}

it('accepts no plan that overlaps or is too small', () => {
  let accepted = 0;
  fc.assert(
    fc.property(anyPlan, ({ ranges, maxNodes, maxPodsPerNode, maxSurge }) => {
      const pool = { size: { initial: 1, max: maxNodes }, maxPodsPerNode, upgrade: { maxSurge } };
      const document = documentOf(ranges, pool);
      if (!parseDocument(document, catalogue).ok) return;

      accepted += 1;
      const { addresses } = resolveCluster(parseStoredDocument('Cluster', document, catalogue), catalogue);
      const found = allRanges(addresses);
      expect(found).toHaveLength(13);
      expect(found.filter((range, index) => found.slice(0, index).some((other) => overlaps(range, other)))).toEqual([]);
      // Counted by hand, not by the rule: GPU nodes in an upgrade, 3 system nodes, 4 reserved addresses, 1 of the control plane.
      const gpuNodes = maxNodes + maxSurge;
      for (const range of addresses.rdma) expect(addressCount(parseCidr(range)!)).toBeGreaterThanOrEqual(gpuNodes + 4);
      expect(addressCount(parseCidr(addresses.gvnic)!)).toBeGreaterThanOrEqual(gpuNodes + 4);
      expect(addressCount(parseCidr(addresses.primary!.nodes)!)).toBeGreaterThanOrEqual(gpuNodes + 3 + 4 + 1);
      expect(addressCount(parseCidr(addresses.primary!.pods)!)).toBeGreaterThanOrEqual(
        gpuNodes * 2 * maxPodsPerNode + 3 * 256,
      );
    }),
    { numRuns: 3_000, seed: 7 },
  );

  // Without this the property could hold because nothing is ever accepted.
  expect(accepted).toBeGreaterThan(20);
});

it('accepts every plan of disjoint ranges with room', () => {
  fc.assert(
    fc.property(disjointPlan, (ranges) => {
      const parsed = parseDocument(documentOf(ranges, { size: { initial: 8, max: 500 } }), catalogue);

      expect(parsed).toMatchObject({ ok: true });
    }),
  );
});

it('names the pair whenever two ranges overlap', () => {
  fc.assert(
    fc.property(
      disjointPlan,
      fc.shuffledSubarray([...NAMES], { minLength: 2, maxLength: 2 }),
      (ranges, [one, other]) => {
        const collided = ranges.with(NAMES.indexOf(one!), {
          ...ranges[NAMES.indexOf(one!)]!,
          first: ranges[NAMES.indexOf(other!)]!.first,
        });
        const parsed = parseDocument(documentOf(collided), catalogue);

        expect(parsed.ok).toBe(false);
        const text = parsed.ok ? '' : parsed.problems.map(({ field, rule }) => `${field} ${rule}`).join('\n');
        expect(text).toMatch(
          new RegExp(`addresses\\.(${one} must not overlap ${other}|${other} must not overlap ${one}) `),
        );
      },
    ),
  );
});
