import type { Clock } from '#shared/ports/clock.ts';
import type { DeadLetters } from '#shared/ports/dead-letters.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import type { Log } from '#shared/ports/log.ts';
import type { WakePublisher } from '#shared/ports/wakes.ts';

export interface IntakePorts {
  readonly ledger: Ledger;
  readonly wakes: WakePublisher;
  readonly deadLetters: DeadLetters;
  readonly clock: Clock;
  readonly log: Log;
}
