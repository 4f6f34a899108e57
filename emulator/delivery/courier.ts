import type { Cancel, WorldClock } from '../world/clock.ts';
import type { Dispatcher, DispatchRequest } from './dispatcher.ts';

/** Who signs for the caller; the local cloud's own issuer, or a stand-in. */
export interface TokenSource {
  /** A signed OIDC token, without the word Bearer. */
  token(claims: TokenClaims): string;
}

export interface TokenClaims {
  /** Whom the token is for; the target's URL unless configured otherwise. */
  readonly audience: string;
  /** The service account that the caller acts as. */
  readonly email: string;
}

/** One request on its way: the request itself and, where the target asked for one, the identity to show. */
export interface Letter extends DispatchRequest {
  readonly identity?: TokenClaims;
}

/** What became of a request. An HTTP answer of any status is an answer. */
export type Outcome =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'unanswered'; readonly reason: string };

export interface Parcel {
  readonly dueAtMs: number;
  /** Called when it is due; `undefined` means that there is nothing to send any more. */
  readonly write: () => Letter | undefined;
  /** Called with the outcome while the clock is still held, so that a retry is on the agenda before time goes on. */
  readonly settle: (outcome: Outcome) => void;
}

export interface CourierOptions {
  readonly clock: WorldClock;
  readonly dispatcher: Dispatcher;
  readonly tokens: TokenSource;
  /** Told of every outcome, for the log of a running local cloud. */
  readonly onOutcome?: (label: string, outcome: Outcome) => void;
}

/**
 * Sends what Pub/Sub, Cloud Tasks and cron deliver, at its due time, and holds the clock until the answer is there (D8).
 *
 * All that is due at one instant starts together. At speed `max` world time stands still as soon as the first request is in
 * flight, so that one event per request would deliver them strictly one after another, and nothing would ever meet.
 */
export class Courier {
  readonly #options: CourierOptions;
  readonly #waiting = new Set<Parcel>();
  readonly #inFlight = new Set<Letter>();

  constructor(options: CourierOptions) {
    this.#options = options;
  }

  /** Requests under way at this moment. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** The same, oldest first. */
  get lettersInFlight(): readonly Letter[] {
    return [...this.#inFlight];
  }

  /** Sends the parcel when it is due; the returned function takes back what has not been sent yet. */
  send(parcel: Parcel): Cancel {
    this.#waiting.add(parcel);
    const cancel = this.#options.clock.schedule(parcel.dueAtMs, () => this.#sendDue(), { followUp: true });
    return () => {
      this.#waiting.delete(parcel);
      cancel();
    };
  }

  #sendDue(): void {
    const nowMs = this.#options.clock.nowMs();
    const due = [...this.#waiting].filter(({ dueAtMs }) => dueAtMs <= nowMs);
    for (const parcel of due) {
      // One that departs may take another back.
      if (!this.#waiting.delete(parcel)) continue;
      const letter = parcel.write();
      // A throwing settle is a bug of the world; unhandled, it ends the run and is seen.
      if (letter !== undefined) void this.#carry(letter, parcel.settle);
    }
  }

  async #carry(letter: Letter, settle: Parcel['settle']): Promise<void> {
    const release = this.#options.clock.hold();
    this.#inFlight.add(letter);
    try {
      const outcome = await this.#post(letter);
      this.#options.onOutcome?.(letter.label, outcome);
      settle(outcome);
    } finally {
      this.#inFlight.delete(letter);
      release();
    }
  }

  async #post({ identity, ...request }: Letter): Promise<Outcome> {
    const authorization = identity && { authorization: `Bearer ${this.#options.tokens.token(identity)}` };
    try {
      const { status } = await this.#options.dispatcher.post({
        ...request,
        headers: { ...request.headers, ...authorization },
      });
      return { kind: 'answered', status };
    } catch (thrown) {
      // No answer is an outcome like any other here; the stack is lost, what went wrong is kept.
      return { kind: 'unanswered', reason: thrown instanceof Error ? thrown.message : String(thrown) };
    }
  }
}
