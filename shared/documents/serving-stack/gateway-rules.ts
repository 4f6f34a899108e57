/** What of a gateway depends on the rest of the stack. */
import type { Problem } from '../../domain/problem.ts';
import { repeated } from '../../domain/repeated.ts';
import type { GatewaySpec } from '../../domain/serving/gateway.ts';
import { isAtLeast } from '../../domain/serving/release.ts';
import { gatewayOf, type StackGateway } from '../../domain/serving/resolve-gateway.ts';
import type { Stack } from '../../domain/serving/resolved-stack.ts';
import { routeRules } from './route-rules.ts';
import type { StackRule } from './rule.ts';

/** InferencePool v1 (kubernetes-sigs/gateway-api-inference-extension config/crd/bases). */
const MAX_TARGET_PORTS = 8;
/** The first whose image has `vllm launch render` in llm-d's charts (llm-d/llm-d-router config/charts/routerlib/values.yaml). */
const RENDER_SINCE = '0.19.1';

/** The oldest that knows every field that we write; it refuses what it does not know (llm-d/llm-d-router apix/config/v1alpha1). */
const PICKER_SINCE = '0.10.0';

const FIELD = 'spec.gateway';

/** Of a stack that has a gateway. */
type GatewayRule = (stack: Stack, gateway: StackGateway, written: GatewaySpec) => readonly Problem[];

/** Prompts and answers would cross the internet in plain text. */
const internetHasTls: GatewayRule = (_stack, { own }) => {
  if (own === undefined || own.className === 'gke-l7-rilb' || own.tlsSecret !== undefined) return [];
  const rule = `must be set for ${own.className}: prompts and answers would cross the internet in plain text`;
  return [
    {
      field: `${FIELD}.tlsSecret`,
      value: undefined,
      rule,
      fix: 'name a Secret of type kubernetes.io/tls, or use gke-l7-rilb',
    },
  ];
};

/** Nothing tells the picker otherwise: it would find no prefix anywhere, without a word. */
const reportedPrefixesAreReported: GatewayRule = ({ spec: { kvCache } }, { scoring }) => {
  if (scoring !== 'precise-prefix' || kvCache?.events === true) return [];
  const rule = 'must be true for gateway.scoring precise-prefix: pods have to report what they hold';
  return [{ field: 'spec.kvCache.events', value: kvCache?.events, rule, fix: 'set it to true, or use load-aware' }];
};

const engineCanTokenize: GatewayRule = ({ engine: { version } }, { scoring }) => {
  if (scoring !== 'precise-prefix' || isAtLeast(version, RENDER_SINCE)) return [];
  const rule = `must be at least ${RENDER_SINCE} for gateway.scoring precise-prefix, whose tokenizer is of the same version`;
  return [{ field: 'spec.engine.version', value: version, rule, fix: `use ${RENDER_SINCE} or newer, or load-aware` }];
};

const pickerKnowsItsConfiguration: GatewayRule = (_stack, { picker: { version } }) => {
  if (version === undefined || isAtLeast(version, PICKER_SINCE)) return [];
  const rule = `must be at least ${PICKER_SINCE}: an older one ends at its configuration`;
  return [{ field: `${FIELD}.endpointPicker.version`, value: version, rule, fix: 'remove it' }];
};

const onlyTwoRolesDecide: GatewayRule = ({ roles }, _gateway, { prefillWhen }) => {
  if (prefillWhen === undefined || roles.length > 1) return [];
  const rule = 'must not be set for one aggregated role, which prefills all that it gets';
  return [{ field: `${FIELD}.prefillWhen`, value: prefillWhen, rule, fix: 'remove it, or write prefill and decode' }];
};

/** Each port of the pool is looked for on each of its pods; one that nobody answers is an endpoint that is always broken. */
const rolesHaveTheSamePorts: GatewayRule = ({ roles }) => {
  const counts = roles.map(({ ports }) => ports.count);
  if (new Set(counts).size <= 1) return [];
  const rule = `must be such that pods of both roles have as many ranks behind one gateway (${counts.join(' and ')})`;
  const value = roles.at(-1)?.parallelism.data === 1 ? 'tensor' : 'expert';
  return [{ field: 'spec.roles.decode.parallelism', value, rule, fix: 'give both the same parallelism and GPUs' }];
};

