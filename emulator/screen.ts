import type { Screen } from './scenarios/scenario.ts';

/** What is written to, as far as it is needed: `process.stdout`. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/**
 * Lines that stay, and below them, on a terminal, one that is drawn over (ECMA-48: EL). A line that stays keeps its length, so that
 * what is copied is whole; the other one is cut, because one that wraps could not be drawn over.
 */
export function makeScreen(output: Output): Screen {
  let shown = '';
  const clear = (): string => (shown === '' ? '' : '\r\u001b[K');
  return {
    say(line) {
      output.write(`${clear()}${line}\n${shown}`);
    },
    show(line) {
      if (output.isTTY !== true) return;
      const cut = line.slice(0, Math.max(0, (output.columns ?? 80) - 1));
      output.write(`${clear()}${cut}`);
      shown = cut;
    },
  };
}
