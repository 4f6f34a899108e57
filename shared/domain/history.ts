/** What happened to a target, in words, bounded in lines and in bytes: it goes on for as long as somebody looks. */
import { cutToBytes } from './cut.ts';

/** One line of what happened. `atMs` is Unix ms of the world that is automated. */
export interface HistoryEntry {
  readonly atMs: number;
  /** Step id, or absent for the target as a whole. */
  readonly step?: string;
  readonly text: string;
}

/** Lines kept; a person reads the newest dozen. */
export const MAX_HISTORY = 200;

/** Lines kept even where everything else in the record leaves no room: they are what says how it came to that. */
export const MIN_HISTORY = 20;

/** Bytes of one line's text. What stands now is told in full, up to its own bound, by the step's reason. */
const MAX_TEXT_BYTES = 500;

/**
 * Adds what is news. A line that says what the latest one about the same step (or about the target as a whole) says already is
 * none, so what is tried or looked at in vain for days takes one line. `roomBytes`: what the lines may take as JSON.
 */
export function addToHistory(
  history: readonly HistoryEntry[],
  events: readonly HistoryEntry[],
  roomBytes: number,
): readonly HistoryEntry[] {
  const entries = [...history];
  for (const event of events) {
    const text = cutToBytes(event.text, MAX_TEXT_BYTES);
    if (entries.findLast(({ step }) => step === event.step)?.text !== text) entries.push({ ...event, text });
  }
  return newestWithin(entries.slice(-MAX_HISTORY), roomBytes);
}

function newestWithin(entries: readonly HistoryEntry[], roomBytes: number): readonly HistoryEntry[] {
  let leftBytes = roomBytes;
  let kept = 0;
  for (const entry of entries.toReversed()) {
    leftBytes -= jsonBytes(entry) + SEPARATOR_BYTES;
    if (leftBytes < 0 && kept >= MIN_HISTORY) break;
    kept++;
  }
  return entries.slice(entries.length - kept);
}

/** The comma between two entries. */
const SEPARATOR_BYTES = 1;

/** Size as the ledger counts it: UTF-8 of the JSON. */
export function jsonBytes(value: object): number {
  return Buffer.byteLength(JSON.stringify(value));
}
