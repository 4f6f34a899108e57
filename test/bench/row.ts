/** One figure of the bench. */
export interface Row {
  readonly name: string;
  /** A text where there is nothing to measure yet. */
  readonly value: number | string;
  readonly unit: string;
  /** At most this; absent: measured for comparison only. */
  readonly target?: number;
}

export function isMet({ value, target }: Row): boolean | undefined {
  return target === undefined || typeof value === 'string' ? undefined : value <= target;
}

/** Aligned for people: name, value, unit, target, met. */
export function toTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => {
    const met = isMet(row);
    return [
      row.name,
      String(row.value),
      row.unit,
      row.target === undefined ? '-' : `<= ${row.target}`,
      met === undefined ? '-' : met ? 'yes' : 'NO',
    ];
  });
  const all = [['name', 'value', 'unit', 'target', 'met'], ...cells];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** The value below which the share `ratio` (0..1) of the values lies. */
export function quantile(values: readonly number[], ratio: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.ceil(ratio * sorted.length) - 1)];
  if (value === undefined) throw new Error('taking a quantile: there are no values');
  return value;
}

export const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
