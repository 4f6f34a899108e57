/** Autoscalers, and the numbers that they read. */
import type { Check, Fault } from '../check.ts';
import { type CheckedSet, ofKind, shareNamespace } from '../checked-set.ts';
import { at, isThere, itemsOf, numberOf, type Place, textOf, textsBelow } from '../place.ts';
import { seriesIn } from '../promql.ts';
import type { KubeObject } from '../workload.ts';
import { hasFlowControl, pickerConfigs } from './gateway.ts';

const KEDA = 'KEDA documentation, "Prometheus" scaler';
const AUTOSCALING = 'llm-d/llm-d guides/workload-autoscaling';

/** What model servers and their pickers measure. */
const SERVING = /\b(vllm:|llm_d_|inference_|sglang:)/;

/** Queries of Prometheus triggers; of anything else than serving only beside a model server. */
function queries(set: CheckedSet): readonly Place[] {
  return ofKind(set, 'ScaledObject').flatMap(({ place }) =>
    itemsOf(at(place, 'spec', 'triggers'))
      .filter((trigger) => textOf(at(trigger, 'type')) === 'prometheus')
      .map((trigger) => at(trigger, 'metadata', 'query'))
      .filter((query) => set.servers.length > 0 || SERVING.test(textOf(query) ?? '')),
  );
}

const kedaSingleSeries: Check = {
  id: 'keda-single-series',
  severity: 'warning',
  title: 'A query of KEDA ends in one series: with more than one the trigger fails.',
  source: `${KEDA} (query must return a vector or scalar single element response)`,
  run: (set) =>
    queries(set).flatMap((query) => {
      const loose = seriesIn(textOf(query) ?? '').find(({ isAggregated }) => !isAggregated);
      if (loose === undefined) return [];
      const message = `the query may return one series of ${loose.metric} per pod`;
      return [{ at: query, word: loose.metric, message, fix: `write sum(${loose.metric}…), the sum over the pods` }];
    }),
};

const kedaNamespace: Check = {
  id: 'keda-namespace',
  severity: 'warning',
  title: 'A query of KEDA names the namespace: it counts equally named pods of every namespace otherwise.',
  source: AUTOSCALING,
  run: (set) =>
    queries(set).flatMap((query) => {
      const all = seriesIn(textOf(query) ?? '').find(({ matchers }) => !/\b(exported_)?namespace\s*=/.test(matchers));
      if (all === undefined) return [];
      const message = `${all.metric} is taken from all namespaces`;
      return [{ at: query, word: all.metric, message, fix: `write ${all.metric}{namespace="…"}` }];
    }),
};

/** Expressions of rules: Managed Service for Prometheus, and the Prometheus operator. */
function ruleTexts(set: CheckedSet): readonly string[] {
  return ofKind(set, 'Rules', 'ClusterRules', 'GlobalRules', 'PrometheusRule')
    .flatMap(({ place }) => textsBelow(at(place, 'spec')))
    .flatMap((place) => textOf(place) ?? []);
}

