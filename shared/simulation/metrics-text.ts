/** What `/metrics` of a model server and of the endpoint picker says, written from the serving model. */
import type { Engine } from './engine.ts';
import { type LabelValues, PrometheusWriter } from './prometheus-writer.ts';
import type { ServingModel } from './serving-model.ts';

/** `old`: the names before vLLM renamed its `gpu_` metrics, and those of the router's days as an inference extension. */
export type MetricNames = 'current' | 'old';

export interface ModelServerText {
  readonly servedModelName: string;
  readonly names?: MetricNames;
}

/** One vLLM engine (vllm-project/vllm vllm/v1/metrics/loggers.py); data-parallel ranks would be engines 1, 2, … */
export function modelServerText(engine: Engine, { servedModelName, names = 'current' }: ModelServerText): string {
  const labels: LabelValues = { model_name: servedModelName, engine: '0' };
  const { queued, deferred } = engine;
  const text = new PrometheusWriter()
    .gauge('vllm:num_requests_running', { labels, value: engine.running })
    .gauge('vllm:num_requests_waiting', { labels, value: queued + deferred });
  if (names === 'current') {
    text.gauge(
      'vllm:num_requests_waiting_by_reason',
      { labels: { ...labels, reason: 'capacity' }, value: queued },
      { labels: { ...labels, reason: 'deferred' }, value: deferred },
    );
  }
  text.gauge(names === 'current' ? 'vllm:kv_cache_usage_perc' : 'vllm:gpu_cache_usage_perc', {
    labels,
    value: engine.kvUsedRatio,
  });
  return writeStatistics(text, engine, { labels, names });
}

function writeStatistics(
  text: PrometheusWriter,
  { statistics }: Engine,
  { labels, names }: { readonly labels: LabelValues; readonly names: MetricNames },
): string {
  const interTokenName =
    names === 'current' ? 'vllm:inter_token_latency_seconds' : 'vllm:time_per_output_token_seconds';
  return text
    .counter('vllm:num_preemptions_total', { labels, value: statistics.preemptions })
    .counter('vllm:prompt_tokens_total', { labels, value: statistics.promptTokens })
    .counter('vllm:generation_tokens_total', { labels, value: statistics.generationTokens })
    .counter(
      'vllm:request_success_total',
      { labels: { ...labels, finished_reason: 'stop' }, value: statistics.stopped },
      { labels: { ...labels, finished_reason: 'length' }, value: statistics.cutOff },
      { labels: { ...labels, finished_reason: 'abort' }, value: 0 },
    )
    .histogram('vllm:time_to_first_token_seconds', labels, statistics.timeToFirstToken.read())
    .histogram(interTokenName, labels, statistics.interTokenLatency.read())
    .histogram('vllm:e2e_request_latency_seconds', labels, statistics.requestLatency.read())
    .histogram('vllm:request_queue_time_seconds', labels, statistics.queueTime.read())
    .toString();
}

export interface EndpointPickerText {
  readonly servedModelName: string;
  readonly inferencePool: string;
  readonly namespace: string;
  readonly names?: MetricNames;
}

/**
 * The endpoint picker (llm-d/llm-d-router pkg/epp/metrics, pkg/epp/metrics/collectors/inflight_load.go). Without flow control its
 * queue and its saturation are not there at all.
 */
export function endpointPickerText(model: ServingModel, facts: EndpointPickerText): string {
  const { servedModelName, names = 'current' } = facts;
  const modelLabels = { model_name: servedModelName, target_model_name: servedModelName };
  const { picker } = model;
  const text = new PrometheusWriter();
  if (names === 'current') {
    text
      .counter('llm_d_epp_request_total', { labels: { ...modelLabels, priority: '0' }, value: picker.requests })
      .gauge('llm_d_epp_request_running', { labels: { model_name: servedModelName }, value: picker.running })
      .histogram('llm_d_epp_request_ttft_seconds', modelLabels, picker.timeToFirstToken.read())
      .histogram('llm_d_epp_request_duration_seconds', modelLabels, picker.requestDuration.read());
    // Counted from the first error on; until then there is no such series.
    if (picker.errors > 0) {
      text.counter('llm_d_epp_request_error_total', {
        labels: { ...modelLabels, error_code: 'ServiceUnavailable' },
        value: picker.errors,
      });
    }
    writeInflight(text, model, facts.namespace);
  } else {
    text
      .counter('inference_objective_request_total', { labels: modelLabels, value: picker.requests })
      .gauge('inference_objective_running_requests', {
        labels: { model_name: servedModelName },
        value: picker.running,
      });
  }
  writePool(text, model, facts);
  if (model.flowControl) writeFlowControl(text, model, facts);
  return text.toString();
}

function writeInflight(text: PrometheusWriter, model: ServingModel, namespace: string): void {
  const endpoints = [...model.replicas.values()].map(({ state }) => state.endpoint);
  const seriesOf = (value: (endpoint: string) => number) =>
    endpoints.map((endpoint) => ({
      labels: { endpoint_name: endpoint, namespace, producer_name: 'inflight-load-producer' },
      value: value(endpoint),
    }));
  text
    .gauge('llm_d_epp_inflight_requests', ...seriesOf((endpoint) => model.picker.loadOf(endpoint).requests))
    .gauge('llm_d_epp_inflight_tokens', ...seriesOf((endpoint) => model.picker.loadOf(endpoint).tokens));
}

function writePool(text: PrometheusWriter, model: ServingModel, { inferencePool, names }: EndpointPickerText): void {
  const ready = [...model.replicas.values()].filter(({ state }) => state.accepts).map(({ engine }) => engine);
  const mean = (value: (engine: Engine) => number): number =>
    ready.length === 0 ? 0 : ready.reduce((sum, engine) => sum + value(engine), 0) / ready.length;
  const prefix = names === 'old' ? 'inference_pool' : 'llm_d_epp';
  const labels = { name: inferencePool };
  text
    .gauge(`${prefix}_average_queue_size`, { labels, value: mean(({ queued, deferred }) => queued + deferred) })
    .gauge(`${prefix}_average_kv_cache_utilization`, { labels, value: mean(({ kvUsedRatio }) => kvUsedRatio) })
    .gauge(`${prefix}_average_running_requests`, { labels, value: mean(({ running }) => running) })
    .gauge(names === 'old' ? 'inference_pool_ready_pods' : 'llm_d_epp_ready_endpoints', {
      labels,
      value: ready.length,
    });
}

function writeFlowControl(text: PrometheusWriter, model: ServingModel, facts: EndpointPickerText): void {
  const { servedModelName, inferencePool, names } = facts;
  const prefix = names === 'old' ? 'inference_extension' : 'llm_d_epp';
  const queue = {
    fairness_id: 'default-flow',
    priority: '0',
    inference_pool: inferencePool,
    model_name: servedModelName,
    target_model_name: servedModelName,
  };
  const { prefill, decode, effective } = model.saturation();
  const stages = Object.entries({ prefill, decode, effective }).flatMap(([stage, value]) =>
    value === undefined ? [] : [{ labels: { inference_pool: inferencePool, stage }, value }],
  );
  // Before there were stages, one series stood for the pool.
  const saturation = names === 'old' ? [{ labels: { inference_pool: inferencePool }, value: effective }] : stages;
  text
    .gauge(`${prefix}_flow_control_queue_size`, { labels: queue, value: model.picker.held.length })
    .gauge(`${prefix}_flow_control_pool_saturation`, ...saturation);
}
