import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantileOf } from '#shared/simulation/histogram.ts';
import type { ServingModel } from '#shared/simulation/serving-model.ts';
import {
  accountOf,
  aggregated,
  chat,
  disaggregated,
  evenly,
  makeModel,
  performance,
  replica,
  replicas,
  request,
  startMs,
} from './simulation-fixtures.ts';

const minute = 60_000;
const engineOf = (model: ServingModel, id: string) => model.replicas.get(id)!.engine;
const after = (ms: number) => startMs + ms;

describe('one request on an idle replica', () => {
  it('takes one step for its prompt and one for every further token', () => {
    const model = makeModel(replicas(1));

    model.advance({ untilMs: after(minute), arrivals: [request({ promptTokens: 1000, outputTokens: 3 })] });

    // 26.2 ms before the engine, one step of 9.183 + 45.132 ms, two of 9.183 + 0.044 + 0.021 ms.
    const { timeToFirstToken, requestLatency } = engineOf(model, 'aggregated-0').statistics;
    expect(timeToFirstToken.read().sum).toBeCloseTo(0.0262 + 0.0543, 3);
    expect(requestLatency.read().sum).toBeCloseTo(0.0262 + 0.0543 + 2 * 0.00925, 3);
  });

  it('goes over to a decode replica with its KV', () => {
    const model = makeModel([...replicas(1, 'prefill'), ...replicas(1, 'decode')], disaggregated);

    model.advance({ untilMs: after(minute), arrivals: [request({ outputTokens: 10 })] });

    const prefill = engineOf(model, 'prefill-0');
    const decode = engineOf(model, 'decode-0');
    expect([prefill.statistics.promptTokens, decode.statistics.promptTokens]).toEqual([1000, 0]);
    expect([prefill.statistics.generationTokens, decode.statistics.generationTokens]).toEqual([1, 10]);
    expect([prefill.kvUsedRatio, decode.kvUsedRatio]).toEqual([0, 0]);
    // The prompt, 9 ms for its KV, the first token of decode, and up to a tick for either hand.
    expect(model.score.timeToFirstToken.read().sum).toBeGreaterThan(0.0262 + 0.0543 + 0.009 + 0.0092);
    expect(model.score.timeToFirstToken.read().sum).toBeLessThan(0.0262 + 0.0543 + 0.009 + 0.0092 + 0.1);
  });

  it('is turned away if it is larger than a replica', () => {
    const model = makeModel(replicas(1));

    model.advance({ untilMs: after(1000), arrivals: [request({ promptTokens: performance.kvCapacityTokens })] });

    expect(model.score.refused).toBe(1);
    expect(model.isIdle).toBe(true);
  });
});

describe('routing', () => {
  it('goes to the least loaded replica that accepts', () => {
    const model = makeModel([replica('a'), replica('b'), replica('c', { accepts: false })]);

    model.advance({ untilMs: after(200), arrivals: [request(), request(), request(), request()] });

    expect(['a', 'b', 'c'].map((id) => engineOf(model, id).load)).toEqual([2, 2, 0]);
  });

  it('lets a replica that does not accept any more finish what it has', () => {
    const model = makeModel([replica('a')]);
    model.advance({ untilMs: after(200), arrivals: [request()] });

    model.setReplicas([replica('a', { accepts: false })]);
    model.advance({ untilMs: after(minute), arrivals: [request({ arrivalMs: after(300) })] });

    expect(model.score.completed).toBe(1);
    expect(model.picker.held.length).toBe(1);
  });

  it('tries again elsewhere what a vanished replica had', () => {
    const model = makeModel([replica('a')]);
    model.advance({ untilMs: after(500), arrivals: [request({ outputTokens: 500 })] });

    model.setReplicas([replica('b')]);
    model.advance({ untilMs: after(minute), arrivals: [] });

    expect(model.retried).toBe(1);
    expect(model.score.completed).toBe(1);
    expect(model.score.timeToFirstToken.read().count).toBe(1);
    expect(engineOf(model, 'b').statistics.stopped).toBe(1);
  });

  it('computes prompts on decode replicas while there is no prefill replica', () => {
    const model = makeModel(replicas(1, 'decode'), disaggregated);

    model.advance({ untilMs: after(minute), arrivals: [request()] });

    expect(model.score.completed).toBe(1);
    expect(engineOf(model, 'decode-0').statistics.promptTokens).toBe(1000);
  });

  it('computes on decode what a vanished prefill replica had handed over and nobody had pulled', () => {
    const small = { ...performance, kvCapacityTokens: 3_000 };
    const model = makeModel([...replicas(2, 'prefill'), ...replicas(1, 'decode')], {
      ...disaggregated,
      flowControl: false,
      profiles: { prefill: performance, decode: small },
    });
    model.advance({ untilMs: after(1000), arrivals: evenly(10, 1, { outputTokens: 500 }) });

    model.setReplicas([replica('prefill-1', { role: 'prefill' }), replica('decode-0', { role: 'decode' })]);
    model.advance({ untilMs: after(5 * minute), arrivals: [] });

    expect(model.score.completed).toBe(10);
    expect(engineOf(model, 'decode-0').statistics.promptTokens).toBeGreaterThan(0);
    expect([engineOf(model, 'decode-0').kvUsedRatio, engineOf(model, 'prefill-1').kvUsedRatio]).toEqual([0, 0]);
  });
});

