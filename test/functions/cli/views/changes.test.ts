import { describe, expect, it } from 'vitest';
import { MAX_HISTORY } from '#shared/domain/progress.ts';
import { changeLines, newEntries } from '../../../../functions/cli/views/changes.ts';
import { at, building, busy, failed, makeProgress, makeTarget, ready, step } from '../make-target.ts';

const changes = (before: typeof building | undefined, after: typeof building) =>
  changeLines(before && makeTarget(before), makeTarget(after));

describe('plain lines', () => {
  it('tell everything since the document was accepted at the first look', () => {
    expect(changes(undefined, building)).toEqual([
      'cluster/demo is building, 6 of 12 steps done',
      '+0s        document 1 accepted',
      '+2s        checks before anything is created: found as wanted',
      '+2s        building: starting network demo-net-0, network demo-net-1, network demo-rdma',
      '+22s       network demo-net-0: done',
      '+36s       subnet demo-rdma-sub-0: under way: op-7',
    ]);
  });

  it('tell a wait for somebody else once, and no wait for a step of the same graph', () => {
    expect(changes(building, busy)).toEqual([
      '+27m10s    cluster demo: done',
      '+28m20s    GPU pool h200: waits: busy: UPGRADE_MASTER (operation-9) runs on the cluster',
    ]);
    expect(changes(busy, { ...busy, lookedAtMs: at(1_720) })).toEqual([]);
  });

  it('tell a wait whose reason names the step itself', () => {
    const waits = (reason: string) => ({
      ...busy,
      steps: { ...busy.steps, 'pool/h200': step('GPU pool h200', 'waiting', { reason }) },
    });

    expect(changes(busy, waits('busy: somebody deletes GPU pool h200'))).toEqual([
      '+28m20s    GPU pool h200: waits: busy: somebody deletes GPU pool h200',
    ]);
  });

  it('tell once what a decision and the new phase say, and never again', () => {
    const entry = (seconds: number, text: string) => ({ atMs: at(seconds), text });
    const decided = [entry(5, 'decode 2 → 3'), entry(5, 'updating: decode 2 → 3')];
    const first = { ...building, history: decided };
    const second = { ...building, history: [...decided, entry(9, 'decode 3 → 4'), entry(9, 'updating: decode 3 → 4')] };

    expect(changes(undefined, first)[1]).toBe('+5s        updating: decode 2 → 3');
    expect(changes(first, second)).toEqual(['+9s        updating: decode 3 → 4']);
  });

  it('keep their column up to the last second of a day', () => {
    const entry = (seconds: number) => ({ atMs: at(seconds), text: 'news' });
    const late = { ...building, history: [entry(5), entry(38_232)] };

    expect(changes(undefined, late).slice(1, 3)).toEqual(['+5s        news', '+10h37m12s news']);
  });

  it('tell the end', () => {
    expect(changes(busy, ready)).toEqual(['+1h12m05s  ready: every node, GPU and RDMA network asked for is there']);
  });

  it('tell a failure by its first line', () => {
    expect(changes(undefined, failed).at(-1)).toBe(
      '+1m30s     checks before anything is created: failed: pool h200: wrong zone (and 1 more)',
    );
  });

  it('tell how a step under way gets on', () => {
    const waits = (reason: string) =>
      makeProgress({
        phase: 'building',
        reason: 'waiting',
        looked: 70,
        steps: { readiness: step('nodes', 'running', { from: 10, reason }) },
      });

    expect(changes(waits('pool h200: 0 of 2 nodes Ready'), waits('pool h200: 1 of 2 nodes Ready'))).toEqual([
      '+1m10s     nodes: pool h200: 1 of 2 nodes Ready',
    ]);
  });

  it('tell a refused call once: the history has it', () => {
    const pool = (failuresInARow: number, reason: string) => ({
      'pool/h200': step('GPU pool h200', 'waiting', { failuresInARow, reason }),
    });
    const before = makeProgress({ phase: 'building', reason: 'r', looked: 10, steps: pool(0, 'needs cluster demo') });
    const after = makeProgress({
      phase: 'building',
      reason: 'r',
      looked: 20,
      steps: pool(1, 'no stock'),
      history: [[19, 'pool/h200', 'waits: no stock']],
    });

    expect(changes(before, after)).toEqual(['+19s       GPU pool h200: waits: no stock']);
  });

  it('begin anew with a newer document', () => {
    const next = makeProgress({
      phase: 'updating',
      reason: 'r',
      looked: 0,
      steps: {},
      history: [[0, undefined, 'document 2 accepted']],
    });

    expect(
      changes(building, { ...next, startedAtMs: at(300), history: [{ atMs: at(300), text: 'document 2 accepted' }] }),
    ).toEqual(['+0s        document 2 accepted']);
  });
});

describe('new entries of the history', () => {
  const entry = (atMs: number) => ({ atMs, text: 'done' });

  it.each([
    { name: 'are all of it at first', before: [], after: [1, 2], expected: [1, 2] },
    { name: 'are what was added', before: [1, 2], after: [1, 2, 3], expected: [3] },
    { name: 'are none when nothing was', before: [1, 2], after: [1, 2], expected: [] },
    { name: 'are found although the ring has dropped its oldest', before: [1, 2, 3], after: [2, 3, 4], expected: [4] },
    { name: 'may look like the last one', before: [1, 2], after: [1, 2, 2], expected: [2] },
    { name: 'are all of it when nothing is left of the old', before: [1, 2], after: [7, 8], expected: [7, 8] },
  ])('$name', ({ before, after, expected }) => {
    expect(newEntries(before.map(entry), after.map(entry))).toEqual(expected.map(entry));
  });

  it('are found in a full ring', () => {
    const full = Array.from({ length: MAX_HISTORY }, (_, index) => entry(index));

    expect(newEntries(full, [...full.slice(1), entry(MAX_HISTORY)])).toEqual([entry(MAX_HISTORY)]);
  });
});
