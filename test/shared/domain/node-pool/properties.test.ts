/** What holds of every pool, whatever is on it and asked of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidePool } from '#shared/domain/node-pool/decide.ts';
import { countNewNodes, pack } from '#shared/domain/node-pool/pack.ts';
import type { PoolInput } from '#shared/domain/node-pool/types.ts';
import { longSeen, makeDemand, makeInput, makeNode, makePod, NOW_MS } from './make-pool.ts';

const RUNS = { numRuns: 400, seed: 20_260_101 };

const gpus = fc.constantFrom(1, 2, 4, 8);

const pod = fc
  .record({ gpus, isForeign: fc.boolean(), isTerminating: fc.boolean(), stays: fc.boolean(), isReady: fc.boolean() })
  .map(({ gpus: count, isForeign, isTerminating, stays, isReady }) =>
    makePod(count, {
      isReady,
      ...(isForeign && { namespace: 'other' }),
      ...(isTerminating && { terminatesAtMs: NOW_MS + 30_000 }),
      ...(stays && { keptBecause: 'has no controller' }),
    }),
  );

/** Pods of a node never take more than it has. */
const pods = fc.array(pod, { maxLength: 3 }).map((all) =>
  all.reduce<typeof all>((kept, one) => {
    const taken = kept.reduce((sum, other) => sum + other.gpus, 0);
    return taken + one.gpus <= 8 ? [...kept, one] : kept;
  }, []),
);

const pool: fc.Arbitrary<PoolInput> = fc
  .record({
    nodes: fc.array(fc.record({ pods, isReady: fc.boolean(), isCordoned: fc.boolean() }), { maxLength: 6 }),
    demands: fc.array(fc.record({ pods: fc.integer({ min: 0, max: 6 }), gpus }), { maxLength: 3 }),
    isDoubtful: fc.boolean(),
    coming: fc.integer({ min: 0, max: 2 }),
    min: fc.integer({ min: 0, max: 3 }),
    more: fc.integer({ min: 0, max: 6 }),
    needed: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ nodes, demands, isDoubtful, coming, min, more, needed }) =>
    makeInput({
      // Mostly healthy: a pool full of broken nodes has little to decide.
      nodes: nodes.map((node, index) =>
        makeNode(`n${index}`, node.pods, {
          isReady: node.isReady || index > 0,
          isCordoned: node.isCordoned && index === 1,
        }),
      ),
      zones: [{ zone: 'a', targetSize: nodes.length + coming }],
      size: { min, max: min + more },
      demands: demands.map((demand, index) =>
        makeDemand(demand.pods, demand.gpus, { from: `m${index}`, ...(isDoubtful && { doubt: 'not looked at' }) }),
      ),
      memory: longSeen(needed),
    }),
  );

describe('every decision', () => {
  it('grows to at most the ceiling, and never below what is there', () => {
    fc.assert(
      fc.property(pool, (input) => {
        const { nodesPerZone, presentNodes } = decidePool(input);

        if (nodesPerZone === undefined) return;
        expect(nodesPerZone).toBeLessThanOrEqual(input.size.max);
        expect(nodesPerZone).toBeGreaterThan(presentNodes);
      }),
      RUNS,
    );
  });

  it('never lets nodes go on doubtful demands, nor below the least number', () => {
    fc.assert(
      fc.property(pool, (input) => {
        const { chosen, presentNodes } = decidePool(input);

        if (input.demands.some(({ doubt }) => doubt !== undefined)) expect(chosen).toEqual([]);
        if (chosen.length > 0) expect(presentNodes - chosen.length).toBeGreaterThanOrEqual(input.size.min);
      }),
      RUNS,
    );
  });

  it('lets only nodes go whose pods have room on the others, and that nothing keeps', () => {
    fc.assert(
      fc.property(pool, (input) => {
        const going = new Set(decidePool(input).chosen.map(({ name }) => name));
        const leaving = input.nodes.filter(({ name }) => going.has(name));
        const rest = input.nodes.filter((node) => !going.has(node.name) && node.isReady && !node.isCordoned);
        const live = (node: (typeof leaving)[number]) => node.pods.filter((one) => one.terminatesAtMs === undefined);
        const room = rest.map(({ name, pods: own }) => ({
          name,
          free: 8 - own.reduce((sum, one) => sum + one.gpus, 0),
          isUsed: true,
        }));
        const moved = leaving.flatMap(live).map(({ name, gpus: count }) => ({ what: name, gpus: count }));

        expect(pack(moved, room).left).toEqual([]);
        expect(leaving.flatMap(live).filter((one) => one.keptBecause !== undefined)).toEqual([]);
        expect(leaving.filter((node) => node.isCordoned)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('leaves every workload that serves a replica that does, and a demand the pods that it asks for', () => {
    fc.assert(
      fc.property(pool, (input) => {
        const going = new Set(decidePool(input).chosen.map(({ name }) => name));
        const serving = (nodes: PoolInput['nodes']) =>
          nodes.flatMap((node) => node.pods).filter((one) => one.isReady && one.terminatesAtMs === undefined);
        const moved = serving(input.nodes.filter(({ name }) => going.has(name)));
        const rest = serving(input.nodes.filter(({ name }) => !going.has(name)));

        for (const { namespace, workload, gpus: count } of moved) {
          const left = rest.filter((one) => one.namespace === namespace && one.workload === workload);
          const asked = input.demands
            .flatMap((demand) => (demand.namespace === namespace ? demand.items : []))
            .filter(({ gpusPerPod }) => gpusPerPod === count)
            .reduce((sum, { pods: more }) => sum + more, 0);
          expect(left.length).toBeGreaterThanOrEqual(Math.max(1, asked));
        }
      }),
      RUNS,
    );
  });

  it('is the same when it is made again', () => {
    fc.assert(
      fc.property(pool, (input) => {
        expect(decidePool(input)).toEqual(decidePool(structuredClone(input)));
      }),
      RUNS,
    );
  });

  it('is followed by none that buys more once its machines are on their way', () => {
    fc.assert(
      fc.property(pool, (input) => {
        const { nodesPerZone, memory } = decidePool(input);
        if (nodesPerZone === undefined) return;
        const bought = { ...input, zones: [{ zone: 'a', targetSize: nodesPerZone }], memory };

        expect(decidePool(bought).nodesPerZone).toBeUndefined();
      }),
      RUNS,
    );
  });
});

describe('packing', () => {
  it('takes no more nodes than pods, no fewer than their GPUs, and never fills one beyond what it has', () => {
    fc.assert(
      fc.property(fc.array(gpus, { maxLength: 30 }), (counts) => {
        const items = counts.map((count) => ({ what: 'p', gpus: count }));
        const needed = countNewNodes(items, 8);
        const bins = Array.from({ length: needed }, (_, index) => ({ name: `${index}`, free: 8, isUsed: false }));
        const packed = pack(items, bins);

        expect(packed.left).toEqual([]);
        expect(packed.bins.every(({ free }) => free >= 0)).toBe(true);
        // Powers of two fill whole nodes: the largest first is the best that there is.
        expect(needed).toBe(Math.ceil(counts.reduce((sum, count) => sum + count, 0) / 8));
      }),
      RUNS,
    );
  });
});
