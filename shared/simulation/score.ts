import { endpointPickerBuckets } from './buckets.ts';
import { Histogram } from './histogram.ts';
import type { Ticket } from './request.ts';

/** What the service promises each request. */
export interface ServingObjectives {
  readonly ttftSeconds: number;
  /** Mean time between the tokens of one request. */
  readonly tpotSeconds: number;
}

/** Of shorter answers one prefill beside them decides the mean, not the number of replicas. */
const TPOT_FROM_TOKENS = 32;

/** What clients have seen so far: whatever was lost, refused or is late counts as missed. */
export class Score {
  completed = 0;
  attained = 0;
  /** Held by an endpoint picker that was restarted. */
  lost = 0;
  /** Turned away: nothing was there to take them, or they are larger than any replica. */
  refused = 0;
  readonly timeToFirstToken = new Histogram(endpointPickerBuckets.timeToFirstToken);
  readonly #objectives: ServingObjectives;

  constructor(objectives: ServingObjectives) {
    this.#objectives = objectives;
  }

  /** Of everything that has an outcome; undefined before there is any. */
  get attainedShare(): number | undefined {
    const outcomes = this.completed + this.lost + this.refused;
    return outcomes === 0 ? undefined : this.attained / outcomes;
  }

  observeFirstToken(ticket: Ticket, atMs: number): void {
    this.timeToFirstToken.observe((atMs - ticket.request.arrivalMs) / 1000);
  }

  observeEnd({ request, firstTokenMs = 0 }: Ticket, atMs: number): void {
    const { arrivalMs, outputTokens } = request;
    const { ttftSeconds, tpotSeconds } = this.#objectives;
    const tpot = outputTokens < TPOT_FROM_TOKENS ? 0 : (atMs - firstTokenMs) / 1000 / (outputTokens - 1);
    this.completed++;
    if ((firstTokenMs - arrivalMs) / 1000 <= ttftSeconds && tpot <= tpotSeconds) this.attained++;
  }
}
