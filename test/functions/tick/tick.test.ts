import { beforeEach, describe, expect, it } from 'vitest';
import { AutomationError } from '#shared/errors.ts';
import { type Progress, progressKey, wakeKey } from '#shared/ledger/records.ts';
import { makeProgress } from '../../support/make-progress.ts';
import type { DecisionGauges } from '#shared/ports/decision-metrics.ts';
import type { Runtime } from '../../../functions/runtime.ts';
import { tick } from '../../../functions/tick/index.ts';
import { type LoopBench, makeLoopBench } from '../../support/loop-ports.ts';

const NOW_MS = 1_000_000;
const wake = { automation: 'scale-replicas', target: 'model/demo/serving/llama' };

const progress = makeProgress(wake, { startedAtMs: 0, lookedAtMs: NOW_MS - 5_000 });
const decided = (atMs: number) => ({ fromMs: 0, atMs, looks: 3, decision: { outcome: 'o', summary: 's' } });
const decode = { role: 'decode', desiredReplicas: 4, readyReplicas: 3, limitedBy: 'ceiling', replicas: 4 };

let bench: LoopBench;

beforeEach(() => {
  bench = makeLoopBench();
});

async function put(...records: readonly Partial<Progress>[]): Promise<void> {
  await bench.ledger.transact(async (tx) => {
    for (const record of records) tx.put(progressKey({ ...progress, ...record }), { ...progress, ...record });
  });
}

/** What Pub/Sub pushes of a tick that was published then. */
const pushed = (publishedAtMs: number) => ({
  message: { messageId: '1', publishTime: new Date(publishedAtMs).toISOString(), data: 'e30=' },
  subscription: 'projects/p/subscriptions/inference-fleet-tick',
  deliveryAttempt: 1,
});

async function makeOverdue(): Promise<void> {
  const overdue = { ...wake, wakeSeq: 1, seenSeq: 1, fence: 1, nextCheckAtMs: NOW_MS - 1 };
  await bench.ledger.transact(async (tx) => tx.put(wakeKey(wake), overdue));
}

/** The door as the platform calls it. */
async function run(
  write: (gauges: readonly DecisionGauges[]) => Promise<void> = async () => undefined,
  body: unknown = pushed(NOW_MS),
) {
  const written: { gauges: readonly DecisionGauges[]; atMs: number }[] = [];
  const runtime: Partial<Runtime> = {
    log: bench.log,
    begin: async () => bench,
    verifyInvoker: async () => ({ ok: true, email: 'cron' }),
    decisionMetrics: async () => ({
      write: async (gauges, atMs) => {
        written.push({ gauges, atMs });
        await write(gauges);
      },
    }),
  };
  const answer = await tick.open(runtime as Runtime); // the tick needs nothing else of it
  const request = { method: 'POST', path: '/', query: new URLSearchParams(), authorization: undefined, body };
  return { reply: await answer(request), written };
}

describe('the tick', () => {
  it('tells every decision once: sizes by role, what limited them, and how old it is', async () => {
    await put({ decisions: [decided(900_000), decided(NOW_MS - 5_000)], report: { sizes: [decode] } });

    const { reply, written } = await run();

    expect(reply).toEqual({ status: 204 });
    expect(written).toEqual([
      {
        atMs: NOW_MS,
        gauges: [
          {
            target: wake.target,
            decisionAgeSeconds: 5,
            roles: [{ role: 'decode', desiredReplicas: 4, readyReplicas: 3, limitedBy: 'ceiling' }],
          },
        ],
      },
    ]);
  });

  it.each([
    { name: 'nobody has decided anything', records: [{}] },
    { name: 'the target is not sized', records: [{ automation: 'build-cluster', decisions: [decided(1)] }] },
  ])('tells nothing where $name', async ({ records }) => {
    await put(...records);

    expect((await run()).written).toEqual([]);
  });

  it.each([
    { name: 'no report', report: {} },
    { name: 'a report without sizes', report: { report: { nodes: 3 } } },
    { name: 'a row of another form', report: { report: { sizes: [{ role: 'decode', desiredReplicas: 'four' }] } } },
  ])('tells the age alone of a decision with $name', async ({ report }) => {
    await put({ decisions: [decided(NOW_MS)], ...report });

    expect((await run()).written[0]?.gauges).toEqual([{ target: wake.target, decisionAgeSeconds: 0, roles: [] }]);
  });

  it('tells all of them in one call, however many there are', async () => {
    await put(
      ...Array.from({ length: 250 }, (_, n) => ({ target: `model/demo/serving/m${n}`, decisions: [decided(NOW_MS)] })),
    );

    const { written } = await run();

    expect(written.map(({ gauges }) => gauges.length)).toEqual([250]);
  });

  it('has swept before, and is done although the metrics could not be written', async () => {
    await put({ decisions: [decided(NOW_MS)] });
    await makeOverdue();

    const { reply } = await run(() => Promise.reject(new AutomationError('quota', 'writing: too many points')));

    expect(reply).toEqual({ status: 204 });
    expect(bench.published).toEqual([wake]);
    expect(bench.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: { error: 'writing: too many points' } }),
    );
  });

  it('does not hide a bug behind the metrics', async () => {
    await put({ decisions: [decided(NOW_MS)] });

    await expect(run(() => Promise.reject(new TypeError('x is undefined')))).rejects.toThrow('x is undefined');
  });

  it.each([
    { name: 'is of this minute', body: pushed(NOW_MS - 5) },
    { name: 'is two minutes old', body: pushed(NOW_MS - 120_000) },
    { name: 'was published by a clock that is ahead', body: pushed(NOW_MS + 30_000) },
    { name: 'says no time', body: { message: { messageId: '1' }, subscription: 's' } },
    { name: 'is asked for by hand', body: {} },
  ])('that $name wakes what is overdue', async ({ body }) => {
    await makeOverdue();

    const { reply } = await run(undefined, body);

    expect(reply).toEqual({ status: 204 });
    expect(bench.published).toEqual([wake]);
  });

  it('that is older is acknowledged, and neither wakes nor tells anything', async () => {
    await makeOverdue();
    await put({ decisions: [decided(NOW_MS)] });

    const { reply, written } = await run(undefined, pushed(NOW_MS - 120_001));

    expect(reply).toEqual({ status: 204 });
    expect(bench.published).toEqual([]);
    expect(written).toEqual([]);
    expect(bench.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ ageSeconds: 120 }) }),
    );
  });
});
