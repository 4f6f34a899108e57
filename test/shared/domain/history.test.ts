import { describe, expect, it } from 'vitest';
import { addToHistory, type HistoryEntry, MAX_HISTORY, MIN_HISTORY } from '#shared/domain/history.ts';
import { beginProgress, type Progress, recordBlindLook, recordPlan, recordResults } from '#shared/domain/progress.ts';
import type { StepStatus } from '#shared/domain/step.ts';
import { makePlan } from '../../support/toy.ts';

const begun = beginProgress({ automation: 'a', target: 't', buildId: 'b', sequence: 1 }, 0);
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const failed = (message: string): StepStatus => ({
  state: 'failed',
  fresh: false,
  failure: { kind: 'permanent', message },
});

describe('the history', () => {
  const line = (text: string, step?: string): HistoryEntry => ({ atMs: 0, text, ...(step !== undefined && { step }) });

  it('takes a line that says what the latest about the same step says already for no news', () => {
    const history = addToHistory([line('x', 's'), line('y')], [line('x', 's'), line('x', 'other'), line('x')], 10_000);

    expect(history).toEqual([line('x', 's'), line('y'), line('x', 'other'), line('x')]);
  });

  it('drops the oldest lines where there is no room, but never the newest few', () => {
    const lines = Array.from({ length: 60 }, (_, index) => line(`${index}`.padStart(2, '0')));
    const lineBytes = bytesOf(lines[0]) + 1;

    expect(addToHistory([], lines, 30 * lineBytes).map(({ text }) => text)).toEqual(
      lines.slice(-30).map(({ text }) => text),
    );
    expect(addToHistory([], lines, -1)).toHaveLength(MIN_HISTORY);
  });

  it('is not touched by looks without news, however many', () => {
    const states: Readonly<Record<string, StepStatus>> = {
      a: { state: 'done' },
      b: failed('no'),
      c: { state: 'running', reason: 'op' },
      d: { state: 'waiting', cause: 'retry', reason: 'later' },
    };
    let progress = recordPlan(begun, makePlan(states), 0);
    const { history } = progress;

    for (let look = 1; look < 1_000; look++) {
      progress = recordPlan(progress, makePlan({ ...states, c: { state: 'running', reason: `${look} %` } }), look);
    }

    expect(progress.history).toEqual(history);
  });

  it.each([
    {
      name: 'a call that is refused again and again',
      result: { kind: 'failed', failure: { kind: 'transient', message: '503' } } as const,
      texts: ['waits: 503'],
    },
    { name: 'a call whose effect is never seen', result: { kind: 'started' } as const, texts: ['under way'] },
  ])('tells $name once', ({ result, texts }) => {
    let progress: Progress = begun;
    for (let look = 0; look < 100; look++) {
      progress = recordPlan(progress, makePlan({ a: { state: 'ready' } }), look);
      progress = recordResults(progress, new Map([['a', result]]), look);
    }

    expect(progress.history.filter(({ step }) => step === 'a').map(({ text }) => text)).toEqual(texts);
  });

  it('tells a world that can be read every other time once', () => {
    let progress: Progress = begun;
    for (let look = 0; look < 50; look++) {
      progress = recordPlan(progress, makePlan({ a: { state: 'done' } }), look);
      progress = recordBlindLook(progress, { kind: 'transient', message: '503' }, look);
    }

    expect(progress.history.filter(({ text }) => text.includes('503'))).toHaveLength(1);
  });
});

describe('the size of the record', () => {
  /** The most that a document can ask for, and a vendor that answers each with a page. */
  const makePage = (look: number, step: number) => `${look}.${step} ${'é"'.repeat(4_000)}`;
  const manySteps = (look: number) =>
    Object.fromEntries(Array.from({ length: 64 }, (_, step) => [`pool/${step}`, failed(makePage(look, step))]));

  it('stays within its bound although every step fails in new and long words at every look', () => {
    let progress: Progress = begun;
    for (let look = 0; look < 30; look++) {
      progress = recordPlan(progress, makePlan(manySteps(look), { reason: makePage(look, 0) }), look);
    }

    // 64 reasons of 4 KB, half of them quotes, which JSON writes as two bytes: beyond 256 KB the history gives way.
    expect(bytesOf(progress)).toBeLessThan(512 * 1_024);
    expect(Buffer.byteLength(progress.reason)).toBeLessThanOrEqual(4_096);
    expect(Buffer.byteLength(progress.steps['pool/63']?.reason ?? '')).toBeLessThanOrEqual(4_096);
    expect(progress.history).toHaveLength(MIN_HISTORY);
    expect(progress.history.every(({ text }) => Buffer.byteLength(text) <= 500)).toBe(true);
    expect(progress.history.at(-1)).toMatchObject({ atMs: 29, step: 'pool/63' });
  });

  it('lets the history give way before 256 KB', () => {
    let progress: Progress = begun;
    const states = Object.fromEntries(Array.from({ length: 40 }, (_, step) => [`s${step}`, failed('x'.repeat(4_000))]));
    for (let look = 0; look < 400; look++) {
      const flipping = failed(`${look} ${'y'.repeat(900)}`);
      progress = recordPlan(progress, makePlan({ ...states, flipping }), look);
    }

    expect(bytesOf(progress)).toBeLessThanOrEqual(256 * 1_024);
    expect(progress.history.length).toBeGreaterThan(MIN_HISTORY);
    expect(progress.history.length).toBeLessThan(MAX_HISTORY);
  });

  it('is bounded for what is applied and for what cannot be read, too', () => {
    const long = 'z'.repeat(3_000_000);
    const applied = recordResults(
      recordPlan(begun, makePlan({ a: { state: 'ready' } }), 0),
      new Map([['a', { kind: 'failed', failure: { kind: 'permanent', message: long } }]]),
      0,
    );

    expect(bytesOf(applied)).toBeLessThan(10_000);
    expect(bytesOf(recordBlindLook(begun, { kind: 'auth', message: long }, 0))).toBeLessThan(10_000);
  });
});
