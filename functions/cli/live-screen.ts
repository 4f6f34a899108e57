/** Draws over what it drew last, in one write and without clearing first, so that nothing flickers. */
import { type Io, isColoured } from './io.ts';
import { type Line, renderLine, widthOf } from './text/line.ts';

/** Real time between two redraws, ms: faster than anybody reads, slow enough for a remote terminal. */
const REDRAW_MS = 200;

export interface LiveScreen {
  /** Shows the lines, or keeps them for later if the last redraw is too recent. */
  draw(lines: readonly Line[]): void;
  /** Shows what was kept. To be called before anything else is written. */
  flush(): void;
}

export function makeLiveScreen(io: Io): LiveScreen {
  let shownWidths: readonly number[] = [];
  let shown = '';
  let drawnAtMs = Number.NEGATIVE_INFINITY;
  let kept: readonly Line[] | undefined;
  const show = (lines: readonly Line[]) => {
    kept = undefined;
    // A line that fills the last column makes some terminals wrap.
    const rendering = { columns: io.columns() - 1, isColoured: isColoured(io) };
    const texts = lines.map((line) => renderLine(line, rendering));
    if (texts.join('\n') === shown) return;
    io.out(redraw(shownWidths, texts, io.columns()));
    shown = texts.join('\n');
    shownWidths = lines.map((line) => Math.min(widthOf(line), rendering.columns));
    drawnAtMs = io.nowMs();
  };
  return {
    draw(lines) {
      kept = lines;
      if (io.nowMs() - drawnAtMs >= REDRAW_MS) show(lines);
    },
    flush() {
      if (kept !== undefined) show(kept);
    },
  };
}

/**
 * The control text that replaces one frame by the next (ECMA-48: CUU, EL, ED). `shownWidths`: of the lines on the screen, each of
 * which a terminal that has become narrower shows on several rows.
 */
export function redraw(shownWidths: readonly number[], texts: readonly string[], columns: number): string {
  const rowsUp = shownWidths.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
  const up = rowsUp === 0 ? '' : `\u001b[${rowsUp}A\r`;
  return `${up}${texts.map((text) => `${text}\u001b[K\n`).join('')}\u001b[J`;
}
