import { describe, expect, it } from 'vitest';
import { beginMemory } from '#shared/domain/scaling/hpa-behavior.ts';
import type { HpaProposal } from '#shared/domain/scaling/hpa-calculator.ts';
import { combineProposals, decideAsHpa, type HpaConfig } from '#shared/domain/scaling/hpa.ts';

const asks = (replicas: number): HpaProposal => ({ kind: 'proposal', replicas, usage: 0, keeps: false });
const failed: HpaProposal = { kind: 'failed', reason: 'no answer' };
const rules = { stabilizationWindowSeconds: 0, selectPolicy: 'Max' } as const;
const percent = { type: 'Percent', value: 100, periodSeconds: 15 } as const;
const config: HpaConfig = {
  minReplicas: 1,
  maxReplicas: 10,
  downWindowSeconds: 300,
  behavior: { up: { ...rules, policies: [percent] }, down: { ...rules, policies: [percent] } },
};

describe('several metrics', () => {
  it.each([
    { name: 'the largest wins', proposals: [asks(2), asks(6), asks(3)], expected: { kind: 'wanted', replicas: 6 } },
    {
      name: 'a failed one forbids the way down',
      proposals: [asks(2), failed],
      expected: { kind: 'unknown', reason: 'no answer' },
    },
    { name: 'a failed one allows the way up', proposals: [asks(6), failed], expected: { kind: 'wanted', replicas: 6 } },
    {
      name: 'a failed one allows the same size',
      proposals: [asks(4), failed],
      expected: { kind: 'wanted', replicas: 4 },
    },
    {
      name: 'all failed: nothing is known',
      proposals: [failed, failed],
      expected: { kind: 'unknown', reason: 'no answer' },
    },
    { name: 'none at all: nothing is known', proposals: [], expected: { kind: 'unknown', reason: 'no metric' } },
  ])('$name', ({ proposals, expected }) => {
    expect(combineProposals(proposals, 4)).toEqual(expected);
  });
});

describe('a whole decision', () => {
  it.each([
    { name: 'follows the proposals', current: 4, proposals: [asks(6)], expected: 6 },
    { name: 'is limited by the rate', current: 2, proposals: [asks(9)], expected: 4, limit: 'ScaleUpLimit' },
    { name: 'is limited by the maximum', current: 8, proposals: [asks(20)], expected: 10, limit: 'TooManyReplicas' },
    { name: 'is limited by the minimum', current: 4, proposals: [asks(0)], expected: 1, limit: 'TooFewReplicas' },
    {
      name: 'puts a size above the maximum right, whatever the metrics say',
      current: 14,
      proposals: [failed],
      expected: 10,
    },
    { name: 'leaves a workload alone that somebody set to zero', current: 0, proposals: [asks(3)], expected: 0 },
    { name: 'keeps when nothing is known', current: 4, proposals: [failed], expected: 4 },
  ])('$name', ({ current, proposals, expected, limit }) => {
    const moment = { nowMs: 0, currentReplicas: current, proposals };
    const decision = decideAsHpa({ recommendations: [], ups: [], downs: [] }, config, moment);

    expect(decision.desiredReplicas).toBe(expected);
    if (limit !== undefined) expect(decision.normalized?.limit).toBe(limit);
  });

  it('without behavior: four from one, and no way down before the window is over', () => {
    const { behavior: _none, ...older } = config;
    const up = decideAsHpa(beginMemory(1, 0), older, { nowMs: 0, currentReplicas: 1, proposals: [asks(9)] });
    const soon = decideAsHpa(beginMemory(4, 0), older, { nowMs: 300_000, currentReplicas: 4, proposals: [asks(1)] });
    const later = decideAsHpa(beginMemory(4, 0), older, { nowMs: 300_001, currentReplicas: 4, proposals: [asks(1)] });

    expect([up.desiredReplicas, soon.desiredReplicas, later.desiredReplicas]).toEqual([4, 4, 1]);
  });

  it('a blocked look leaves no recommendation behind', () => {
    const memory = beginMemory(4, 0);

    expect(
      decideAsHpa(memory, config, { nowMs: 15_000, currentReplicas: 4, proposals: [asks(1), failed] }).memory,
    ).toBe(memory);
  });
});
