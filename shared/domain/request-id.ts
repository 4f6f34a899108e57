import { createHash } from 'node:crypto';

/** Namespace of our ids: any fixed UUID does (RFC 9562 §6.5); this one was drawn once for this project. */
const NAMESPACE = Buffer.from('6f9f3c1e5a0d4b7c9d2e8a41c07b5d36', 'hex');

/** Seed of all request ids of one incarnation of a target. */
export function buildIdOf(subject: { readonly automation: string; readonly target: string }): string {
  return uuidV5(`${subject.automation}\n${subject.target}`);
}

/**
 * The id by which Compute Engine recognises a repeated call: the same for every repetition of one attempt, another one for the
 * next attempt, which starts only after the last one is known to have failed (D10).
 */
export function requestIdOf(attempt: {
  readonly buildId: string;
  readonly stepId: string;
  readonly attempts: number;
}): string {
  return uuidV5(`${attempt.buildId}\n${attempt.stepId}\n${attempt.attempts}`);
}

/** Name-based UUID of version 5 (RFC 9562 §5.5). */
function uuidV5(name: string): string {
  const hash = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
