import { type Line, type Span, span, widthOf } from './line.ts';

/** Columns as wide as their widest cell, two spaces apart; the last one is not padded. */
export function toTable(header: readonly string[], rows: readonly (readonly Span[])[]): readonly Line[] {
  return alignCells([header.map((title) => span(title)), ...rows]);
}

/** The same without a header. */
export function alignCells(rows: readonly (readonly Span[])[]): readonly Line[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, index) =>
    Math.max(0, ...rows.map((row) => cellWidth(row[index]))),
  );
  return rows.map((row) =>
    row.flatMap((cell, index): Line => {
      if (index === row.length - 1) return [cell];
      // The gap is a span of its own, so that colours end with their words.
      return [cell, span(' '.repeat((widths[index] ?? 0) - cellWidth(cell) + 2))];
    }),
  );
}

function cellWidth(cell: Span | undefined): number {
  return cell === undefined ? 0 : widthOf([cell]);
}
