import { describe, expect, it } from 'vitest';
import type { RealTime } from '../../emulator/world/real-time.ts';
import { measurePart } from './part.ts';
import type { Row } from './row.ts';

/** Time that passes when the test says so. */
class Hands implements RealTime {
  #nowMs = 0;
  readonly #timers = new Map<number, { readonly atMs: number; readonly callback: () => void }>();
  #made = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): () => void {
    const id = this.#made++;
    this.#timers.set(id, { atMs: this.#nowMs + delayMs, callback });
    return () => void this.#timers.delete(id);
  }

  pass(ms: number): void {
    this.#nowMs += ms;
    for (const { atMs, callback } of this.#timers.values()) if (atMs <= this.#nowMs) callback();
  }

  get waiting(): number {
    return this.#timers.size;
  }
}

const rows: readonly Row[] = [{ name: 'p50', value: 20, unit: 'ms' }];

describe('a part of the bench', () => {
  it('tells when it begins, how far it is and when it ends, with the time it took', async () => {
    const time = new Hands();
    const said: string[] = [];

    const result = await measurePart(
      {
        name: 'latency',
        maxSeconds: 60,
        measure: (say) => {
          time.pass(1_500);
          say('warm');
          time.pass(500);
          return Promise.resolve(rows);
        },
      },
      time,
      (line) => void said.push(line),
    );

    expect(result).toEqual({ rows });
    expect(said).toEqual([
      'latency: begins (0.0 s of at most 60 s)',
      'latency: warm (1.5 s of at most 60 s)',
      'latency: ends (2.0 s of at most 60 s)',
    ]);
    expect(time.waiting).toBe(0);
  });

  it('that takes longer than its bound is named as not measured', async () => {
    const time = new Hands();
    const said: string[] = [];

    const measured = measurePart(
      { name: 'latency', maxSeconds: 60, measure: () => new Promise(() => {}) },
      time,
      (line) => void said.push(line),
    );
    time.pass(60_000);
    const result = await measured;

    expect(result).toEqual({
      rows: [{ name: 'latency', value: 'not measured: it takes longer than 60 s', unit: '-' }],
      broken: 'it takes longer than 60 s',
    });
    expect(said.at(-1)).toBe('latency: FAILS: it takes longer than 60 s (60.0 s of at most 60 s)');
  });

  it('that fails is named with the reason, and the next one can go on', async () => {
    const failing = { name: 'storm', maxSeconds: 60, measure: () => Promise.reject(new Error('no bundles')) };

    const result = await measurePart(failing, new Hands(), () => {});

    expect(result.broken).toBe('no bundles');
    expect(result.rows).toEqual([{ name: 'storm', value: 'not measured: no bundles', unit: '-' }]);
  });
});
