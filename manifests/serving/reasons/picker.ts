/** Of endpoint pickers and what runs beside them. */
import { gatewayOf, type StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Reason } from './reason.ts';

const CHART = 'llm-d/llm-d-router config/charts/routerlib/templates';
const SIZING = 'llm-d/llm-d-router docs/operations.md';
const HEALTH = 'llm-d/llm-d-router cmd/epp/runner/health.go';
const TOKENIZER = 'llm-d/llm-d-router pkg/epp/framework/plugins/requestcontrol/dataproducer/tokenizer/README.md';
const PREDICTOR = 'llm-d/llm-d-router config/charts/routerlib/values.yaml';
const POD = 'Deployment/*-epp spec.template.spec';

const configSource: { readonly [K in StackGateway['scoring']]: string } = {
  'load-aware': 'queue, KV cache and remembered prefixes, as llm-d weighs them',
  'precise-prefix': 'the prefixes that pods report, found by the very tokens of the model',
  'predicted-latency': 'predicted times to the first and the next token, against the objectives in the headers',
};

const pickerObjects: readonly Reason[] = [
  {
    setting: 'ConfigMap/*-epp data',
    why: configSaid,
    source: 'llm-d/llm-d guides, router values; llm-d/llm-d-router apix/config/v1alpha1',
  },
  {
    setting: 'Role/*-epp rules',
    why: 'it watches its pool, the pods of it, and what requests may name; several of them elect a leader by a lease',
    source: `${CHART}/_rbac.yaml`,
  },
  {
    setting: 'ClusterRole/*-epp rules',
    why: 'it asks the API server whether whoever reads its metrics may',
    source: `${CHART}/_rbac.yaml`,
  },
  {
    setting: 'Service/*-epp spec',
    why: 'the load balancer calls it by gRPC, which is HTTP/2; 9090 is for its metrics',
    source: `${CHART}/_service.yaml`,
  },
];

const deployment: readonly Reason[] = [
  {
    setting: 'Deployment/*-epp spec.replicas',
    why: 'one picks, since what is in flight is known to one alone; more than one stand by',
    source: SIZING,
  },
  {
    setting: 'Deployment/*-epp spec.strategy',
    why: 'the old one goes first: a successor that waits for it to be ready would wait for a lease that the old one holds',
    source: `${CHART}/_deployment.yaml`,
  },
  {
    setting: 'Deployment/*-epp spec.template.metadata.annotations.inference-fleet/config-sha256',
    why: 'it reads its configuration once: other content makes other pods',
    source: 'Kubernetes documentation, "ConfigMaps", Mounted ConfigMaps are updated automatically',
  },
  {
    setting: 'Deployment/*-model-router spec.template.metadata.annotations.inference-fleet/config-sha256',
    why: 'it reads its configuration once: other content makes other pods',
    source: 'Kubernetes documentation, "ConfigMaps", Mounted ConfigMaps are updated automatically',
  },
];

const pod: readonly Reason[] = [
  { setting: `${POD}.serviceAccountName`, why: 'who may read the pool and its pods', source: `${CHART}/_rbac.yaml` },
  {
    setting: `${POD}.terminationGracePeriodSeconds`,
    why: ({ drain: { graceSeconds } }) =>
      `answers go through it to their end, so it may take as long as a pod of the model: ${graceSeconds} s, and at least its own 45`,
    source: `${CHART}/_deployment.yaml`,
  },
  { setting: `${POD}.volumes.config`, why: 'its configuration', source: `${CHART}/_deployment.yaml` },
  { setting: `${POD}.containers.*.volumeMounts.config`, why: 'its configuration', source: `${CHART}/_deployment.yaml` },
  { setting: `${POD}.containers.endpoint-picker`, why: 'as its chart has it', source: `${CHART}/_deployment.yaml` },
  {
    setting: `${POD}.containers.endpoint-picker.image`,
    why: 'pinned: its configuration is read strictly, so another version may refuse it',
    source: 'llm-d/llm-d docs/api-reference/artifacts.md',
  },
  {
    setting: `${POD}.containers.endpoint-picker.livenessProbe`,
    why: 'by gRPC, on a port of its own; of several, one that stands by is alive too',
    source: HEALTH,
  },
  {
    setting: `${POD}.containers.endpoint-picker.readinessProbe`,
    why: 'of several, only the leader is ready: the load balancer sees one',
    source: HEALTH,
  },
  {
    setting: `${POD}.containers.endpoint-picker.resources`,
    why: memorySaid,
    source: SIZING,
  },
];

const sidecars: readonly Reason[] = [
  {
    setting: `${POD}.containers.tokenizer`,
    why: "vLLM's own renderer, in the model servers' version: blocks are found by exactly the tokens that the model sees",
    source: TOKENIZER,
  },
  { setting: `${POD}.volumes.tokenizer`, why: 'room for the tokenizer that it downloads', source: PREDICTOR },
  {
    setting: `${POD}.containers.training-server`,
    why: 'learns from each finished request how long it took, with the settings of its chart',
    source: PREDICTOR,
  },
  {
    setting: `${POD}.containers.prediction-server`,
    why: 'predicts by what the other has learnt, with the settings of its chart: a worker for each CPU it may use',
    source: PREDICTOR,
  },
  { setting: `${POD}.volumes.training`, why: 'models and samples', source: PREDICTOR },
  { setting: `${POD}.volumes.prediction`, why: 'models', source: PREDICTOR },
  ...['PREDICTION_SERVER_URL', 'TRAINING_SERVER_URL'].map((name) => ({
    setting: `env ${name}`,
    why: 'in the same pod: each request waits for a prediction',
    source: PREDICTOR,
  })),
];

function configSaid(stack: Stack): string {
  const gateway = gatewayOf(stack);
  if (gateway === undefined) throw new Error(`explaining ${stack.name}: it has no gateway`);
  const { scoring, prefillWhen, flowControl } = gateway;
  return [
    `pods are compared by ${configSource[scoring]}`,
    ...(typeof prefillWhen === 'object'
      ? [`${prefillWhen.uncachedTokens} tokens or more that decode has not are prefilled on a prefill pod`]
      : []),
    ...(prefillWhen === 'always' ? ['every prompt is prefilled on a prefill pod'] : []),
    ...(flowControl === undefined
      ? []
      : [
          `requests wait here, at most ${flowControl.maxQueuedGib} GiB of them and ${flowControl.maxWaitSeconds} s each`,
        ]),
  ].join('; ');
}

function memorySaid(stack: Stack): string {
  const { cpu, memoryGib } = gatewayOf(stack)?.picker ?? {};
  return `${cpu} CPUs and no limit of them: a picker that is held back holds every request back; up to ${memoryGib} GiB, half of them for requests that wait`;
}

export const pickerReasons: readonly Reason[] = [...pickerObjects, ...deployment, ...pod, ...sidecars];
