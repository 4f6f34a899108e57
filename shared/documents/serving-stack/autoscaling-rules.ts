/** Which signals there are to scale by, and between which bounds. */
import type { Json } from '../../domain/json.ts';
import type { Problem } from '../../domain/problem.ts';
import type { Autoscaling } from '../../domain/serving/autoscaling.ts';
import { replicaBounds } from '../../domain/serving/autoscaling-defaults.ts';
import { gatewayOf } from '../../domain/serving/resolve-gateway.ts';
import type { Stack } from '../../domain/serving/resolved-stack.ts';
import type { StackRule } from './rule.ts';

const FIELD = 'spec.autoscaling';

/** With what every rule here asks for first. */
type AutoscalingRule = (autoscaling: Autoscaling, stack: Stack) => readonly Problem[];

function problem(field: string, value: Json | undefined, [rule, fix]: readonly [string, string]): readonly Problem[] {
  return [{ field, value, rule, fix }];
}

/** Without monitors no series reaches an autoscaler. */
const metricsAreMeasured: AutoscalingRule = (_, { spec }) => {
  if (spec.monitoring !== undefined) return [];
  return problem('spec.monitoring', undefined, [
    'must be there for an autoscaler, which sees what is measured',
    'add monitoring: {}',
  ]);
};

/** KEDA asks Managed Prometheus, which belongs to a project. */
const kedaKnowsTheProject: AutoscalingRule = ({ kind }, { project }) => {
  if (kind !== 'keda' || project !== undefined) return [];
  return problem('spec.project', undefined, [
    'must be there for KEDA, which asks Cloud Monitoring of a project',
    'add the id of the project',
  ]);
};

/** Pods are found by the cluster that asks; what is asked of the project is of all its clusters. */
const clusterIsNamed: AutoscalingRule = ({ kind, cluster }, stack) => {
  const asksTheProject = kind === 'keda' || hasFlowControl(stack);
  if (!asksTheProject || cluster !== undefined) return [];
  const rule = 'must be there: queries are of the whole project, where another cluster may have the same namespace';
  return problem(`${FIELD}.cluster`, undefined, [rule, 'add the name of the GKE cluster']);
};

/** It divides a number by a target; the others are sums of several numbers. */
const hpaScalesByQueue: AutoscalingRule = ({ kind, signal }) => {
  if (kind !== 'hpa' || signal === undefined || signal === 'queue') return [];
  return problem(`${FIELD}.signal`, signal, ['must be queue for hpa, which cannot calculate', 'use kind keda']);
};

/** Latency of a request is made by both roles, and says not by which. */
const latencyIsOfOneRole: AutoscalingRule = ({ signal }, { roles }) => {
  if (signal !== 'slo' || roles.length === 1) return [];
  return problem(`${FIELD}.signal`, signal, [
    'must not be slo for prefill and decode: latency does not say which of them is short',
    'use tokens',
  ]);
};

/** The scaler reads the recorded series, so without rules there is none. */
const latencyIsRecorded: AutoscalingRule = ({ signal }, { spec }) => {
  if (signal !== 'slo' || spec.monitoring?.rules !== false) return [];
  return problem('spec.monitoring.rules', false, [
    'must be true for the signal slo, which is recorded by a rule',
    'remove it',
  ]);
};

/** Tokens that wait are a time only with a speed. */
const tokensHaveAPeak: AutoscalingRule = ({ signal }, { spec }) => {
  if (signal !== 'tokens' || spec.gateway?.peakPrefillTokensPerSecond !== undefined) return [];
  const rule = 'must be there for the signal tokens, which the endpoint picker counts and this turns into seconds';
  const fix = 'add what one endpoint prefills on an idle stack: tokens of a chunk ÷ median time to first token';
  return problem('spec.gateway.peakPrefillTokensPerSecond', undefined, [rule, fix]);
};

/** Only the picker that compares pods by tokens counts them. */
const tokensAreCounted: AutoscalingRule = ({ signal }, { spec: { gateway } }) => {
  const scoring = gateway?.scoring ?? 'load-aware';
  if (signal !== 'tokens' || scoring === 'load-aware') return [];
  const rule = 'must be load-aware for the signal tokens: only then the endpoint picker counts them';
  return problem('spec.gateway.scoring', scoring, [rule, 'remove it, or scale by another signal']);
};

