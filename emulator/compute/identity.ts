/** Ids and fingerprints: server-made values that are the same in every run of one seed. */
import type { KeyedRandom } from '../world/random.ts';

type Key = readonly (string | number)[];

/** `length` hexadecimal digits. */
export function randomHex(random: KeyedRandom, length: number, ...key: Key): string {
  let text = '';
  for (let part = 0; text.length < length; part++) {
    text += Math.floor(random.draw(...key, 'hex', part) * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
  return text.slice(0, length);
}

/** A resource id as Compute makes them: an unsigned 64-bit number in decimal, 19 digits. */
export function randomId(random: KeyedRandom, ...key: Key): string {
  const digits = BigInt(`0x${randomHex(random, 15, ...key)}`) % 9n ** 18n;
  return String(1_000_000_000_000_000_000n + digits);
}

/** A fingerprint: eight bytes in base64. */
export function randomFingerprint(random: KeyedRandom, ...key: Key): string {
  return Buffer.from(randomHex(random, 16, ...key, 'fingerprint'), 'hex').toString('base64');
}
