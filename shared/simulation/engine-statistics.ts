import { vllmBuckets } from './buckets.ts';
import { Histogram } from './histogram.ts';
import type { Sequence } from './sequence.ts';

/** What one engine counts from its start on; a restarted container begins anew. */
export class EngineStatistics {
  promptTokens = 0;
  generationTokens = 0;
  preemptions = 0;
  /** Ended by the model itself, `finished_reason="stop"`. */
  stopped = 0;
  /** Ended by the limit of tokens, `finished_reason="length"`: prefill replicas are asked for one token. */
  cutOff = 0;
  readonly timeToFirstToken = new Histogram(vllmBuckets.timeToFirstToken);
  readonly interTokenLatency = new Histogram(vllmBuckets.interTokenLatency);
  readonly requestLatency = new Histogram(vllmBuckets.requestLatency);
  readonly queueTime = new Histogram(vllmBuckets.requestLatency);

  /** Once for each stay in an engine: recomputed after a preemption, a sequence has had its first token. */
  observeFirstToken({ enqueuedMs }: Sequence, atMs: number): void {
    this.timeToFirstToken.observe((atMs - enqueuedMs) / 1000);
  }

  observeEnd(sequence: Sequence, atMs: number, reason: 'stop' | 'length'): void {
    if (reason === 'stop') this.stopped++;
    else this.cutOff++;
    this.requestLatency.observe((atMs - sequence.enqueuedMs) / 1000);
    this.queueTime.observe((sequence.admittedMs - sequence.enqueuedMs) / 1000);
  }
}
