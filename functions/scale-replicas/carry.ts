import type { JsonObject } from '#shared/domain/json.ts';
import type { Carry } from './steps.ts';

/**
 * What the last look handed over. It is advice (windows, counters, an address): one of another form is forgotten, and everything is
 * learnt anew within a window.
 */
export function parseCarry(carry: JsonObject | undefined): Carry | undefined {
  if (carry?.['version'] !== 1) return undefined;
  return carry as unknown as Carry; // written by `plan` of this version, read back from JSON
}
