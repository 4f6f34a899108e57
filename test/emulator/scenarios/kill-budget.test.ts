import { describe, expect, it } from 'vitest';
import { killsUntilEndOf, mayKill, type Phase, phaseAfter } from '../../../emulator/scenarios/kill-budget.ts';

const change = (service: string, method: string) => ({ service, method });

/** What a build changes, in its order. */
const build = [
  change('compute', 'insert'),
  change('compute', 'insert'),
  change('container', 'createCluster'),
  change('kubernetes', 'apply'),
  change('kubernetes', 'apply'),
  change('container', 'createNodePool'),
  change('kubernetes', 'apply'),
  change('kubernetes', 'apply'),
];

const phases: readonly Phase[] = ['networks', 'cluster creation', 'in-cluster objects', 'pool creation', 'readiness'];

describe('the phase of a build', () => {
  it('follows its changes', () => {
    const seen = build.map((_, index) => phaseAfter(build.slice(0, index)));

    expect([...seen, phaseAfter(build)]).toEqual([
      'networks',
      'networks',
      'networks',
      'cluster creation',
      'in-cluster objects',
      'in-cluster objects',
      'pool creation',
      'readiness',
      'readiness',
    ]);
  });
});

describe('the kills that a phase may have', () => {
  /** Every phase offers so many moments for a kill; what each of them got. */
  const spread = (moments: Readonly<Record<Phase, number>>): readonly number[] => {
    let kills = 0;
    return phases.map((phase) => {
      const before = kills;
      for (let moment = 0; moment < moments[phase] && mayKill(phase, kills); moment++) kills++;
      return kills - before;
    });
  };
  const each = (count: number) => Object.fromEntries(phases.map((phase) => [phase, count])) as Record<Phase, number>; // of every phase

  it('are its own when all phases are long', () => {
    expect(spread(each(1_000))).toEqual([8, 8, 6, 10, 4]);
  });

  it('grow by what a short phase left over', () => {
    expect(spread({ ...each(1_000), networks: 3, 'in-cluster objects': 1 })).toEqual([3, 13, 1, 15, 4]);
  });

  it('are never used up before the last phase', () => {
    const lastKill = killsUntilEndOf.readiness - 1;
    expect(phases.filter((phase) => mayKill(phase, lastKill))).toEqual(['readiness']);
    expect(mayKill('pool creation', killsUntilEndOf['in-cluster objects'])).toBe(true);
    expect(mayKill('readiness', killsUntilEndOf['pool creation'])).toBe(true);
  });

  it('are at least 30 in all, even when readiness offers none', () => {
    expect(killsUntilEndOf['pool creation']).toBeGreaterThanOrEqual(30);
  });
});
