import type { WorldBase } from '../world/base.ts';

const DIGITS = 1e9;

/** `17513211334420183842`-like: the ids of policies, conditions and channels are long decimal numbers. */
export function makeResourceId({ random }: Pick<WorldBase, 'random'>, ...key: readonly (string | number)[]): string {
  const half = (part: string) => Math.floor(DIGITS + random.draw('monitoring', part, ...key) * 8 * DIGITS);
  return `${half('high')}${half('low')}`;
}

/** `0.nj3cgjdgo5oh`: the form of `incident_id` in notifications. */
export function makeIncidentId({ random }: Pick<WorldBase, 'random'>, ...key: readonly (string | number)[]): string {
  const part = (name: string) =>
    random
      .draw('monitoring', name, ...key)
      .toString(36)
      .slice(2, 8)
      .padEnd(6, '0');
  return `0.${part('high')}${part('low')}`;
}
