/** Lines of text with a little colour. Pure: what a terminal shows is decided here, written elsewhere. */

export type Style = 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan';

export interface Span {
  readonly text: string;
  readonly style?: Style;
}

export type Line = readonly Span[];

export interface Rendering {
  /** Longer lines are cut; absent: never. */
  readonly columns?: number;
  readonly isColoured: boolean;
}

/** Select Graphic Rendition parameters (ECMA-48, 8.3.117). */
const styleCodes: Readonly<Record<Style, number>> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 };

export function span(text: string, style?: Style): Span {
  return style === undefined ? { text } : { text, style };
}

/** A line of plain text. */
export function plain(text: string): Line {
  return [{ text }];
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** What a reader calls characters. Each is taken to fill one column, which only East Asian letters and emojis do not. */
function charactersOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

export function widthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + charactersOf(text).length, 0);
}

/** Texts of other systems stand in our lines: what could move the cursor or colour the rest becomes a space. */
export function renderLine(line: Line, { columns, isColoured }: Rendering): string {
  const clean = line.map((part) => ({ ...part, text: part.text.replaceAll(/\p{Cc}+/gu, ' ') }));
  const fitting = withoutTrailingSpace(columns === undefined ? clean : cut(clean, columns));
  return fitting
    .map(({ text, style }) => (style === undefined || !isColoured || text === '' ? text : paint(text, style)))
    .join('');
}

function paint(text: string, style: Style): string {
  return `\u001b[${styleCodes[style]}m${text}\u001b[0m`;
}

/** Tables end in empty cells; who copies from a terminal should not copy their padding. */
function withoutTrailingSpace(line: Line): Line {
  const last = line.findLastIndex(({ text }) => text.trim() !== '');
  return line.slice(0, last + 1).map((part, index) => (index === last ? { ...part, text: part.text.trimEnd() } : part));
}

export function renderLines(lines: readonly Line[], rendering: Rendering): string {
  return lines.map((line) => `${renderLine(line, rendering)}\n`).join('');
}

function cut(line: Line, columns: number): Line {
  if (widthOf(line) <= columns) return line;
  const kept: Span[] = [];
  // One column is for the ellipsis.
  let left = Math.max(0, columns - 1);
  for (const part of line) {
    const text = charactersOf(part.text).slice(0, left).join('');
    kept.push({ ...part, text });
    left -= charactersOf(text).length;
  }
  return [...kept, { text: '…' }];
}
