import { describe, expect, it } from 'vitest';
import { type ServingAnswers, readServingSignals } from '#shared/domain/metrics/serving-signals.ts';

const MODEL = 'meta-llama/Llama-3.3-70B-Instruct';

const server = (running: number, waiting: number, kv: number, done = 0) => `
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="${MODEL}"} ${running}
vllm:num_requests_waiting{engine="0",model_name="${MODEL}"} ${waiting}
vllm:kv_cache_usage_perc{engine="0",model_name="${MODEL}"} ${kv}
vllm:request_success_total{engine="0",finished_reason="stop",model_name="${MODEL}"} ${done}
`;

const picker = `
llm_d_epp_flow_control_queue_size{model_name="${MODEL}",priority="0",target_model_name="${MODEL}"} 4
llm_d_epp_flow_control_queue_size{model_name="other",priority="0",target_model_name="other"} 90
llm_d_epp_request_running{model_name="${MODEL}"} 12
llm_d_epp_flow_control_pool_saturation{inference_pool="p",stage="prefill"} 0.9
llm_d_epp_flow_control_pool_saturation{inference_pool="p",stage="effective"} 0.6
llm_d_epp_inflight_tokens{endpoint_name="prefill-1-rank-0",producer_name="x"} 3000
llm_d_epp_inflight_tokens{endpoint_name="prefill-gone",producer_name="x"} 99999
llm_d_epp_inflight_tokens{endpoint_name="serving/decode-1",producer_name="x"} 500
`;

const answers = (over: Partial<ServingAnswers> = {}): ServingAnswers => ({
  servedModelName: MODEL,
  roles: {
    prefill: [{ pod: 'prefill-1', answer: { text: server(1, 2, 0.3, 90) } }],
    decode: [{ pod: 'decode-1', answer: { text: server(8, 0, 0.7, 60) } }],
  },
  endpointPicker: [{ pod: 'epp-1', answer: { text: picker } }],
  atMs: 20_000,
  counters: { atMs: 10_000, byPod: { 'prefill-1': 40, 'decode-1': 40 } },
  ...over,
});

const value = (number: number, source: string) => ({ kind: 'value', value: number, atMs: 20_000, source });

describe('signals from the answers of pods', () => {
  it('reads each model server of each role', () => {
    const { roles } = readServingSignals(answers());

    expect(roles['decode']?.pods).toEqual([
      {
        pod: 'decode-1',
        queuedRequests: value(0, 'modelServer'),
        runningRequests: value(8, 'modelServer'),
        kvCacheUsedRatio: value(0.7, 'modelServer'),
      },
    ]);
  });

  it('reads of the endpoint picker only what is of this model', () => {
    const { service } = readServingSignals(answers());

    expect(service).toMatchObject({
      heldRequests: value(4, 'endpointPicker'),
      runningRequests: value(12, 'endpointPicker'),
      saturationRatio: value(0.6, 'endpointPicker'),
    });
  });

  it('counts in-flight tokens by role, and not those of pods that are gone', () => {
    const { roles } = readServingSignals(answers());

    expect(roles['prefill']?.inflightTokens).toEqual(value(3000, 'endpointPicker'));
    expect(roles['decode']?.inflightTokens).toEqual(value(500, 'endpointPicker'));
  });

  it('counts requests that decode finished since the last look, not once more for prefill', () => {
    const { service, counters } = readServingSignals(answers());

    expect(service.completedRequestsPerSecond).toEqual(value(2, 'modelServer'));
    expect(counters).toEqual({ atMs: 20_000, byPod: { 'decode-1': 60 } });
  });

  it('names a silent pod with its reason, and takes nothing for zero', () => {
    const silent = { pod: 'decode-1', answer: { failure: 'asking pod serving/decode-1 for /metrics: HTTP 503' } };

    const { roles, service } = readServingSignals(answers({ roles: { decode: [silent] } }));

    const missing = { kind: 'missing', reason: 'asking pod serving/decode-1 for /metrics: HTTP 503' };
    expect(roles['decode']?.pods[0]).toEqual({
      pod: 'decode-1',
      queuedRequests: missing,
      runningRequests: missing,
      kvCacheUsedRatio: missing,
    });
    expect(service.completedRequestsPerSecond.kind).toBe('missing');
  });

  it.each([
    ['there is no picker', undefined, 'the service has no endpoint picker'],
    ['it has no pod', [], 'the endpoint picker has no pod'],
    [
      'one of two is silent',
      [
        { pod: 'a', answer: { text: picker } },
        { pod: 'b', answer: { failure: 'HTTP 503' } },
      ],
      'HTTP 503',
    ],
  ])('is missing at the entrance when %s', (_when, endpointPicker, reason) => {
    const { service, roles } = readServingSignals(answers({ endpointPicker }));

    expect(service.heldRequests).toEqual({ kind: 'missing', reason });
    expect(roles['prefill']?.inflightTokens).toEqual({ kind: 'missing', reason });
  });

  it.each([
    ['it shows a queue or a saturation', picker, 'on'],
    ['it shows neither', `llm_d_epp_request_running{model_name="${MODEL}"} 2`, 'off'],
  ])('knows whether flow control is on: %s', (_when, text, flowControl) => {
    const { service } = readServingSignals(answers({ endpointPicker: [{ pod: 'epp-1', answer: { text } }] }));

    expect(service.flowControl).toBe(flowControl);
  });

  it('does not know whether flow control is on while the picker is silent', () => {
    const { service } = readServingSignals(answers({ endpointPicker: [] }));

    expect(service.flowControl).toBeUndefined();
  });

  it('takes a model server that has finished nothing yet for zero, but not one that shows no metrics', () => {
    const fresh = { pod: 'a', answer: { text: 'vllm:num_requests_running 0' } };
    const empty = { pod: 'b', answer: { text: '' } };

    const of = (pod: typeof fresh) => readServingSignals(answers({ roles: { decode: [pod] } })).counters.byPod;

    expect(of(fresh)).toEqual({ a: 0 });
    expect(of(empty)).toEqual({});
  });

  it('leaves requests that wait for a transfer out of the queue', () => {
    const text = `${server(1, 9, 0.1)}
vllm:num_requests_waiting_by_reason{model_name="${MODEL}",reason="capacity"} 2
vllm:num_requests_waiting_by_reason{model_name="${MODEL}",reason="deferred"} 7`;

    const { roles } = readServingSignals(answers({ roles: { decode: [{ pod: 'a', answer: { text } }] } }));

    expect(roles['decode']?.pods[0]?.queuedRequests).toEqual(value(2, 'modelServer'));
  });
});
