/** Threads that play the points of a story between them. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { StoryEnd } from './ends.ts';
import type { Point } from './points.ts';

/** One point that was played. */
export interface Played {
  readonly name: string;
  readonly lastingName: string;
  readonly label: string;
  /** Empty: it ended like the uncut run. */
  readonly problems: readonly string[];
}

/** What a thread is told: which story is told next, and then one point of it after the other. */
export type Order = { readonly story: string; readonly uncut: StoryEnd } | { readonly point: Point };

export interface StoryPoints {
  readonly story: string;
  readonly uncut: StoryEnd;
  readonly points: readonly Point[];
}

/**
 * They live for all stories, since loading what a story is made of takes as long as playing three points. Each takes the next point
 * when it is done with its last: points of one kind stand side by side and take alike, so fixed shares would be uneven.
 */
export class Players {
  readonly #workers: readonly Worker[];

  constructor(threads: number) {
    this.#workers = Array.from({ length: threads }, () => new Worker(new URL('worker.ts', import.meta.url)));
  }

  async play({ story, uncut, points }: StoryPoints, report: (played: Played) => void): Promise<void> {
    const waiting = [...points];
    const takeTurns = async (worker: Worker): Promise<void> => {
      worker.postMessage({ story, uncut } satisfies Order);
      for (let point = waiting.shift(); point !== undefined; point = waiting.shift()) {
        worker.postMessage({ point } satisfies Order);
        report(await answerOf(worker));
      }
    };
    await Promise.all(this.#workers.map(takeTurns));
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

async function answerOf(worker: Worker): Promise<Played> {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(worker, 'exit', { signal }).then(([code]) => {
    throw new Error(`playing a point: the thread ended with code ${String(code)}`);
  });
  try {
    // `once` rejects when the thread throws.
    const [played] = (await Promise.race([once(worker, 'message', { signal }), ended])) as [Played]; // worker.ts sends nothing else
    return played;
  } finally {
    ended.catch(() => undefined);
    over.abort();
  }
}
