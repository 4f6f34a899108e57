/**
 * Chance by key and not by order of drawing: the same key gives the same numbers whoever asked for what before. A hash of integers
 * (murmur3 by Austin Appleby, public domain), since a day has millions of draws.
 */
export type DrawKey = readonly number[];

/** A number in [0, 1). */
export function draw(seed: number, ...key: DrawKey): number {
  let hash = seed | 0;
  for (const part of key) {
    let mixed = Math.imul(part | 0, 0xcc9e2d51);
    mixed = Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
    hash ^= mixed;
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  return finish(hash ^ (key.length * 4)) / 2 ** 32;
}

/** From a text, for `draw`. */
export function seedOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = finish(Math.imul(hash, 31) + text.charCodeAt(index));
  return hash;
}

/** Standard normal (Box and Muller). */
export function drawNormal(seed: number, ...key: DrawKey): number {
  const radius = Math.sqrt(-2 * Math.log(1 - draw(seed, ...key, 1)));
  return radius * Math.cos(2 * Math.PI * draw(seed, ...key, 2));
}

/** How many events of a Poisson distribution; above a mean of 30 its normal approximation is good to a few per mille. */
export function drawPoisson(mean: number, seed: number, ...key: DrawKey): number {
  if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * drawNormal(seed, ...key)));
  // Inversion: the first count at which the distribution reaches what was drawn.
  const drawn = draw(seed, ...key);
  let probability = Math.exp(-mean);
  let reached = probability;
  let count = 0;
  while (drawn >= reached && count < 200) {
    count++;
    probability *= mean / count;
    reached += probability;
  }
  return count;
}

function finish(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
