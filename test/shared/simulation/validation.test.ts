/** The model against what was measured. Sources: shared/simulation/README.md, "Held against". */
import { describe, expect, it } from 'vitest';
import type { ServingRequest } from '#shared/simulation/request.ts';
import { increaseOf, quantileOf } from '#shared/simulation/histogram.ts';
import { profileOf, type ProfileName, stepDurationMs } from '#shared/simulation/performance.ts';
import { ServingModel, type ServingModelOptions } from '#shared/simulation/serving-model.ts';
import { chat, makeModel, replicas, startMs } from './simulation-fixtures.ts';

interface Point {
  readonly profile: ProfileName;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Requests at once: each that ends is followed by the next. */
  readonly concurrency: number;
  readonly ttftMs: number;
  readonly tpotMs: number;
}

/** Measured points of ai-dynamo/aiconfigurator silicon_sample.csv. */
const measured: readonly Point[] = [
  { profile: 'llama70bH200x4', promptTokens: 1024, outputTokens: 1024, concurrency: 4, ttftMs: 90.58, tpotMs: 9.854 },
  { profile: 'llama70bH200x4', promptTokens: 1024, outputTokens: 1024, concurrency: 8, ttftMs: 101.1, tpotMs: 10.136 },
  { profile: 'llama70bH200x4', promptTokens: 8192, outputTokens: 1024, concurrency: 4, ttftMs: 468.65, tpotMs: 11.274 },
  { profile: 'llama70bH200x2', promptTokens: 1024, outputTokens: 1024, concurrency: 4, ttftMs: 121.29, tpotMs: 13.914 },
  { profile: 'llama70bH200x2', promptTokens: 8192, outputTokens: 1024, concurrency: 4, ttftMs: 732.72, tpotMs: 16.324 },
  { profile: 'llama70bH100x4', promptTokens: 1024, outputTokens: 1024, concurrency: 8, ttftMs: 96.34, tpotMs: 12.11 },
  { profile: 'llama70bH100x4', promptTokens: 8192, outputTokens: 1024, concurrency: 8, ttftMs: 582.93, tpotMs: 15.766 },
  { profile: 'gptOss120bH200x2', promptTokens: 1024, outputTokens: 1024, concurrency: 8, ttftMs: 67.92, tpotMs: 5.954 },
];
/** Where only the time between tokens is near: measured first tokens of many at once wait in bursts that a steady loop does not have. */
const measuredLoaded: readonly Point[] = [
  { profile: 'llama70bH200x4', promptTokens: 8192, outputTokens: 1024, concurrency: 8, ttftMs: 613.31, tpotMs: 13.191 },
  {
    profile: 'llama70bH200x4',
    promptTokens: 1024,
    outputTokens: 1024,
    concurrency: 16,
    ttftMs: 126.21,
    tpotMs: 10.937,
  },
  {
    profile: 'llama70bH200x4',
    promptTokens: 8192,
    outputTokens: 1024,
    concurrency: 32,
    ttftMs: 1117.09,
    tpotMs: 28.621,
  },
  { profile: 'llama70bH100x4', promptTokens: 8192, outputTokens: 1024, concurrency: 16, ttftMs: 731.5, tpotMs: 21.064 },
  {
    profile: 'gptOss120bH200x2',
    promptTokens: 1024,
    outputTokens: 1024,
    concurrency: 64,
    ttftMs: 177.91,
    tpotMs: 14.422,
  },
  {
    profile: 'gptOss120bH200x2',
    promptTokens: 8192,
    outputTokens: 1024,
    concurrency: 32,
    ttftMs: 630.32,
    tpotMs: 15.741,
  },
];

/** Means over three rounds of a closed loop, after two to get into step. */
function closedLoop({ profile, promptTokens, outputTokens, concurrency, tpotMs }: Point): {
  ttftMs: number;
  tpotMs: number;
} {
  const model = new ServingModel({
    profiles: { aggregated: profileOf(profile) },
    flowControl: false,
    kvTransfer: { setupMs: 0, perTokenMs: 0 },
    objectives: { ttftSeconds: 1, tpotSeconds: 1 },
    startMs: 0,
  });
  model.setReplicas(replicas(1));
  const { statistics } = model.replicas.get('aggregated-0')!.engine;
  const read = () => ({ ttft: statistics.timeToFirstToken.read(), tpot: statistics.interTokenLatency.read() });
  // The first come spread over one answer's time, so that they do not march in step.
  const spacingMs = (outputTokens * tpotMs) / concurrency;
  let started = 0;
  let before = read();
  for (let nowMs = 0; model.score.completed < 5 * concurrency; nowMs += 50) {
    const arrivals: ServingRequest[] = [];
    while (started < concurrency ? started * spacingMs <= nowMs : started < concurrency + model.score.completed) {
      arrivals.push({ arrivalMs: nowMs, promptTokens, outputTokens });
      started++;
    }
    model.advance({ untilMs: nowMs + 50, arrivals });
    if (model.score.completed <= 2 * concurrency) before = read();
  }
  const ttft = increaseOf(before.ttft, statistics.timeToFirstToken.read());
  const tpot = increaseOf(before.tpot, statistics.interTokenLatency.read());
  return { ttftMs: (1000 * ttft.sum) / ttft.count, tpotMs: (1000 * tpot.sum) / tpot.count };
}

