/** Gateways, autoscalers, and what is not looked into. */
import {
  makeAutoscaler,
  makeDeployment,
  makePicker,
  makePickerConfig,
  makePool,
  makeScaledObject,
} from '../make-manifests.ts';
import type { Case } from './case.ts';

const gated = makePickerConfig('featureGates: [flowControl]\nplugins: []\n');
const open = makePickerConfig('plugins: []\n');
const waiting = 'prometheus.googleapis.com|vllm:num_requests_waiting|gauge';
const absence = {
  apiVersion: 'monitoring.googleapis.com/v1',
  kind: 'Rules',
  metadata: { name: 'absence' },
  spec: { groups: [{ rules: [{ alert: 'MetricLost', expr: 'absent(vllm:kv_cache_usage_perc{namespace="s"})' }] }] },
};
const usage = 'sum(vllm:kv_cache_usage_perc{namespace="s"}) or vector(0)';
const pickerQueue = 'sum(llm_d_epp_flow_control_queue_size{namespace="s"})';
const window = (seconds: number) => ({ behavior: { scaleDown: { stabilizationWindowSeconds: seconds } } });

export const aroundCases: readonly Case[] = [
  {
    rule: 'target-ports',
    name: 'nine of them, and one twice',
    wrong: [makePool({ app: 'x' }, [1, 2, 3, 4, 5, 6, 7, 8, 9]), makePool({ app: 'x' }, [8000, 8000])],
    right: [makePool({ app: 'x' }, [8000, 8001, 8002, 8003, 8004, 8005, 8006, 8007])],
    found: [
      'InferencePool/pool spec.targetPorts: it has 9 target ports',
      'InferencePool/pool spec.targetPorts: target port 8000 is there twice',
    ],
  },
  {
    rule: 'retired-kind',
    name: 'of 2025',
    wrong: [
      { apiVersion: 'inference.networking.x-k8s.io/v1alpha2', kind: 'InferencePool', metadata: { name: 'p' } },
      { apiVersion: 'inference.networking.x-k8s.io/v1alpha2', kind: 'InferenceModel', metadata: { name: 'm' } },
    ],
    right: [
      makePool({ app: 'x' }),
      { apiVersion: 'llm-d.ai/v1alpha2', kind: 'InferenceObjective', metadata: { name: 'o' } },
    ],
    found: [
      'InferencePool/p apiVersion: InferencePool of inference.networking.x-k8s.io/v1alpha2 is retired',
      'InferenceModel/m apiVersion: InferenceModel of inference.networking.x-k8s.io/v1alpha2 is retired',
    ],
  },
  {
    rule: 'plugin-refs',
    name: 'one that nobody declares, and one twice',
    wrong: [
      makePickerConfig(
        'plugins: [{type: queue-scorer}, {type: queue-scorer}]\nschedulingProfiles: [{name: default, plugins: [{pluginRef: prefix-scorer}]}]\n',
      ),
    ],
    right: [
      makePickerConfig(
        'plugins: [{type: queue-scorer}, {type: queue-scorer, name: second}]\nschedulingProfiles: [{name: default, plugins: [{pluginRef: second}]}]\n',
      ),
    ],
    found: [
      "ConfigMap/picker data['config.yaml']: pluginRef prefix-scorer names no plugin; declared are queue-scorer, queue-scorer",
      "ConfigMap/picker data['config.yaml']: plugin queue-scorer is declared twice",
    ],
  },
  {
    rule: 'picker-recreate',
    name: 'a rolling update',
    wrong: [makePicker({ strategy: undefined })],
    right: [makePicker()],
    found: ['Deployment/picker spec: a rollout runs two endpoint pickers beside each other'],
  },
  {
    rule: 'keda-single-series',
    name: 'one series for each pod',
    wrong: [
      makeScaledObject('vllm:num_requests_waiting{namespace="s"}'),
      makeScaledObject('sum by (pod) (vllm:num_requests_waiting{namespace="s"})'),
    ],
    right: [
      makeScaledObject('sum(vllm:num_requests_waiting{namespace="s"})'),
      makeScaledObject(
        'histogram_quantile(0.9, sum by (le) (rate(vllm:time_to_first_token_seconds_bucket{namespace="s"}[2m])))',
      ),
    ],
    found: [
      'ScaledObject/scaler spec.triggers[0].metadata.query: the query may return one series of vllm:num_requests_waiting per pod',
      'ScaledObject/scaler spec.triggers[0].metadata.query: the query may return one series of vllm:num_requests_waiting per pod',
    ],
  },
  {
    rule: 'keda-namespace',
    name: 'every namespace',
    wrong: [makeScaledObject('sum(vllm:num_requests_waiting)')],
    right: [makeScaledObject('sum(vllm:num_requests_waiting{model_name="m", namespace="s"})')],
    found: [
      'ScaledObject/scaler spec.triggers[0].metadata.query: vllm:num_requests_waiting is taken from all namespaces',
    ],
  },
  {
    rule: 'absent-is-not-idle',
    name: 'a lost metric as 0',
    wrong: [makeScaledObject(usage)],
    right: [makeScaledObject(usage), absence],
    found: [
      'ScaledObject/scaler spec.triggers[0].metadata.query: a metric that is lost counts as 0 here, and nobody is told',
    ],
  },
  {
    rule: 'queue-metric-matches-flow-control',
    name: 'the other queue',
    wrong: [gated, makeAutoscaler(waiting)],
    right: [gated, makeScaledObject(pickerQueue)],
    found: [
      'HorizontalPodAutoscaler/autoscaler spec.metrics[0].pods.metric.name: flow control holds requests in the picker: this number stays 0',
    ],
  },
  {
    rule: 'queue-metric-matches-flow-control',
    name: 'a queue that is switched off',
    wrong: [open, makeScaledObject(pickerQueue)],
    right: [open, makeAutoscaler(waiting)],
    found: [
      'ScaledObject/scaler spec.triggers[0].metadata.query: flow control is off, so the picker has no queue: this number stays 0',
    ],
  },
  {
    rule: 'former-metric-name',
    name: 'of vLLM and of the picker',
    wrong: [
      makeAutoscaler('vllm:gpu_cache_usage_perc'),
      makeScaledObject('sum(inference_extension_flow_control_queue_size{namespace="s"})'),
    ],
    right: [makeAutoscaler('vllm:kv_cache_usage_perc'), makeScaledObject(pickerQueue)],
    found: [
      'HorizontalPodAutoscaler/autoscaler spec.metrics[0].pods.metric.name: vllm:gpu_cache_usage_perc is a former name',
      'ScaledObject/scaler spec.triggers[0].metadata.query: inference_extension_flow_control_queue_size is a former name',
    ],
  },
  {
    rule: 'one-scaler-per-target',
    name: 'KEDA beside an HPA',
    wrong: [makeAutoscaler(waiting), makeScaledObject(usage)],
    right: [makeAutoscaler(waiting), makeScaledObject(usage, { scaleTargetRef: { name: 'other' } })],
    found: [
      'ScaledObject/scaler spec.scaleTargetRef: Deployment llama is scaled by HorizontalPodAutoscaler autoscaler already',
    ],
  },
  {
    rule: 'hasty-scale-down',
    name: 'half a minute',
    wrong: [makeDeployment(), makeAutoscaler(waiting, window(30))],
    right: [makeDeployment(), makeAutoscaler(waiting, window(300))],
    found: [
      'HorizontalPodAutoscaler/autoscaler spec.behavior.scaleDown.stabilizationWindowSeconds: replicas go after 30 s of less work, and take minutes to come back',
    ],
  },
  {
    rule: 'partial-container',
    name: 'a patch',
    wrong: [makeDeployment({ image: '' })],
    right: [makeDeployment()],
    found: [
      'Deployment/llama spec.template.spec.containers[0]: container vllm has no image, so this is a patch or a part of a template',
    ],
  },
  {
    rule: 'other-engine',
    name: 'SGLang',
    wrong: [makeDeployment({ container: { command: ['python3', '-m', 'sglang.launch_server'] } })],
    right: [makeDeployment()],
    found: ['Deployment/llama spec.template.spec.containers[0]: SGLang is served here, and not looked into'],
  },
];
