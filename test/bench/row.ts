/** One figure of the bench, and what a list of them comes to. */
export interface Row {
  readonly name: string;
  /** A text where there is nothing to measure. */
  readonly value: number | string;
  readonly unit: string;
  /** At most this; absent: measured for comparison only. */
  readonly target?: number;
  /**
   * The target is a count, or a ratio of CPU, which the load of the machine does not change: the run fails where it is missed. Others
   * are only reported, because a busy machine misses them without any change of ours.
   */
  readonly holdsRun?: true;
}

export function isMet({ value, target }: Row): boolean | undefined {
  return target === undefined || typeof value === 'string' ? undefined : value <= target;
}

/** Rows whose target is missed: those that fail the run, and those that are only reported. */
export function missed(rows: readonly Row[]): { readonly failing: readonly Row[]; readonly reported: readonly Row[] } {
  const all = rows.filter((row) => isMet(row) === false);
  return {
    failing: all.filter(({ holdsRun }) => holdsRun === true),
    reported: all.filter(({ holdsRun }) => holdsRun !== true),
  };
}

/** 0: every part was measured, and no target that holds the run is missed. */
export function exitCode(rows: readonly Row[], brokenParts: readonly string[]): 0 | 1 {
  return brokenParts.length > 0 || missed(rows).failing.length > 0 ? 1 : 0;
}

const header = ['name', 'value', 'unit', 'target', 'met', 'a miss'];

/** Aligned for people: name, value, unit, target, met, and what a miss means. */
export function toTable(rows: readonly Row[]): string {
  const all = [header, ...rows.map(toCells)];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function toCells(row: Row): readonly string[] {
  const { name, value, unit, target, holdsRun } = row;
  if (target === undefined) return [name, String(value), unit, '-', '-', '-'];
  const met = isMet(row) === true ? 'yes' : 'NO';
  return [name, String(value), unit, `<= ${target}`, met, holdsRun === true ? 'fails the run' : 'is reported'];
}

/** The same for programs. */
export function toJson(rows: readonly Row[]): string {
  return JSON.stringify(
    rows.map(({ holdsRun, ...row }) => ({ ...row, met: isMet(row), failsRun: holdsRun === true })),
    null,
    2,
  );
}

/** The smallest value that at least the share `ratio` (0..1) of the values does not exceed (nearest rank). */
export function quantile(values: readonly number[], ratio: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(ratio * sorted.length) - 1)];
  if (value === undefined) throw new Error('taking a quantile: there are no values');
  return value;
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