const nameOf = ({ profile, promptTokens, outputTokens, concurrency }: Point) =>
  `${profile}, ${promptTokens}/${outputTokens} tokens, ${concurrency} at once`;

describe('a single replica against measured points', () => {
  it.each(measured.map((point) => ({ name: nameOf(point), point })))('$name: first token within 25 %', ({ point }) => {
    expect(Math.abs(closedLoop(point).ttftMs / point.ttftMs - 1)).toBeLessThan(0.25);
  });

  it.each([...measured, ...measuredLoaded].map((point) => ({ name: nameOf(point), point })))(
    '$name: time between tokens within 5 %',
    ({ point }) => {
      expect(Math.abs(closedLoop(point).tpotMs / point.tpotMs - 1)).toBeLessThan(0.05);
    },
  );

  it('has the step time of the worked example', () => {
    const step = { sequences: 32, kvTokens: 32 * 1536, promptTokens: 0 };

    expect(stepDurationMs(profileOf('llama70bH200x2'), step)).toBeCloseTo(16.15, 2);
  });

  it('prefills as many tokens per second as llm-d calibrated', () => {
    const { perPromptTokenMs } = profileOf('qwen32bH100x2');

    expect(1000 / perPromptTokenMs / 15_928).toBeCloseTo(1, 2);
  });
});

const qwen = profileOf('qwen32bH100x2');

/** Requests of one size as a Poisson stream whose rate goes in stages. */
function stages(
  steps: readonly { readonly requestsPerSecond: number; readonly seconds: number }[],
  size: Pick<ServingRequest, 'promptTokens' | 'outputTokens'>,
) {
  let atMs = startMs;
  return steps.flatMap(({ requestsPerSecond, seconds }) => {
    const fromMs = atMs;
    atMs += seconds * 1000;
    return chat(requestsPerSecond)
      .between(fromMs, atMs)
      .map(({ arrivalMs }) => ({ arrivalMs, ...size }));
  });
}

describe('the ramp of the SLO-aware guide (2 to 10 requests/s of 4,000/1,000 tokens, 3 s and 100 ms)', () => {
  const ramp = stages(
    [2, 4, 6, 8, 10, 4, 1].map((requestsPerSecond, index) => ({
      requestsPerSecond,
      seconds: [330, 360, 360, 360, 360, 360, 300][index]!,
    })),
    { promptTokens: 4000, outputTokens: 1000 },
  );

  const options: ServingModelOptions = {
    profiles: { aggregated: qwen },
    flowControl: false,
    kvTransfer: { setupMs: 0, perTokenMs: 0 },
    objectives: { ttftSeconds: 3, tpotSeconds: 0.1 },
    startMs,
  };

  const attained = (count: number) => {
    const model = makeModel(replicas(count), options);
    model.advance({ untilMs: startMs + 2 * 3_600_000, arrivals: ramp });
    return model.score.attainedShare!;
  };

  it('eight replicas meet all of it', () => {
    expect(attained(8)).toBeGreaterThanOrEqual(0.999);
  });

  it('six replicas do not', () => {
    expect(attained(6)).toBeLessThan(0.9);
  });

  it('one replica with more than enough ends 1.35 requests/s (measured: 1.4 to 1.5)', () => {
    const arrivals = stages([{ requestsPerSecond: 3, seconds: 3600 }], { promptTokens: 4000, outputTokens: 1000 });
    const model = makeModel(replicas(1), options);

    model.advance({ untilMs: startMs + 600_000, arrivals });
    const { completed } = model.score;
    model.advance({ untilMs: startMs + 3_600_000, arrivals: [] });

    expect((model.score.completed - completed) / 3000).toBeCloseTo(1.35, 1);
  });
});

describe('prefill-heavy traffic on separate prefill and decode (8,192/256 tokens)', () => {
  const arrivals = stages([{ requestsPerSecond: 4, seconds: 600 }], { promptTokens: 8192, outputTokens: 256 });

  it.each([
    { prefill: 1, from: 120, to: 900, name: 'one prefill replica: minutes to the first token' },
    { prefill: 3, from: 0.3, to: 1, name: 'three: below a second' },
  ])('$name', ({ prefill, from, to }) => {
    const model = makeModel([...replicas(prefill, 'prefill'), ...replicas(3, 'decode')], {
      profiles: { prefill: qwen, decode: qwen },
      flowControl: false,
      kvTransfer: { setupMs: 1, perTokenMs: 0.0066 },
      objectives: { ttftSeconds: 3, tpotSeconds: 0.1 },
      startMs,
    });
    model.advance({ untilMs: startMs + 2 * 3_600_000, arrivals });

    // The picker's buckets end at 120 s, which is all that can be said of longer ones.
    const median = quantileOf(model.score.timeToFirstToken.read(), 0.5)!;
    expect(median).toBeGreaterThanOrEqual(from);
    expect(median).toBeLessThanOrEqual(to);
  });
});
