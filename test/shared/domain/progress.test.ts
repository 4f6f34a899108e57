import { describe, expect, it } from 'vitest';
import {
  adoptDocument,
  beginProgress,
  MAX_HISTORY,
  type Progress,
  recordBlindLook,
  recordPlan,
  recordResults,
} from '#shared/domain/progress.ts';
import { retryAfter } from '#shared/domain/retry.ts';
import type { Plan, Step, StepStatus } from '#shared/domain/step.ts';

const begun = beginProgress({ automation: 'a', target: 't', buildId: 'b', sequence: 1 }, 0);
const step: Step = { id: 's', title: 'step s', dependsOn: [] };
const planOf = (status: StepStatus, over: Partial<Plan<Step>> = {}): Plan<Step> => ({
  kind: 'hold',
  phase: 'building',
  reason: 'r',
  next: 'n',
  steps: [{ step, status }],
  ...over,
});
const texts = (progress: Progress) => progress.history.filter((entry) => entry.step === 's').map(({ text }) => text);

describe('what went otherwise than planned', () => {
  const decided = planOf({ state: 'ready' }, { decision: { outcome: 'o', summary: 'decode 2 → 1' } });
  const otherwise = new Map([['s', { kind: 'done', remark: 'not chosen' } as const]]);

  it('is told once, and with the decision that was carried out', () => {
    const applied = recordResults(recordPlan(begun, decided, 1_000), otherwise, 2_000);

    expect(applied.decisions?.at(-1)?.decision).toMatchObject({ summary: 'decode 2 → 1', remarks: ['not chosen'] });
    expect(applied.history.map(({ text }) => text)).toContain('not chosen');
  });

  it('leaves a decision as it is where nothing did', () => {
    const planned = recordPlan(begun, decided, 1_000);

    expect(recordResults(planned, new Map([['s', { kind: 'done' } as const]]), 2_000).decisions).toEqual(
      planned.decisions,
    );
  });
});

describe('the life of one step', () => {
  it('is told once per change: intent, operation, end', () => {
    const intended = recordPlan(begun, planOf({ state: 'ready' }), 1_000);
    const started = recordResults(intended, new Map([['s', { kind: 'started', operation: 'op-1' }]]), 2_000);
    const running = recordPlan(started, planOf({ state: 'running', reason: 'operation op-1 runs' }), 3_000);
    const done = recordPlan(running, planOf({ state: 'done' }), 4_000);
    const settled = recordPlan(done, planOf({ state: 'done' }), 5_000);

    expect(intended.steps['s']).toMatchObject({ state: 'intended', calls: 1, startedAtMs: 1_000 });
    expect(settled.steps['s']).toEqual({
      title: 'step s',
      state: 'done',
      attempts: 0,
      calls: 1,
      failuresInARow: 0,
      operation: 'op-1',
      startedAtMs: 1_000,
      endedAtMs: 4_000,
      doneSinceMs: 4_000,
    });
    expect(texts(settled)).toEqual(['under way: op-1', 'done']);
  });

  it('found as wanted has no call and says so', () => {
    expect(texts(recordPlan(begun, planOf({ state: 'done' }), 1_000))).toEqual(['found as wanted']);
  });

  it('keeps its attempt while the outcome of a call is unknown, so that the repetition has the same request id', () => {
    const intended = recordPlan(begun, planOf({ state: 'ready' }), 0);
    const unknown = recordResults(
      intended,
      new Map([['s', { kind: 'failed', failure: { kind: 'transient', message: 'reset' } }]]),
      0,
    );
    const known = recordResults(
      intended,
      new Map([['s', { kind: 'failed', failure: { kind: 'quota', message: 'full' } }]]),
      0,
    );

    expect(unknown.steps['s']).toMatchObject({ attempts: 0, failuresInARow: 1, notBeforeMs: 5_000 });
    expect(known.steps['s']).toMatchObject({ attempts: 1, state: 'failed', notBeforeMs: 600_000 });
  });

  it('forgets the operation of an attempt that is over', () => {
    const running = recordResults(
      recordPlan(begun, planOf({ state: 'ready' }), 0),
      new Map([['s', { kind: 'started', operation: 'op-1' }]]),
      0,
    );

    const failed = recordPlan(
      running,
      planOf({ state: 'failed', fresh: true, failure: { kind: 'capacity', message: 'no stock' } }),
      0,
    );

    expect(failed.steps['s']).not.toHaveProperty('operation');
    expect(failed.steps['s']).toMatchObject({ attempts: 1, reason: 'no stock' });
  });

  it('whose operation failed is over whatever kind of failure it was, and its row of failures goes on', () => {
    let progress = begun;
    for (const nowMs of [0, 100_000]) {
      progress = recordPlan(progress, planOf({ state: 'ready' }), nowMs);
      progress = recordResults(progress, new Map([['s', { kind: 'started', operation: 'op' }]]), nowMs);
      progress = recordPlan(
        progress,
        planOf({ state: 'failed', fresh: true, failure: { kind: 'transient', message: 'internal' } }),
        nowMs,
      );
    }

    expect(progress.steps['s']).toMatchObject({ attempts: 2, failuresInARow: 2, notBeforeMs: 110_000 });
    expect(progress.steps['s']).not.toHaveProperty('operation');
  });

  it('that stays failed is not counted again', () => {
    const failed = recordPlan(
      begun,
      planOf({ state: 'failed', fresh: false, failure: { kind: 'permanent', message: 'foreign' } }),
      0,
    );
    const again = recordPlan(
      failed,
      planOf({ state: 'failed', fresh: false, failure: { kind: 'permanent', message: 'foreign' } }),
      0,
    );

    expect(again.steps['s']).toMatchObject({ attempts: 0, failuresInARow: 0 });
    expect(texts(again)).toEqual(['failed: foreign']);
  });
});

