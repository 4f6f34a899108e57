import type { Clock } from '#shared/ports/clock.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import type { Log } from '#shared/ports/log.ts';

/** Status only reads, and only the ledger: it asks no cloud and no cluster, and changes nothing. */
export interface ViewPorts {
  readonly ledger: Ledger;
  readonly log: Log;
  /** The world's time, to tell who should have been looked at by now. */
  readonly clock: Pick<Clock, 'nowMs'>;
}
