import { describe, expect, it } from 'vitest';
import { parsePrometheusText } from '../../../emulator/monitoring/prometheus-text.ts';
import type { Sample } from '#shared/domain/scaling/signals.ts';
import { readServingSignals } from '#shared/domain/metrics/serving-signals.ts';
import { endpointPickerText, type MetricNames, modelServerText } from '#shared/simulation/metrics-text.ts';
import type { ServingModel } from '#shared/simulation/serving-model.ts';
import { aggregated, disaggregated, evenly, makeModel, performance, replicas, startMs } from './simulation-fixtures.ts';

const servedModelName = 'meta-llama/Llama-3.3-70B-Instruct';
const pool = { servedModelName, inferencePool: 'llama-70b', namespace: 'serving' };
const untilMs = startMs + 30_000;

/** Busy on all sides: prompts and answers under way, and more held than served. */
function busy(flowControl = true): ServingModel {
  const tight = { ...performance, kvCapacityTokens: 40_000 };
  const model = makeModel([...replicas(2, 'prefill'), ...replicas(2, 'decode')], {
    ...disaggregated,
    flowControl,
    profiles: { prefill: tight, decode: tight },
  });
  model.advance({ untilMs, arrivals: evenly(20, 30, { promptTokens: 2000, outputTokens: 600 }) });
  return model;
}

function readBack(model: ServingModel, names: MetricNames) {
  const podsOf = (role: string) =>
    [...model.replicas.values()]
      .filter(({ state }) => state.role === role)
      .map(({ state, engine }) => ({
        pod: state.endpoint,
        answer: { text: modelServerText(engine, { servedModelName, names }) },
      }));
  return readServingSignals({
    servedModelName,
    roles: { prefill: podsOf('prefill'), decode: podsOf('decode') },
    endpointPicker: [{ pod: 'epp', answer: { text: endpointPickerText(model, { ...pool, names }) } }],
    atMs: untilMs,
    counters: { atMs: startMs, byPod: Object.fromEntries([...model.replicas.keys()].map((id) => [id, 0])) },
  });
}

const value = (sample: Sample) => (sample.kind === 'value' ? sample.value : sample.kind);

