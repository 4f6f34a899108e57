/** Levers: what goes wrong with `/metrics` of the pods themselves. What goes wrong behind them is the monitoring world's. */

/** Ends what it came from. */
export type End = () => void;

export class MetricFaults {
  #blackouts = 0;
  readonly #cutOff = new Map<string, number>();
  /** Text of the pods that tell the same for ever; undefined until they are asked for the first time. */
  readonly #frozen = new Map<string, string | undefined>();

  /** No pod of the service answers. */
  blackout(): End {
    this.#blackouts++;
    return once(() => this.#blackouts--);
  }

  /** One pod does not answer. */
  cutOff(pod: string): End {
    this.#cutOff.set(pod, (this.#cutOff.get(pod) ?? 0) + 1);
    return once(() => this.#cutOff.set(pod, (this.#cutOff.get(pod) ?? 0) - 1));
  }

  /** One pod answers from now on what it says when it is asked next: its numbers look fresh and are not. */
  freeze(pod: string): End {
    this.#frozen.set(pod, undefined);
    return once(() => this.#frozen.delete(pod));
  }

  /** What the pod answers, or undefined where nothing comes back. */
  apply(pod: string, write: () => string): string | undefined {
    if (this.#blackouts > 0 || (this.#cutOff.get(pod) ?? 0) > 0) return undefined;
    if (!this.#frozen.has(pod)) return write();
    const text = this.#frozen.get(pod) ?? write();
    this.#frozen.set(pod, text);
    return text;
  }
}

/** Calling an end twice is as good as once. */
function once(end: () => void): End {
  let isOver = false;
  return () => {
    if (!isOver) end();
    isOver = true;
  };
}
