import type { RequestStream } from './arrivals.ts';
import type { ServingRequest } from './request.ts';

/** Columns of a trace; others are left out. */
const columns = ['t_s', 'input_tokens', 'output_tokens'] as const;

/** How a recorded trace is played. */
export interface Playback {
  /** World time of the trace's second 0. */
  readonly startMs: number;
  /** 2: twice as fast, so twice the rate; 1 unless given. */
  readonly speed?: number;
}

/**
 * A recorded trace as CSV with a header: `t_s` (seconds from the start of the file), `input_tokens`, `output_tokens`, in any order and
 * with more columns beside them. Requests that generated nothing count as one token. Throws with the line that it cannot read.
 */
export function traceStream(csv: string, { startMs, speed = 1 }: Playback): RequestStream & { readonly endMs: number } {
  const requests = parseTrace(csv).map((row) => ({ ...row, arrivalMs: startMs + row.arrivalMs / speed }));
  requests.sort((a, b) => a.arrivalMs - b.arrivalMs);
  const last = requests.at(-1);
  return {
    // The first instant after the last arrival: the window is open at its end.
    endMs: last === undefined ? startMs : last.arrivalMs + 1,
    between: (fromMs, untilMs) => requests.slice(firstFrom(requests, fromMs), firstFrom(requests, untilMs)),
  };
}

/** Index of the first request that does not arrive before `atMs`. */
function firstFrom(requests: readonly ServingRequest[], atMs: number): number {
  let low = 0;
  let high = requests.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((requests[middle]?.arrivalMs ?? atMs) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}

function parseTrace(csv: string): readonly ServingRequest[] {
  const [header = '', ...lines] = csv.split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim());
  const indexes = columns.map((column) => {
    const index = names.indexOf(column);
    if (index < 0) throw new Error(`reading a trace: its header has no column ${column}: ${header}`);
    return index;
  });
  return lines.flatMap((line, index) => (line.trim() === '' ? [] : [parseRow(line, indexes, index + 2)]));
}

function parseRow(line: string, indexes: readonly number[], lineNumber: number): ServingRequest {
  const cells = line.split(',');
  const [seconds = Number.NaN, promptTokens = Number.NaN, outputTokens = Number.NaN] = indexes.map((index) =>
    Number(cells[index]?.trim() || Number.NaN),
  );
  const isWhole = Number.isInteger(promptTokens) && Number.isInteger(outputTokens);
  if (!Number.isFinite(seconds) || seconds < 0 || !isWhole || promptTokens < 0 || outputTokens < 0) {
    throw new Error(`reading a trace: line ${lineNumber} is no request: ${line}`);
  }
  return {
    arrivalMs: seconds * 1000,
    promptTokens: Math.max(1, promptTokens),
    outputTokens: Math.max(1, outputTokens),
  };
}