const absentIsNotIdle: Check = {
  id: 'absent-is-not-idle',
  severity: 'warning',
  title:
    '`or vector(0)` stands only beside an alert on the absence of the metric: a lost metric looks idle otherwise, and replicas go.',
  source: `${AUTOSCALING}; ${KEDA} (ignoreNullValues)`,
  run: (set) => {
    const watched = ruleTexts(set).filter((text) => /\babsent(_over_time)?\s*\(/.test(text));
    return queries(set)
      .filter((query) => /\bor\s+(on\s*\(\s*\)\s*)?vector\s*\(\s*0\s*\)/i.test(textOf(query) ?? ''))
      .filter((query) => {
        const metrics = seriesIn(textOf(query) ?? '').map(({ metric }) => metric);
        return !metrics.some((metric) => watched.some((text) => text.includes(metric)));
      })
      .map((query) => ({
        at: query,
        word: 'vector',
        message: 'a metric that is lost counts as 0 here, and nobody is told',
        fix: 'leave it out, or add an alert with absent(…) of the same metric',
      }));
  },
};

/** Every text of an autoscaler, names of metrics among them. */
function scalerTexts(set: CheckedSet): readonly Place[] {
  return ofKind(set, 'HorizontalPodAutoscaler', 'ScaledObject', 'PodAutoscaler').flatMap(({ place }) =>
    textsBelow(at(place, 'spec')),
  );
}

const queueMetric: Check = {
  id: 'queue-metric-matches-flow-control',
  severity: 'error',
  title: 'Scaling reads the queue where requests wait: of the endpoint picker with flow control, of vLLM without.',
  source: AUTOSCALING,
  run: (set) => {
    const configs = pickerConfigs(set);
    if (configs.length === 0) return [];
    const isOn = configs.some(hasFlowControl);
    const [wrong, right] = isOn
      ? [/vllm:num_requests_waiting/, 'llm_d_epp_flow_control_queue_size']
      : [/(llm_d_epp|inference_extension)_flow_control_/, 'vllm:num_requests_waiting'];
    const why = isOn ? 'flow control holds requests in the picker' : 'flow control is off, so the picker has no queue';
    return scalerTexts(set)
      .filter((text) => wrong.test(textOf(text) ?? ''))
      .map((text) => ({ at: text, message: `${why}: this number stays 0`, fix: `scale on ${right}` }));
  },
};

/** Former names of metrics, and those of today. */
const formerMetrics: readonly (readonly [former: RegExp, today: string])[] = [
  [/\bvllm:gpu_cache_usage_perc\b/, 'vllm:kv_cache_usage_perc'],
  [/\bvllm:gpu_prefix_cache_\w+/, 'vllm:prefix_cache_hits_total and vllm:prefix_cache_queries_total'],
  [/\bvllm:time_per_output_token_seconds\w*/, 'vllm:inter_token_latency_seconds'],
  [/\bvllm:(cpu_cache_usage_perc|num_requests_swapped)\b/, 'nothing: vLLM does not swap any more'],
  [
    /\b(inference_extension|inference_objective|inference_pool|inference_model|llm_d_inference_scheduler)_\w+/,
    'llm_d_epp_…',
  ],
];

/** What reads metrics by name: a ConfigMap that mentions one may be a list of them. */
const READERS =
  /^(HorizontalPodAutoscaler|ScaledObject|PodAutoscaler|Rules|ClusterRules|GlobalRules|PrometheusRule|PodMonitoring|ClusterPodMonitoring|AutoscalingMetric)$/;

const formerMetric: Check = {
  id: 'former-metric-name',
  severity: 'warning',
  title:
    'Metrics are called what vLLM and llm-d call them today: what reads the former name sees nothing, or soon will.',
  source: 'vllm-project/vllm vllm/v1/metrics/loggers.py; llm-d/llm-d-router release notes',
  run: (set) =>
    [
      ...set.objects.filter(({ kind }) => READERS.test(kind)).map(({ place }) => at(place, 'spec')),
      ...set.pods.map(({ spec }) => at(spec, 'containers')),
    ]
      .flatMap(textsBelow)
      .flatMap((place): readonly Fault[] => {
        for (const [former, today] of formerMetrics) {
          const [word] = former.exec(textOf(place) ?? '') ?? [];
          if (word !== undefined)
            return [{ at: place, word, message: `${word} is a former name`, fix: `write ${today}` }];
        }
        return [];
      }),
};

/** Kind and name: an autoscaler of something else may have the same name. */
function targetOf({ place }: KubeObject): string {
  const target = at(place, 'spec', 'scaleTargetRef');
  // KEDA means a Deployment where nothing is said.
  return `${textOf(at(target, 'kind')) ?? 'Deployment'} ${textOf(at(target, 'name')) ?? ''}`;
}

const oneScaler: Check = {
  id: 'one-scaler-per-target',
  severity: 'error',
  title: 'One autoscaler has one target: two undo each other’s work.',
  source: 'KEDA documentation, "Scaling Deployments" (caveats); Kubernetes documentation, "Horizontal Pod Autoscaling"',
  run: (set) => {
    const scalers = ofKind(set, 'HorizontalPodAutoscaler', 'ScaledObject', 'PodAutoscaler');
    return scalers.flatMap((scaler, index) => {
      const first = scalers
        .slice(0, index)
        // Two versions of one object are not two scalers.
        .filter(({ kind, name }) => kind !== scaler.kind || name !== scaler.name)
        .find((other) => targetOf(other) === targetOf(scaler) && shareNamespace(other, scaler));
      if (first === undefined) return [];
      const message = `${targetOf(scaler)} is scaled by ${first.kind} ${first.name} already`;
      return [{ at: at(scaler.place, 'spec', 'scaleTargetRef'), message, fix: 'put both signals into one autoscaler' }];
    });
  },
};

/** Seconds. A replica that went is back after minutes of loading. */
const SHORTEST_WINDOW_SECONDS = 120;

const hastyScaleDown: Check = {
  id: 'hasty-scale-down',
  severity: 'warning',
  title: 'Replicas go only after minutes of too little work: the next one needs minutes to load.',
  source: 'Kubernetes documentation, "Horizontal Pod Autoscaling" (stabilizationWindowSeconds, 300 by default)',
  run: (set) =>
    ofKind(set, 'HorizontalPodAutoscaler', 'ScaledObject').flatMap((scaler) => {
      const behavior =
        scaler.kind === 'ScaledObject' ? ['advanced', 'horizontalPodAutoscalerConfig', 'behavior'] : ['behavior'];
      const window = at(scaler.place, 'spec', ...behavior, 'scaleDown', 'stabilizationWindowSeconds');
      const seconds = numberOf(window);
      const isServer = set.servers.some(({ pod }) => targetOf(scaler) === `${pod.object.kind} ${pod.object.name}`);
      if (!isThere(window) || seconds === undefined || seconds >= SHORTEST_WINDOW_SECONDS || !isServer) return [];
      const message = `replicas go after ${seconds} s of less work, and take minutes to come back`;
      return [{ at: window, message, fix: 'write 300' }];
    }),
};

export const scalingChecks: readonly Check[] = [
  kedaSingleSeries,
  kedaNamespace,
  absentIsNotIdle,
  queueMetric,
  formerMetric,
  oneScaler,
  hastyScaleDown,
];
