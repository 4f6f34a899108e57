/** What a pool is told, by whoever still holds the lease. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../functions/scale-replicas/apply.ts';
import type { ScaleReplicasPorts } from '../../../functions/scale-replicas/ports.ts';
import type { ScaleStep } from '../../../functions/scale-replicas/steps.ts';
import type { ApplyContext } from '#shared/automation.ts';
import { LEASE_TTL_MS, MAX_CALL_MS } from '#shared/domain/wake-record.ts';
import { acquireLease, type Lease, LeaseLostError } from '#shared/lease.ts';
import { demandKey, wakeKey } from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { type LoopBench, makeLoopBench, wakeUp } from '../../support/loop-ports.ts';

const from = 'model/demo/serving/llama-70b';
const pool = 'pool/demo/h200';
const wake = { automation: 'scale-replicas', target: from };
const poolWake = { automation: 'scale-node-pool', target: pool };

const demandStep = (pods: number): ScaleStep & { readonly kind: 'demand' } => ({
  kind: 'demand',
  id: 'demand/h200',
  title: 'demand on pool h200',
  dependsOn: [],
  demand: { pool, from, items: [{ what: 'decode', pods, gpusPerPod: 4 }], decidedAtMs: 0 },
});

async function acquire(bench: LoopBench): Promise<Lease> {
  const attempt = await acquireLease(bench, { wake, holder: `at ${bench.clock.nowMs()}` });
  if (attempt.kind !== 'acquired') throw new Error(`acquiring the lease: ${attempt.kind}`);
  return attempt.lease;
}

const contextOf = (lease: Lease): ApplyContext => ({
  subject: { target: from, wanted: {}, sequence: 1, buildId: 'b', memory: {}, controls: { overrides: {} }, nowMs: 0 },
  fence: () => lease.fence(),
  guard: (transaction) => lease.guard(transaction),
});

/** A bench of which somebody takes something from us right before a transaction of ours; `beforeNext` says what. */
async function makeRace() {
  let interrupt: (() => Promise<void>) | undefined;
  const interrupted = (inner: Ledger): Ledger => ({
    get: (key) => inner.get(key),
    find: (collection, query) => inner.find(collection, query),
    transact: async (body) => {
      const now = interrupt;
      interrupt = undefined;
      await now?.();
      return await inner.transact(body);
    },
  });
  const bench = makeLoopBench({ ledger: interrupted });
  await wakeUp(bench.ledger, wake);
  const lease = await acquire(bench);
  const ports = bench as unknown as ScaleReplicasPorts; // a demand is written with the loop's ports alone
  return { bench, lease, ports, beforeNext: (work: (() => Promise<void>) | undefined) => (interrupt = work) };
}

describe('a demand', () => {
  it('is written together with the wake of its pool', async () => {
    const { bench, lease, ports } = await makeRace();

    await apply(demandStep(2), contextOf(lease), ports);

    expect(await bench.ledger.get(demandKey({ pool, from }))).toMatchObject({ items: [{ pods: 2 }] });
    expect(await bench.ledger.get(wakeKey(poolWake))).toMatchObject({ wakeSeq: 1 });
    expect(bench.published).toEqual([poolWake]);
  });

  it('of a look whose lease is taken over in the last moment does not undo what the other one has written', async () => {
    const { bench, lease, ports, beforeNext } = await makeRace();
    const takeOver = async () => {
      bench.setNow(bench.clock.nowMs() + LEASE_TTL_MS);
      await acquireLease(bench, { wake, holder: 'other' });
      bench.setNow(bench.clock.nowMs() + MAX_CALL_MS);
      await apply(demandStep(6), contextOf(await acquire(bench)), ports);
    };
    // Whatever is checked before the write finds the lease held: it is lost right after that.
    const checked = async () => {
      beforeNext(undefined);
      const call = await lease.fence();
      beforeNext(takeOver);
      return call;
    };
    beforeNext(takeOver);

    const late = apply(demandStep(2), { ...contextOf(lease), fence: checked }, ports);

    await expect(late).rejects.toThrow(LeaseLostError);
    expect(await bench.ledger.get(demandKey({ pool, from }))).toMatchObject({ items: [{ pods: 6 }] });
    expect(bench.published).toEqual([poolWake]);
  });
});
