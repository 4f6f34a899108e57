import { describe, expect, it } from 'vitest';
import { controlsOf, pausePlan } from '#shared/domain/controls.ts';
import type { Plan, Step } from '#shared/domain/step.ts';

const own = { actor: 'topic:requests/ada@laptop', atMs: 1_000, reason: 'load test' };
const freeze = { actor: 'topic:requests', atMs: 2_000 };
const plan: Plan<Step> = { kind: 'act', phase: 'building', reason: 'starting network a', next: 'subnet a', steps: [] };

describe('a pause', () => {
  it.each([
    {
      name: 'of the target',
      target: own,
      all: undefined,
      reason:
        'paused by ada@laptop (unverified) since 1970-01-01 00:00:01Z (load test); without it: starting network a',
      next: 'nothing until cluster/demo is resumed',
    },
    {
      name: 'of everything',
      target: undefined,
      all: freeze,
      reason: 'paused by a publisher to topic requests since 1970-01-01 00:00:02Z; without it: starting network a',
      next: 'nothing until everything is resumed',
    },
    {
      name: 'of both',
      target: own,
      all: freeze,
      reason: 'paused by a publisher to topic requests since 1970-01-01 00:00:02Z; without it: starting network a',
      next: 'nothing until everything, and then cluster/demo, is resumed',
    },
  ])('$name says by whom, and what ends it', ({ target, all, reason, next }) => {
    const controls = controlsOf(target && { pause: target }, all && { pause: all }, 0);

    expect(pausePlan(plan, controls, 'cluster/demo')).toMatchObject({ kind: 'hold', phase: 'holding', reason, next });
  });

  it('of the target is not forgotten below that of everything', () => {
    expect(controlsOf({ pause: own }, { pause: freeze }, 0)).toEqual({
      pause: { ...freeze, scope: 'all' },
      ownPause: own,
      overrides: {},
    });
  });
});
