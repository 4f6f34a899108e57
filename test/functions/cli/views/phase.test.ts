import { describe, expect, it } from 'vitest';
import { endingOf, leadingAutomation, phaseOf } from '../../../../functions/cli/views/phase.ts';
import { building, busy, failed, makeTarget, ready } from '../make-target.ts';

function withPhases(...phases: string[]) {
  const [row] = makeTarget(ready).automations;
  return { automations: phases.map((phase) => ({ ...row!, automation: `a-${phase}`, phase })) };
}

describe('the phase of a target', () => {
  it.each([
    { phases: ['ready', 'building'], expected: 'building' },
    { phases: ['building', 'degraded'], expected: 'degraded' },
    { phases: ['holding', 'failed', 'ready'], expected: 'failed' },
    { phases: ['ready', 'deleted'], expected: 'ready' },
    { phases: [], expected: 'pending' },
    // A newer function may know phases that we do not: ours come first.
    { phases: ['resting', 'ready'], expected: 'ready' },
  ])('of $phases is $expected', ({ phases, expected }) => {
    expect(phaseOf(withPhases(...phases))).toBe(expected);
  });

  it('comes with the automation whose reason explains it', () => {
    expect(leadingAutomation(withPhases('ready', 'failed'))?.automation).toBe('a-failed');
  });
});

describe('the work has', () => {
  it.each([
    { name: 'not ended while it builds', target: makeTarget(building), expected: undefined },
    { name: 'not ended while it waits', target: makeTarget(busy), expected: undefined },
    { name: 'not ended before the first look', target: makeTarget(), expected: undefined },
    { name: 'ended when it is ready', target: makeTarget(ready), expected: 'ready' },
    { name: 'ended when it has failed', target: makeTarget(failed), expected: 'failed' },
    { name: 'ended when it holds', target: makeTarget({ ...failed, phase: 'holding' }), expected: 'holding' },
    {
      name: 'not ended while a newer document waits for its first look',
      target: { ...makeTarget(ready), sequence: 2 },
      expected: undefined,
    },
  ])('$name', ({ target, expected }) => {
    expect(endingOf(target)).toBe(expected);
  });
});
