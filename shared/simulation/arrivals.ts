import { draw, drawNormal, drawPoisson, seedOf } from './random.ts';
import type { ServingRequest } from './request.ts';

/** Requests by time; asked window by window, in any order and any cut, it always tells the same ones. */
export interface RequestStream {
  /** Requests with `fromMs` ≤ arrival < `untilMs`, in order of arrival. */
  between(fromMs: number, untilMs: number): readonly ServingRequest[];
  /** Nothing comes at or after this; undefined: it never ends. */
  readonly endMs?: number;
}

/** Lognormal: `median · e^(sigma · normal)`, cut at both ends. The mean is `median · e^(sigma²/2)`. */
export interface TokenLengths {
  readonly median: number;
  readonly sigma: number;
  readonly max: number;
}

/** More requests for a while. */
export interface Spike {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Times the rate of the curve. */
  readonly factor: number;
}

export interface DailyCurve {
  readonly seed: string;
  /** World time at which the stream begins; before it there is nothing. */
  readonly startMs: number;
  readonly endMs?: number;
  readonly meanRequestsPerSecond: number;
  /** Share of the mean by which the rate goes up and down over the day, 0..1; 0: the same at all hours. */
  readonly swing: number;
  readonly prompt: TokenLengths;
  readonly output: TokenLengths;
  readonly spike?: Spike;
}

/**
 * Chat traffic after the conversation trace of Azure/AzurePublicDataset (AzureLLMInferenceTrace_conv.csv, 2023, CC-BY: median prompt
 * 1,020 tokens, median answer 129): its medians, with sigmas that give its means of 1,155 and 211 nearly (1,155 and 213).
 */
export const chatLengths = {
  prompt: { median: 1020, sigma: 0.5, max: 8_000 },
  output: { median: 129, sigma: 1, max: 2_000 },
} as const satisfies Readonly<Record<string, TokenLengths>>;

/** Arrivals are drawn second by second: within one the rate is that of its beginning. */
const CELL_MS = 1_000;
const DAY_MS = 86_400_000;
/** What a draw is for: part of its key. */
const purpose = { count: 1, arrival: 2, prompt: 3, output: 4 } as const;

/**
 * Requests per second: one wave over the day with its low at 4 h and its high at 16 h UTC, and a second one, half as high, that
 * makes the peaks at about 11 and 20 h. Example: mean 10, swing 0.5: between 5 and about 14 requests/s.
 */
export function rateAt(curve: DailyCurve, atMs: number): number {
  const hours = ((atMs % DAY_MS) / DAY_MS) * 24;
  const day = -Math.cos(((hours - 4) / 12) * Math.PI);
  const peaks = -Math.cos(((hours - 4) / 6) * Math.PI + Math.PI / 6) / 2;
  const { spike } = curve;
  const factor = spike !== undefined && atMs >= spike.fromMs && atMs < spike.untilMs ? spike.factor : 1;
  return curve.meanRequestsPerSecond * Math.max(0, 1 + curve.swing * ((day + peaks) / 1.25)) * factor;
}

/** A Poisson stream along the curve; each second's requests are drawn by the second and their place in it. */
export function dailyStream(curve: DailyCurve): RequestStream {
  const seed = seedOf(curve.seed);
  const { startMs, endMs = Number.POSITIVE_INFINITY } = curve;
  return {
    ...(curve.endMs !== undefined && { endMs: curve.endMs }),
    between(fromMs, untilMs) {
      const from = Math.max(fromMs, startMs);
      const until = Math.min(untilMs, endMs);
      const requests: ServingRequest[] = [];
      for (let cell = Math.floor(from / CELL_MS); cell * CELL_MS < until; cell++) {
        for (const request of requestsOfCell(curve, seed, cell)) {
          if (request.arrivalMs >= from && request.arrivalMs < until) requests.push(request);
        }
      }
      return requests;
    },
  };
}

function requestsOfCell(curve: DailyCurve, seed: number, cell: number): readonly ServingRequest[] {
  const atMs = cell * CELL_MS;
  const count = drawPoisson((rateAt(curve, atMs) * CELL_MS) / 1000, seed, cell, purpose.count);
  const requests = Array.from({ length: count }, (_, index): ServingRequest => {
    const lengthOf = ({ median, sigma, max }: TokenLengths, what: number): number =>
      Math.min(max, Math.max(1, Math.round(median * Math.exp(sigma * drawNormal(seed, cell, index, what)))));
    return {
      arrivalMs: atMs + draw(seed, cell, index, purpose.arrival) * CELL_MS,
      promptTokens: lengthOf(curve.prompt, purpose.prompt),
      outputTokens: lengthOf(curve.output, purpose.output),
    };
  });
  return requests.sort((a, b) => a.arrivalMs - b.arrivalMs);
}
