import type { Sequence } from './sequence.ts';

interface Part {
  readonly sequence: Sequence;
  /** Prompt tokens computed in the step under way. */
  chunk: number;
}

/** Prompts that were admitted and are not wholly computed, in order of admission: chunked prefill. */
export class PrefillBatch {
  #parts: Part[] = [];

  get length(): number {
    return this.#parts.length;
  }

  all(): readonly Sequence[] {
    return this.#parts.map(({ sequence }) => sequence);
  }

  /** Gives each prompt its share of the next step; returns what is left of the token budget. */
  schedule(budget: number): number {
    return this.#parts.reduce((left, part) => giveChunk(part, left), budget);
  }

  add(sequence: Sequence, budget: number): number {
    const part = { sequence, chunk: 0 };
    this.#parts.push(part);
    return giveChunk(part, budget);
  }

  /** Ends a step: how many tokens it computed, and which prompts are whole now. */
  complete(): { readonly tokens: number; readonly done: readonly Sequence[] } {
    const unfinished: Part[] = [];
    const done: Sequence[] = [];
    let tokens = 0;
    for (const part of this.#parts) {
      part.sequence.prefillLeft -= part.chunk;
      tokens += part.chunk;
      if (part.sequence.prefillLeft > 0) unfinished.push(part);
      else done.push(part.sequence);
    }
    this.#parts = unfinished;
    return { tokens, done };
  }
}

function giveChunk(part: Part, budget: number): number {
  part.chunk = Math.min(part.sequence.prefillLeft, budget);
  return budget - part.chunk;
}
