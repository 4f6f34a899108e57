/** Alert policies: the same texts that alerts.tf fills, in the local cloud's Cloud Monitoring, down to the target that is woken. */
import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../emulator/world/json.ts';
import { parseAlert } from '../../functions/intake/alert.ts';
import alerts from '../../infra/alerts.json' with { type: 'json' };
import { endpointPickerMetrics, modelServerMetrics } from '#shared/domain/metrics/names.ts';
import { modelServiceDefaults } from '#shared/domain/model-service-defaults.ts';
import { modelTarget } from '#shared/domain/target.ts';
import { ALERTS, makeMonitoring, PROJECT } from '../emulator/monitoring/make-monitoring.ts';
import { fillAll } from './fill.ts';

const model = {
  location: 'us-central1',
  cluster: 'demo',
  namespace: 'serving',
  name: 'llama-70b',
  servedModelName: 'meta-llama/Llama-3.3-70B-Instruct',
  ...alerts.thresholds,
};

const filled = fillAll(alerts, model);

/** The policy of one model, as alerts.tf writes it. */
function policyOf(channel: string): JsonMap {
  return {
    displayName: 'inference-fleet llama-70b',
    combiner: 'OR',
    notificationChannels: [channel],
    userLabels: filled.userLabels,
    alertStrategy: { autoClose: filled.autoClose },
    conditions: Object.values(filled.conditions).map(({ displayName, duration, query }) => ({
      displayName,
      conditionPrometheusQueryLanguage: {
        query,
        duration,
        evaluationInterval: filled.evaluationInterval,
        disableMetricValidation: true,
      },
    })),
  };
}

function makeWatched() {
  const made = makeMonitoring();
  const channel = made.monitoring.channels.create(PROJECT, { type: 'pubsub', labels: { topic: ALERTS } });
  made.monitoring.policies.create(PROJECT, policyOf(String(channel['name'])));
  return made;
}

const gauge = (name: string, value: number, labels = '', servedModelName = model.servedModelName) =>
  `# TYPE ${name} gauge\n${name}{model_name="${servedModelName}"${labels}} ${value}\n`;

/** Long enough for a duration of 60 s, seen every 30 s. */
const WHILE_MS = 180_000;

describe('the alert policy of a model', () => {
  it.each([
    { name: 'requests wait', text: gauge('vllm:num_requests_waiting', 2), condition: 'queue' as const },
    {
      name: 'requests wait for capacity',
      text: gauge('vllm:num_requests_waiting_by_reason', 2, ',reason="capacity"'),
      condition: 'queue' as const,
    },
    { name: 'a KV cache fills up', text: gauge('vllm:kv_cache_usage_perc', 0.9), condition: 'kv' as const },
    {
      name: 'a KV cache of an older vLLM does',
      text: gauge('vllm:gpu_cache_usage_perc', 0.9),
      condition: 'kv' as const,
    },
    {
      name: 'the endpoint picker holds one request',
      text: gauge('llm_d_epp_flow_control_queue_size', 1),
      condition: 'held' as const,
    },
    {
      name: 'an older one does',
      text: gauge('inference_extension_flow_control_queue_size', 1),
      condition: 'held' as const,
    },
  ])('wakes the model when $name', async ({ text, condition }) => {
    const made = makeWatched();

    await made.scrape(() => text, WHILE_MS);

    expect(made.incidents().map(({ condition_name }) => condition_name)).toEqual([
      filled.conditions[condition].displayName,
    ]);
    expect(parseAlert(made.notices()[0])).toMatchObject({
      kind: 'hint',
      target: modelTarget(model.cluster, model.namespace, model.name),
    });
  });

  it.each([
    { name: 'the queue is at its target', text: gauge('vllm:num_requests_waiting', 1) },
    { name: 'the KV cache is at its target', text: gauge('vllm:kv_cache_usage_perc', 0.8) },
    { name: 'nothing is held', text: gauge('llm_d_epp_flow_control_queue_size', 0) },
    {
      name: 'requests wait for a transfer, which another replica does not speed up',
      text: [
        gauge('vllm:num_requests_waiting_by_reason', 9, ',reason="deferred"'),
        `vllm:num_requests_waiting_by_reason{model_name="${model.servedModelName}",reason="capacity"} 0\n`,
        gauge('vllm:num_requests_waiting', 9),
      ].join(''),
    },
    { name: 'another model has a queue', text: gauge('vllm:num_requests_waiting', 9, '', 'other') },
  ])('is silent while $name', async ({ text }) => {
    const made = makeWatched();

    await made.scrape(() => text, WHILE_MS);

    expect(made.notices()).toEqual([]);
  });

  it('closes when the queue is gone', async () => {
    const made = makeWatched();

    await made.scrape(() => gauge('vllm:num_requests_waiting', 9), WHILE_MS);
    await made.scrape(() => gauge('vllm:num_requests_waiting', 0), WHILE_MS);

    expect(made.incidents().map(({ state }) => state)).toEqual(['open', 'closed']);
  });
});

describe('the texts of the policy', () => {
  it('have the thresholds that a ModelService document has by default', () => {
    const { queuedRequestsPerReplica, kvCacheUsedRatio } = modelServiceDefaults.targets;

    expect(alerts.thresholds).toEqual({ queuedRequestsPerReplica, kvCacheUsedRatio });
  });

  it('ask for every name of the metrics that the rule reads, and for no other', () => {
    const read = [
      modelServerMetrics.queuedRequests,
      modelServerMetrics.kvCacheUsedRatio,
      endpointPickerMetrics.heldRequests,
    ].flatMap((names) => names.map(({ name }) => name));
    const asked = Object.values(alerts.conditions).flatMap(({ query }) =>
      [...query.matchAll(/([a-z_:]+)\{/g)].map(([, name = '']) => name),
    );

    expect(asked.toSorted()).toEqual(read.toSorted());
  });
});
