import type { HistoryEntry } from '#shared/domain/progress.ts';

/**
 * Without what another entry of the same instant says as well: a new decision is told by itself, and again as the reason of the new
 * phase (`ready: decode stays at 2`).
 */
export function toldOnce(history: readonly HistoryEntry[]): readonly HistoryEntry[] {
  return history.filter(
    (entry, index) =>
      !history.some((other, at) => at !== index && says(other, entry) && !(says(entry, other) && at > index)),
  );
}

function says(one: HistoryEntry, other: HistoryEntry): boolean {
  return one.atMs === other.atMs && one.step === other.step && one.text.includes(other.text);
}
