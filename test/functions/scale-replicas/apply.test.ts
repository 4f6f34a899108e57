/** What a pool is told, and which pods are marked before a size is set, by whoever still holds the lease. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../../functions/scale-replicas/apply.ts';
import type { ScaleReplicasPorts } from '../../../functions/scale-replicas/ports.ts';
import type { ScaleStep } from '../../../functions/scale-replicas/steps.ts';
import type { ApplyContext } from '#shared/automation.ts';
import { LEASE_TTL_MS, MAX_CALL_MS } from '#shared/domain/wake-record.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import { AutomationError } from '#shared/errors.ts';
import type { Workloads } from '#shared/ports/workloads.ts';
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

const connection = { server: 'https://demo' };
const marks = [
  { pod: 'decode-a', goesFirst: true },
  { pod: 'decode-b', goesFirst: false },
];
const scaleStep: ScaleStep = {
  kind: 'scale',
  id: 'scale/decode',
  title: 'decode: 3 → 2 replicas',
  dependsOn: [],
  connection,
  workload: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'serving', name: 'decode' },
  replicas: 2,
  resourceVersion: '17',
  marks,
};

/** Does the step where annotating answers as `annotate` says; `failuresInARow`: of the same step before. */
async function applyMarked(step: ScaleStep, annotate: (pod: string) => void = () => undefined, failuresInARow = 0) {
  const { bench, lease } = await makeRace();
  const calls: string[] = [];
  const workloads: Pick<Workloads, 'scale' | 'annotatePod'> = {
    annotatePod: async (_connection, { namespace, name, annotations }) => {
      calls.push(`${namespace}/${name} ${Object.values(annotations).join()}`);
      annotate(name);
    },
    scale: async (_connection, { name }, { replicas }) => void calls.push(`${name} to ${replicas}`),
  };
  const context = contextOf(lease);
  const before: StepMemory = { title: '', state: 'waiting', attempts: 0, calls: 1, failuresInARow };
  const again = { ...context, subject: { ...context.subject, memory: { [step.id]: before } } };
  const ports = { ...bench, workloads } as unknown as ScaleReplicasPorts; // the rest is not touched
  const result = await apply(step, again, ports).catch((thrown: unknown) => thrown);
  return { result, calls };
}

const failing = (kind: ConstructorParameters<typeof AutomationError>[0]) => () => {
  throw new AutomationError(kind, `annotating pod: ${kind}`);
};

describe('a size with pods to choose', () => {
  it('is set when the pods are marked', async () => {
    const { result, calls } = await applyMarked(scaleStep);

    expect(calls).toEqual(['serving/decode-a -1,-1', 'serving/decode-b ,', 'decode to 2']);
    expect(result).toEqual({ kind: 'done' });
  });

  it.each(['auth', 'permanent'] as const)(
    'is set all the same where marking is refused (%s), after one call',
    async (kind) => {
      const { result, calls } = await applyMarked(scaleStep, failing(kind));

      expect(calls).toEqual(['serving/decode-a -1,-1', 'decode to 2']);
      expect(result).toEqual({
        kind: 'done',
        remark: `which pods of decode go could not be chosen: annotating pod: ${kind}`,
      });
    },
  );

  it('waits once for what may pass by itself, and not twice', async () => {
    const once = await applyMarked(scaleStep, failing('transient'));
    const twice = await applyMarked(scaleStep, failing('transient'), 1);

    expect(once.result).toMatchObject({ name: 'AutomationError', kind: 'transient' });
    expect(once.calls).not.toContain('decode to 2');
    expect(twice.calls).toContain('decode to 2');
  });

  it('goes on past a pod that has left by itself', async () => {
    const { result, calls } = await applyMarked(scaleStep, (pod) => pod === 'decode-a' && failing('gone')());

    expect(calls).toHaveLength(3);
    expect(result).toEqual({ kind: 'done' });
  });

  it('is not set by a look whose lease is taken over meanwhile', async () => {
    const lost = () => {
      throw new LeaseLostError(wake);
    };

    const { result, calls } = await applyMarked(scaleStep, lost, 1);

    expect(result).toBeInstanceOf(LeaseLostError);
    expect(calls).not.toContain('decode to 2');
  });
});

describe('marks that are left over', () => {
  const unmark: ScaleStep = {
    kind: 'unmark',
    id: 'marks/decode',
    title: 'decode: no pod is to go',
    dependsOn: [],
    connection,
    namespace: 'serving',
    marks: [{ pod: 'decode-a', goesFirst: false }],
  };

  it('are taken back', async () => {
    expect(await applyMarked(unmark)).toEqual({ result: { kind: 'done' }, calls: ['serving/decode-a ,'] });
  });

  it('fail as any other step does', async () => {
    expect((await applyMarked(unmark, failing('auth'))).result).toMatchObject({ kind: 'auth' });
  });
});
