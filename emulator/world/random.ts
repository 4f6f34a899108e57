import { createHash } from 'node:crypto';

/**
 * Randomness keyed by what it is for and not by the order of drawing, so that two runs that do the same things in another
 * order see the same durations (D8). `draw('networks', 'demo-rdma', 1)` is always the same number of [0, 1) for one seed.
 */
export class KeyedRandom {
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  draw(...key: readonly (string | number)[]): number {
    const digest = createHash('sha256')
      .update([this.#seed, ...key].join('\u0000'))
      .digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  }

  /** A number in [from, to). */
  between(from: number, to: number, ...key: readonly (string | number)[]): number {
    return from + (to - from) * this.draw(...key);
  }
}