describe('requests in front of no replica', () => {
  it('are held by flow control and served as soon as there is one', () => {
    const model = makeModel([]);
    model.advance({ untilMs: after(minute), arrivals: evenly(1, 60) });
    const held = model.picker.held.length;

    model.setReplicas(replicas(1));
    model.advance({ untilMs: after(2 * minute), arrivals: [] });

    expect(held).toBe(60);
    expect(model.score.completed).toBe(60);
    // They waited, and that counts.
    expect(model.score.attained).toBeLessThan(10);
  });

  it('are lost if the endpoint picker restarts', () => {
    const model = makeModel([]);
    model.advance({ untilMs: after(minute), arrivals: evenly(1, 60) });

    model.restartPicker();

    expect(model.picker.held.length).toBe(0);
    expect(model.score.lost).toBe(60);
    expect(model.score.attainedShare).toBe(0);
  });

  it('are turned away without flow control, and without an endpoint picker', () => {
    const open = makeModel([], { ...aggregated, flowControl: false });
    const closed = makeModel(replicas(1));
    closed.setPickerReady(false);

    for (const model of [open, closed]) model.advance({ untilMs: after(minute), arrivals: evenly(1, 60) });

    expect([open.score.refused, closed.score.refused]).toEqual([60, 60]);
  });
});

describe('a service that is too small', () => {
  const overload = evenly(20, 120, { promptTokens: 2000, outputTokens: 200 });

  it('queues in the endpoint picker with flow control, and in the model servers without', () => {
    const held = makeModel(replicas(1));
    const queued = makeModel(replicas(1), { ...aggregated, flowControl: false });

    for (const model of [held, queued]) model.advance({ untilMs: after(2 * minute), arrivals: overload });

    expect(held.picker.held.length).toBeGreaterThan(500);
    expect(engineOf(held, 'aggregated-0').queued).toBeLessThan(10);
    expect(queued.picker.held.length).toBe(0);
    expect(engineOf(queued, 'aggregated-0').queued).toBeGreaterThan(500);
  });

  it('preempts when its KV cache runs out, and loses nothing by it', () => {
    const small = { ...performance, kvCapacityTokens: 20_000 };
    const model = makeModel(replicas(1), { ...aggregated, profiles: { aggregated: small }, flowControl: false });
    const arrivals = evenly(4, 30, { promptTokens: 200, outputTokens: 1000 });

    model.advance({ untilMs: after(20 * minute), arrivals });

    const { statistics, kvUsedRatio } = engineOf(model, 'aggregated-0');
    expect(statistics.preemptions).toBeGreaterThan(10);
    expect(model.score.completed).toBe(120);
    expect(statistics.generationTokens).toBe(120 * 1000);
    expect(kvUsedRatio).toBe(0);
  });
});

describe('prefill and decode', () => {
  it('decode as the bottleneck shows in the KV of prefill', () => {
    const tight = { ...performance, kvCapacityTokens: 20_000 };
    const arrivals = evenly(4, 60, { promptTokens: 2000, outputTokens: 800 });
    const kvOfPrefill = (decodeReplicas: number) => {
      const model = makeModel([...replicas(1, 'prefill'), ...replicas(decodeReplicas, 'decode')], {
        ...disaggregated,
        flowControl: false,
        profiles: { prefill: { ...performance, kvCapacityTokens: 100_000 }, decode: tight },
      });
      model.advance({ untilMs: after(minute), arrivals });
      return { kv: engineOf(model, 'prefill-0').kvUsedRatio, waiting: engineOf(model, 'decode-0').queued };
    };

    expect(kvOfPrefill(1).kv).toBeGreaterThan(0.9);
    expect(kvOfPrefill(1).waiting).toBeGreaterThan(30);
    expect(kvOfPrefill(8).kv).toBeLessThan(0.2);
  });

  it('prompts count as in flight at their prefill replica until the client sees a token', () => {
    const model = makeModel([...replicas(1, 'prefill'), ...replicas(1, 'decode')], disaggregated);
    model.advance({ untilMs: after(50), arrivals: [request({ promptTokens: 8000 })] });
    const during = model.picker.loadOf('prefill-0');
    const tokens = during.tokens;

    model.advance({ untilMs: after(minute), arrivals: [] });

    expect(tokens).toBe(8000);
    expect(model.picker.loadOf('prefill-0')).toEqual({ requests: 0, tokens: 0 });
    expect(model.picker.loadOf('decode-0')).toEqual({ requests: 0, tokens: 0 });
  });
});