const poolHoldsAllRanks: GatewayRule = ({ roles }) => {
  const large = roles.find(({ ports }) => ports.count > MAX_TARGET_PORTS);
  if (large === undefined) return [];
  const rule = `must be at most ${MAX_TARGET_PORTS} with expert parallelism: an InferencePool has as many ports, one for each rank`;
  return [{ field: `spec.roles.${large.role}.gpus`, value: large.gpusPerPod, rule, fix: `use ${MAX_TARGET_PORTS}` }];
};

/** Two limits of one priority, of which one would be ignored. */
const bandsDiffer: GatewayRule = (_stack, { flowControl }) => {
  const priorities = flowControl?.bands.map(({ priority }) => priority) ?? [];
  const [twice] = repeated(priorities);
  if (twice === undefined) return [];
  const rule = 'must not have two bands of one priority';
  return [{ field: `${FIELD}.flowControl.bands`, value: twice, rule, fix: 'put them together' }];
};

/** Waiting requests lie in its memory; one that is killed loses them all. */
const queueFitsThePicker: GatewayRule = (_stack, { flowControl, picker: { memoryGib } }) => {
  if (flowControl === undefined || flowControl.maxQueuedGib < memoryGib) return [];
  const rule = `must be less than the ${memoryGib} GiB of the endpoint picker, which holds them`;
  const fix = `use ${Math.max(1, Math.floor(memoryGib / 2))}, or raise endpointPicker.memoryGib`;
  return [{ field: `${FIELD}.flowControl.maxQueuedGib`, value: flowControl.maxQueuedGib, rule, fix }];
};

/** The load balancer would have given up on a request that still waits. */
const waitsEndBeforeTheTimeout: GatewayRule = (_stack, { flowControl, timeoutSeconds }) => {
  if (flowControl === undefined) return [];
  const { maxWaitSeconds, maxWaitWithoutPodsSeconds = 0 } = flowControl;
  const waits = { maxWaitSeconds, maxWaitWithoutPodsSeconds };
  return Object.entries(waits)
    .filter(([, seconds]) => seconds >= timeoutSeconds)
    .map(([name, value]) => ({
      field: `${FIELD}.flowControl.${name}`,
      value,
      rule: `must be less than gateway.timeoutSeconds (${timeoutSeconds}), which counts waiting too`,
      fix: 'make it shorter, or the timeout longer',
    }));
};

/** Without flow control nothing waits, so nothing is put before another; below 0 it may still be refused. */
const prioritiesAreFollowed: GatewayRule = (_stack, { flowControl, objectives }) => {
  const above = objectives.find(({ priority }) => priority > 0);
  if (flowControl !== undefined || above === undefined) return [];
  const rule = `must be set for the objective ${above.name}: without a queue nobody is served first`;
  return [
    { field: `${FIELD}.flowControl`, value: undefined, rule, fix: 'add flowControl: {}, or use priorities up to 0' },
  ];
};

const objectivesDiffer: GatewayRule = (_stack, { objectives }) => {
  const names = objectives.map(({ name }) => name);
  const [twice] = repeated(names);
  if (twice === undefined) return [];
  return [
    { field: `${FIELD}.objectives`, value: twice, rule: 'must not repeat a name', fix: 'call one of them otherwise' },
  ];
};

const gatewayRulesOfStacks: readonly GatewayRule[] = [
  internetHasTls,
  reportedPrefixesAreReported,
  engineCanTokenize,
  pickerKnowsItsConfiguration,
  onlyTwoRolesDecide,
  rolesHaveTheSamePorts,
  poolHoldsAllRanks,
  bandsDiffer,
  queueFitsThePicker,
  waitsEndBeforeTheTimeout,
  prioritiesAreFollowed,
  objectivesDiffer,
];

function ofGateway(rule: GatewayRule): StackRule {
  return (stack) => {
    const gateway = gatewayOf(stack);
    const { gateway: written } = stack.spec;
    return gateway === undefined || written === undefined ? [] : rule(stack, gateway, written);
  };
}

export const gatewayRules: readonly StackRule[] = [...gatewayRulesOfStacks.map(ofGateway), ...routeRules];