describe('what the simulation writes, the signals of a service read', () => {
  it('of model servers: queue, running requests and KV cache of every pod', () => {
    const model = busy(false);
    const { roles } = readBack(model, 'current');

    for (const { state, engine } of model.replicas.values()) {
      const pod = roles[state.role]!.pods.find((one) => one.pod === state.endpoint)!;
      expect(value(pod.queuedRequests)).toBe(engine.queued);
      expect(value(pod.runningRequests)).toBe(engine.running);
      expect(value(pod.kvCacheUsedRatio)).toBe(engine.kvUsedRatio);
    }
    expect(roles['decode']!.pods.some(({ queuedRequests }) => Number(value(queuedRequests)) > 0)).toBe(true);
  });

  it('of the endpoint picker: held and running requests, saturation, tokens in flight', () => {
    const model = busy();
    const { service, roles } = readBack(model, 'current');
    const { picker } = model;

    expect(value(service.heldRequests)).toBe(picker.held.length);
    expect(picker.held.length).toBeGreaterThan(50);
    expect(value(service.runningRequests)).toBe(picker.running);
    expect(picker.running).toBe(model.underWay);
    expect(value(service.saturationRatio)).toBe(model.saturation().effective);
    expect(value(roles['prefill']!.inflightTokens)).toBe(
      picker.loadOf('prefill-0').tokens + picker.loadOf('prefill-1').tokens,
    );
    expect(value(roles['decode']!.inflightTokens)).toBe(0);
  });

  it('under the old names too, but for what had no older name', () => {
    const model = busy();
    const { service, roles } = readBack(model, 'old');

    expect(value(service.heldRequests)).toBe(model.picker.held.length);
    expect(value(service.runningRequests)).toBe(model.picker.running);
    expect(value(service.saturationRatio)).toBe(model.saturation().effective);
    expect(roles['prefill']!.inflightTokens.kind).toBe('missing');
    for (const { state, engine } of model.replicas.values()) {
      const pod = roles[state.role]!.pods.find((one) => one.pod === state.endpoint)!;
      expect(value(pod.queuedRequests)).toBe(engine.queued + engine.deferred);
      expect(value(pod.kvCacheUsedRatio)).toBe(engine.kvUsedRatio);
    }
  });

  it('of KV that is under way: waiting, and not for capacity', () => {
    const model = makeModel([...replicas(1, 'prefill'), ...replicas(1, 'decode')], {
      ...disaggregated,
      kvTransfer: { setupMs: 60_000, perTokenMs: 0 },
    });
    model.advance({ untilMs, arrivals: evenly(1, 3) });
    const text = modelServerText(model.replicas.get('decode-0')!.engine, { servedModelName });

    expect(text).toMatch(/vllm:num_requests_waiting\{.*\} 3\n/);
    expect(value(readBack(model, 'current').roles['decode']!.pods[0]!.queuedRequests)).toBe(0);
    expect(value(readBack(model, 'old').roles['decode']!.pods[0]!.queuedRequests)).toBe(3);
  });

  it('finished requests as a rate', () => {
    const model = busy();
    // Prefill ends each request with its first token; only decode ends it for the client.
    const ended = [...model.replicas.values()]
      .filter(({ state }) => state.role === 'decode')
      .reduce((sum, { engine }) => sum + engine.statistics.stopped + engine.statistics.cutOff, 0);

    expect(value(readBack(model, 'current').service.completedRequestsPerSecond)).toBeCloseTo(ended / 30, 9);
    expect(ended).toBeGreaterThan(0);
  });

  it('without flow control no queue and no saturation, rather than zeros', () => {
    const text = endpointPickerText(busy(false), pool);

    expect(text).not.toContain('flow_control');
    expect(text).toContain('llm_d_epp_request_running');
    expect(readBack(busy(false), 'current').service.heldRequests.kind).toBe('missing');
  });

  it('an empty pool is full', () => {
    const text = endpointPickerText(makeModel([]), pool);

    expect(text).toContain('llm_d_epp_flow_control_pool_saturation{inference_pool="llama-70b",stage="effective"} 1\n');
    expect(text).not.toContain('stage="prefill"');
  });
});

describe('the text itself', () => {
  const text = () => {
    const model = makeModel(replicas(1), aggregated);
    model.advance({ untilMs, arrivals: evenly(2, 20) });
    return modelServerText(model.replicas.get('aggregated-0')!.engine, { servedModelName: 'a"b\\c' });
  };

  it('says the type of every family, and escapes label values', () => {
    const { samples, familyOf } = parsePrometheusText(text());

    expect(samples.map(({ name }) => familyOf(name).type)).not.toContain('unknown');
    expect(familyOf('vllm:request_success_total').type).toBe('counter');
    expect(familyOf('vllm:time_to_first_token_seconds_bucket')).toEqual({
      family: 'vllm:time_to_first_token_seconds',
      type: 'histogram',
    });
    expect(new Set(samples.map(({ labels }) => labels['model_name']))).toEqual(new Set(['a"b\\c']));
  });

  it('has histograms whose buckets add up to their count', () => {
    const { samples } = parsePrometheusText(text());
    const of = (name: string) => samples.filter((sample) => sample.name === `vllm:time_to_first_token_seconds_${name}`);
    const buckets = of('bucket').map((sample) => sample.value);

    expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
    expect(of('bucket').at(-1)!.labels['le']).toBe('+Inf');
    expect(buckets.at(-1)).toBe(40);
    expect(of('count')[0]!.value).toBe(40);
    // vLLM's edges: a 100 ms objective lies on one.
    expect(of('bucket').map(({ labels }) => labels['le'])).toContain('0.1');
  });

  it('counts all prompt and generated tokens', () => {
    expect(text()).toContain('engine="0"} 4000\n');
    expect(text()).toMatch(/vllm:prompt_tokens_total\{.*\} 40000\n/);
  });
});