describe('whatever happens', () => {
  const event = fc.record({
    seconds: fc.integer({ min: 1, max: 20 }),
    prefill: fc.integer({ min: 0, max: 3 }),
    decode: fc.integer({ min: 0, max: 3 }),
    restart: fc.constantFrom('none', 'picker', 'replica'),
  });

  it.each([true, false])('every request is somewhere, and counters only rise (flow control %s)', (flowControl) => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 8 }), (events) => {
        const tight = { ...performance, kvCapacityTokens: 15_000 };
        const model = makeModel([], { ...disaggregated, flowControl, profiles: { prefill: tight, decode: tight } });
        const stream = chat(6);
        let nowMs = startMs;
        for (const { seconds, prefill, decode, restart } of events) {
          model.setReplicas([...replicas(prefill, 'prefill'), ...replicas(decode, 'decode')]);
          if (restart === 'picker') model.restartPicker();
          if (restart === 'replica' && decode > 0) model.restartReplica('decode-0');
          const before = [...model.replicas.values()].map(({ engine }) => engine.statistics.generationTokens);
          const untilMs = nowMs + seconds * 1000;
          model.advance({ untilMs, arrivals: stream.between(nowMs, untilMs) });
          nowMs = untilMs;
          const { arrived, accounted } = accountOf(model);
          expect(accounted).toBe(arrived);
          for (const [index, { engine }] of [...model.replicas.values()].entries()) {
            expect(engine.statistics.generationTokens).toBeGreaterThanOrEqual(before[index]!);
            expect(engine.kvUsedRatio).toBeGreaterThanOrEqual(0);
            expect(engine.kvUsedRatio).toBeLessThanOrEqual(1);
          }
        }
        // All of it comes to an end once there is room again.
        model.setReplicas([...replicas(3, 'prefill'), ...replicas(3, 'decode')]);
        model.advance({ untilMs: nowMs + 60 * minute, arrivals: [] });
        expect(model.isIdle).toBe(true);
        for (const { engine } of model.replicas.values()) expect(engine.kvUsedRatio).toBe(0);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it('does not depend on how often anybody looks', () => {
    const read = (cutMs: number) => {
      const model = makeModel([...replicas(2, 'prefill'), ...replicas(2, 'decode')], disaggregated);
      const stream = chat(8);
      for (let nowMs = startMs; nowMs < after(minute); nowMs += cutMs) {
        const untilMs = Math.min(after(minute), nowMs + cutMs);
        model.advance({ untilMs, arrivals: stream.between(nowMs, untilMs) });
      }
      const ends = [...model.replicas.values()].map(({ engine }) => engine.statistics.requestLatency.read());
      return { score: model.score.timeToFirstToken.read(), ends, held: model.picker.held.length };
    };

    const atOnce = read(minute);

    expect(read(15_000)).toEqual(atOnce);
    expect(read(137)).toEqual(atOnce);
    expect(atOnce.score.count).toBeGreaterThan(400);
  });

  it("obeys Little's law: requests in the service are their rate times their time", () => {
    const model = makeModel(replicas(2));
    const stream = chat(6);
    let sum = 0;
    for (let second = 0; second < 1200; second++) {
      const nowMs = after(second * 1000);
      model.advance({ untilMs: nowMs + 1000, arrivals: stream.between(nowMs, nowMs + 1000) });
      sum += model.underWay + model.picker.held.length;
    }

    const { sum: seconds, count } = model.picker.requestDuration.read();
    expect(sum / 1200 / ((count / 1200) * (seconds / count))).toBeCloseTo(1, 1);
  });

  it('gets slower with more to do', () => {
    const ttftP90 = (requestsPerSecond: number) => {
      const model = makeModel(replicas(1));
      const stream = chat(requestsPerSecond);
      model.advance({ untilMs: after(5 * minute), arrivals: stream.between(startMs, after(5 * minute)) });
      return quantileOf(model.score.timeToFirstToken.read(), 0.9)!;
    };

    expect(ttftP90(10)).toBeGreaterThan(ttftP90(2));
    expect(ttftP90(30)).toBeGreaterThan(5 * ttftP90(10));
  });

  it('refuses a replica of a role that the model does not have', () => {
    expect(() => makeModel(replicas(1, 'prefill'))).toThrow('adding replica prefill-0: the model has no role prefill');
    expect(() => makeModel([]).restartReplica('x')).toThrow('restarting replica x: there is none');
  });
});
