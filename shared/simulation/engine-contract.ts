import type { PerformanceProfile } from './performance.ts';
import type { Sequence } from './sequence.ts';

/** How KV gets from prefill to decode. */
export interface KvTransfer {
  readonly setupMs: number;
  readonly perTokenMs: number;
}

/** Told what becomes of sequences, at the time at which it does. */
export interface EngineListener {
  /** The client sees its first token. */
  firstToken(sequence: Sequence, atMs: number): void;
  /** A prefill replica is done; the KV stays where it is until it is released. */
  prefilled(sequence: Sequence, atMs: number): void;
  /** The KV of a remote sequence has arrived. */
  pulled(sequence: Sequence): void;
  finished(sequence: Sequence, atMs: number): void;
}

export interface EngineOptions {
  readonly profile: PerformanceProfile;
  /** Whether its sequences go on elsewhere after their prompt. */
  readonly handsOver: boolean;
  readonly transfer: KvTransfer;
  readonly listener: EngineListener;
}