/** Both roles would follow the one queue in front of them, whichever is short. */
const pickersQueueIsOfOneRole: AutoscalingRule = ({ signal = 'queue' }, stack) => {
  if (signal !== 'queue' || stack.roles.length === 1 || !hasFlowControl(stack)) return [];
  const rule = 'must not be queue for prefill and decode with flow control: the picker has one queue for both';
  return problem(`${FIELD}.signal`, signal, [rule, 'use tokens, or remove gateway.flowControl']);
};

/** The queue is in the picker or in the servers; a target for the other one would never be looked at. */
const targetsAreOfTheQueue: AutoscalingRule = ({ targets = {} }, stack) => {
  const isHeld = hasFlowControl(stack);
  const field = isHeld ? 'queuedRequests' : 'heldRequests';
  const value = targets[field];
  if (value === undefined) return [];
  const rule = isHeld
    ? 'must not be there with flow control: requests wait in the endpoint picker'
    : 'must not be there without gateway.flowControl: requests wait in the model servers';
  return problem(`${FIELD}.targets.${field}`, value, [rule, `write ${isHeld ? 'heldRequests' : 'queuedRequests'}`]);
};

/** A bound that nobody looks at would read like a limit. */
const boundsAreOfItsRoles: AutoscalingRule = (autoscaling, { roles }) =>
  (['prefill', 'decode'] as const).flatMap((name) => {
    const written = autoscaling[name];
    if (written === undefined || roles.some(({ role }) => role === name)) return [];
    const fix = 'write minReplicas and maxReplicas of the autoscaling itself';
    return problem(`${FIELD}.${name}`, { ...written }, ['must not be there for a stack without this role', fix]);
  });

/** Each role may have bounds of its own, so they may cross where neither was written beside the other. */
const boundsHold: AutoscalingRule = (autoscaling, stack) => {
  const crossed = stack.roles.flatMap(({ role }) => {
    const { min, max } = replicaBounds(stack, role) ?? { min: 0, max: 0 };
    if (min <= max) return [];
    const isOwn = role !== 'aggregated' && autoscaling[role]?.minReplicas !== undefined;
    const field = `${isOwn ? `${FIELD}.${role}` : FIELD}.minReplicas`;
    return problem(field, min, [`must not be above maxReplicas, ${max} for ${role}`, `use at most ${max}`]);
  });
  // What two roles share is one mistake.
  return crossed.filter(({ field }, index) => crossed.findIndex((other) => other.field === field) === index);
};

/** Only requests that are held can wake what sleeps; prefill and decode would have to wake together (llm-d/llm-d-autoscaling issue 1531). */
const zeroCanBeLeft: AutoscalingRule = ({ kind, signal = 'queue' }, stack) => {
  if (kind === 'keda' && signal === 'queue' && stack.roles.length === 1 && hasFlowControl(stack)) return [];
  return stack.roles
    .filter(({ role }) => replicaBounds(stack, role)?.min === 0)
    .flatMap(() => {
      const rule =
        'must be 1 or more but for one role that KEDA scales by queue with flow control, where held requests wake it';
      return problem(`${FIELD}.minReplicas`, 0, [rule, 'use 1']);
    })
    .slice(0, 1);
};

function hasFlowControl(stack: Stack): boolean {
  return gatewayOf(stack)?.flowControl !== undefined;
}

const rules: readonly AutoscalingRule[] = [
  metricsAreMeasured,
  kedaKnowsTheProject,
  clusterIsNamed,
  hpaScalesByQueue,
  latencyIsOfOneRole,
  latencyIsRecorded,
  tokensHaveAPeak,
  tokensAreCounted,
  pickersQueueIsOfOneRole,
  targetsAreOfTheQueue,
  boundsAreOfItsRoles,
  boundsHold,
  zeroCanBeLeft,
];

export const autoscalingRules: readonly StackRule[] = rules.map(
  (rule) => (stack) => (stack.spec.autoscaling === undefined ? [] : rule(stack.spec.autoscaling, stack)),
);
