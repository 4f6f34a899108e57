import type { HttpRequest } from './http.ts';

export interface Occasion {
  /** Which calls it falls on. */
  readonly matches: (request: HttpRequest) => boolean;
  /** On so many of them; every one unless given. */
  readonly times?: number;
}

/** Ends what it came from. */
export type End = () => void;

interface Pending<Misfortune> {
  readonly misfortune: Misfortune;
  readonly matches: Occasion['matches'];
  left: number;
}

/** What is to go wrong, and with which calls; of several that match, what was added first. */
export class Occasions<Misfortune> {
  readonly #pending = new Set<Pending<Misfortune>>();

  /** From now until it has struck often enough, or the returned function is called. */
  add(misfortune: Misfortune, { matches, times = Number.POSITIVE_INFINITY }: Occasion): End {
    const pending = { misfortune, matches, left: times };
    this.#pending.add(pending);
    return () => void this.#pending.delete(pending);
  }

  /** What goes wrong with this call; it counts as one that was struck. */
  take(request: HttpRequest): Misfortune | undefined {
    const pending = [...this.#pending].find(({ matches }) => matches(request));
    if (pending === undefined) return undefined;
    pending.left--;
    if (pending.left <= 0) this.#pending.delete(pending);
    return pending.misfortune;
  }
}
