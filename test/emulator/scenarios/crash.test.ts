import { describe, expect, it } from 'vitest';
import { strike, type Victim } from '../../../emulator/scenarios/crash.ts';
import { killsUntilEndOf, type Phase } from '../../../emulator/scenarios/kill-budget.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';
import { HandTime } from '../delivery/hand-time.ts';

const KILLS = killsUntilEndOf.readiness;

/** A process that is at work for three looks and idle for three, and has got a delivery done with each look. */
function makeVictim(over: Partial<Victim> = {}) {
  const seen = { killed: 0, looks: 0 };
  const victim: Victim = {
    inFlight: () => (seen.looks % 6 < 3 ? ['build-cluster (task)'] : []),
    delivered: () => seen.looks,
    lastChange: () => 'insert networks/a',
    phase: () => 'readiness',
    elapsedMs: () => 4_360_000 + 1_000 * seen.looks,
    kill: () => ++seen.killed > 0,
    ...over,
  };
  return { victim, seen };
}

function strikeAll({ victim, seen }: ReturnType<typeof makeVictim>) {
  const real = new HandTime();
  const said: string[] = [];
  const strikes = strike(victim, { real, random: new KeyedRandom('test'), say: (line) => said.push(line) });
  // Far more looks than it needs; each that finds nothing to do asks for the next one.
  for (; seen.looks < 10_000 && real.pending.length > 0; seen.looks++) real.pass();
  return { strikes, said, real };
}

describe('the kills of the scenario crash', () => {
  it('are at least 30, at least 20 of them with a delivery in flight, and end', () => {
    const made = makeVictim();

    const { strikes, real } = strikeAll(made);

    expect(strikes.kills.all).toBe(KILLS);
    expect(made.seen.killed).toBe(KILLS);
    expect(strikes.kills.all).toBeGreaterThanOrEqual(30);
    expect(strikes.kills.inFlight).toBeGreaterThanOrEqual(20);
    expect(strikes.kills.inFlight).toBeLessThan(strikes.kills.all);
    expect(real.pending).toEqual([]);
  });

  it('are each said when they happen, with what they fell on', () => {
    const { said } = strikeAll(makeVictim({ inFlight: () => [] }));
    const busy = strikeAll(
      makeVictim({ inFlight: () => ['intake (push)', 'tick (push)', 'build-cluster (task)', 'tick (push)'] }),
    );
    const { said: both } = strikeAll(makeVictim());

    // A third is for idle moments only, two thirds for busy ones only: who is always one of them waits for the other.
    expect(said).toEqual([]);
    const line =
      'in flight: intake (push), tick (push), build-cluster (task) and 1 more; last change: insert networks/a';
    expect(busy.said).toEqual([
      `+1h12m40s  SIGKILL 1, ${line}`,
      expect.stringMatching(new RegExp(`^\\+1h12m\\d\\ds  SIGKILL 2, ${line.replaceAll(/[()]/g, '\\$&')}$`)),
    ]);
    expect(both).toHaveLength(KILLS);
    expect(both[2]).toMatch(/^\+1h1\dm\d\ds  SIGKILL 3, nothing in flight; last change: insert networks\/a$/);
  });

  it.each([
    { elapsedMs: 0, text: '+0s        SIGKILL 1, ' },
    { elapsedMs: 175_900, text: '+2m55s     SIGKILL 1, ' },
    { elapsedMs: 3_600_000, text: '+1h00m00s  SIGKILL 1, ' },
  ])('carry the time as the lines of the build do: $text', ({ elapsedMs, text }) => {
    const { said } = strikeAll(makeVictim({ elapsedMs: () => elapsedMs }));

    expect(said[0]?.slice(0, text.length)).toBe(text);
  });

  it('leave what is kept for the phases that follow, and come at once where a phase begins', () => {
    const phases: readonly Phase[] = [
      'networks',
      'cluster creation',
      'in-cluster objects',
      'pool creation',
      'readiness',
    ];
    const made = makeVictim();
    const victim: Victim = {
      ...made.victim,
      phase: () => phases[Math.min(4, Math.floor(made.seen.looks / 1_000))] ?? 'networks',
    };

    const { strikes } = strikeAll({ ...made, victim });

    expect([...strikes.kills.inPhase]).toEqual([
      ['networks', 8],
      ['cluster creation', 8],
      ['in-cluster objects', 6],
      ['pool creation', 10],
      ['readiness', 4],
    ]);
  });

  it('spare some deliveries in between, unless something was changed', () => {
    const idle = makeVictim({ inFlight: () => ['build-cluster (task)'], delivered: () => 0 });
    let changes = 0;
    const busy = makeVictim({
      inFlight: () => ['build-cluster (task)'],
      delivered: () => 0,
      lastChange: () => `insert networks/${changes++}`,
    });

    const spared = strikeAll(idle).strikes.kills.all;
    const struck = strikeAll(busy).strikes.kills.all;

    // The first kill spares nothing; after it deliveries must succeed, which here none does.
    expect(spared).toBe(1);
    expect(struck).toBe(2);
  });

  it('stop when the story is over', () => {
    const real = new HandTime();
    const { victim, seen } = makeVictim();

    strike(victim, { real, random: new KeyedRandom('test'), say: () => {} }).stop();
    real.pass();

    expect({ killed: seen.killed, pending: real.pending }).toEqual({ killed: 0, pending: [] });
  });
});