describe('the record as a whole', () => {
  it('keeps the first moment of being ready', () => {
    const ready = recordPlan(begun, planOf({ state: 'done' }, { phase: 'ready' }), 9_000);
    const later = recordPlan(ready, planOf({ state: 'done' }, { phase: 'ready' }), 99_000);

    expect(later).toMatchObject({ endedAtMs: 9_000, lookedAtMs: 99_000 });
  });

  it('begins anew with a newer document, and lets what failed be tried at once', () => {
    const failed = recordResults(
      recordPlan(begun, planOf({ state: 'ready' }), 0),
      new Map([['s', { kind: 'failed', failure: { kind: 'permanent', message: 'bad' } }]]),
      0,
    );

    const adopted = adoptDocument({ ...failed, endedAtMs: 5 }, 2, 7_000);

    expect(adopted).toMatchObject({
      sequence: 2,
      startedAtMs: 7_000,
      steps: { s: { state: 'waiting', attempts: 1, failuresInARow: 0 } },
    });
    expect(adopted).not.toHaveProperty('endedAtMs');
    expect(adopted.steps['s']).not.toHaveProperty('notBeforeMs');
    expect(adoptDocument(adopted, 2, 8_000)).toBe(adopted);
  });

  it('counts blind looks and forgets them with the first that sees', () => {
    const blind = recordBlindLook(
      recordBlindLook(begun, { kind: 'transient', message: '503' }, 1),
      { kind: 'transient', message: '503' },
      2,
    );

    expect(blind).toMatchObject({ blindLooks: 2, phase: 'pending' });
    expect(blind.history.filter(({ text }) => text.includes('503'))).toHaveLength(1);
    expect(recordPlan(blind, planOf({ state: 'ready' }), 3).blindLooks).toBe(0);
  });

  it('holds when the world cannot be read for a reason that a person has to mend', () => {
    expect(recordBlindLook(begun, { kind: 'auth', message: '403' }, 1)).toMatchObject({
      phase: 'holding',
      reason: 'the world could not be read: 403',
    });
  });

  it('keeps a ring of history', () => {
    let progress = begun;
    for (let look = 0; look < 400; look++)
      progress = recordPlan(
        progress,
        planOf({ state: 'ready' }, { phase: look % 2 === 0 ? 'building' : 'degraded' }),
        look,
      );

    expect(progress.history).toHaveLength(MAX_HISTORY);
    expect(progress.history.at(-1)).toEqual({ atMs: 399, text: 'degraded: r' });
  });
});

describe('the pause after a failure', () => {
  it.each([
    { kind: 'transient' as const, failures: 1, afterSeconds: 5 },
    { kind: 'transient' as const, failures: 3, afterSeconds: 20 },
    { kind: 'transient' as const, failures: 9, afterSeconds: 60 },
    { kind: 'busy' as const, failures: 9, afterSeconds: 20 },
    { kind: 'capacity' as const, failures: 2, afterSeconds: 480 },
    { kind: 'capacity' as const, failures: 99, afterSeconds: 1_800 },
  ])('$kind, $failures in a row, is $afterSeconds s', ({ kind, failures, afterSeconds }) => {
    expect(retryAfter({ kind, message: '' }, failures).afterSeconds).toBe(afterSeconds);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -5])('does not follow a wish of %s s', (retryAfterSeconds) => {
    expect(retryAfter({ kind: 'transient', message: '', retryAfterSeconds }, 1).afterSeconds).toBe(5);
  });

  it('is at least what the service asks for', () => {
    expect(retryAfter({ kind: 'transient', message: '', retryAfterSeconds: 90 }, 1).afterSeconds).toBe(90);
  });
});
