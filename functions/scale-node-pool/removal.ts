/** Whether the deletion of a machine has been asked for: after that nothing calls it back. Pure. */
import type { OperationReading } from '#shared/domain/operation.ts';
import type { StepMemory } from '#shared/domain/step.ts';

/**
 *   | calls | operation      | latest failure                | means                                                         |
 *   | 0     | none           | none                          | none: it can be taken back                                    |
 *   | any   | failed         | any                           | none: the group still has its machine                         |
 *   | any   | anything else  | any                           | confirmed: the group's size is lower by one                   |
 *   | 1..   | none           | known not to have taken effect | none                                                         |
 *   | 1..   | none           | none, or an unclear one       | unconfirmed: we stopped between call and record, so it is repeated |
 */
export type Removal = 'none' | 'unconfirmed' | 'confirmed';

export function removalOf(memory: StepMemory | undefined, reading: OperationReading | undefined): Removal {
  if (memory === undefined || memory.calls === 0 || reading?.state === 'failed') return 'none';
  if (memory.operation !== undefined) return 'confirmed';
  const { state, failureKind } = memory;
  const isRefused = (state === 'waiting' || state === 'failed') && failureKind !== undefined;
  return isRefused && failureKind !== 'transient' ? 'none' : 'unconfirmed';
}
