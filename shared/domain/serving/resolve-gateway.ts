/** Fills in what `spec.gateway` left out. Pure; of a valid document. */
import type {
  FlowControl,
  GatewayClassName,
  GatewaySpec,
  ModelRewrite,
  Objective,
  PrefillDecision,
  RouteSpec,
  Saturation,
  Scoring,
} from './gateway.ts';
import type { Stack } from './resolved-stack.ts';

/** Figures with their sources; the ports are those that GKE checks without being told (llm-d/llm-d-router config/charts). */
export const gatewayDefaults = {
  className: 'gke-l7-rilb',
  /** GKE's own is 30 s, llm-d's chart writes 300 s; GoogleCloudPlatform/accelerated-platforms has 3,600 s for answers of reasoning models. */
  timeoutSeconds: 3600,
  /** llm-d/llm-d guides/recipes/router/base.values.yaml. */
  picker: { replicas: 1, cpu: 4, memoryGib: 16 },
  /** llm-d/llm-d-router apix/config/v1alpha1/endpointpickerconfig_types.go. */
  maxWaitSeconds: 60,
} as const;

export interface StackGateway {
  /** The Gateway that requests come through. */
  readonly gateway: string;
  /** Absent: another stack's. */
  readonly own?: { readonly className: GatewayClassName; readonly tlsSecret?: string };
  readonly timeoutSeconds: number;
  readonly route: StackRoute | undefined;
  readonly scoring: Scoring;
  /** Absent: one pod does both. */
  readonly prefillWhen?: PrefillDecision;
  readonly peakPrefillTokensPerSecond?: number;
  readonly flowControl?: StackFlowControl;
  readonly objectives: readonly Objective[];
  readonly rewrites: readonly ModelRewrite[];
  readonly picker: StackPicker;
}

export interface StackRoute {
  readonly byModel: boolean;
  /** Names besides the served one that requests for this stack may ask for. */
  readonly otherNames: readonly string[];
  readonly headers: { readonly [name: string]: string };
  readonly weights: { readonly [pool: string]: number } | undefined;
}

export type StackFlowControl = Required<Pick<FlowControl, 'bands' | 'maxQueuedGib' | 'maxWaitSeconds'>> &
  Pick<FlowControl, 'maxWaitWithoutPodsSeconds'> & { readonly saturation: Saturation };

export interface StackPicker {
  readonly replicas: number;
  readonly cpu: number;
  readonly memoryGib: number;
  /** Absent: the catalogue's. */
  readonly version?: string;
  readonly metricsAuth: boolean;
}

/** Undefined: requests reach the pods without us. */
export function gatewayOf(stack: Stack): StackGateway | undefined {
  const { gateway: spec } = stack.spec;
  if (spec === undefined) return undefined;
  const { scoring = 'load-aware', timeoutSeconds = gatewayDefaults.timeoutSeconds } = spec;
  const picker = pickerOf(spec);
  return {
    gateway: spec.use ?? stack.name,
    ...(spec.use === undefined && { own: ownOf(spec) }),
    timeoutSeconds,
    route: routeOf(spec),
    scoring,
    ...(stack.roles.length > 1 && { prefillWhen: spec.prefillWhen ?? 'always' }),
    ...(spec.peakPrefillTokensPerSecond !== undefined && {
      peakPrefillTokensPerSecond: spec.peakPrefillTokensPerSecond,
    }),
    ...(spec.flowControl !== undefined && { flowControl: flowControlOf(spec.flowControl, picker) }),
    objectives: spec.objectives ?? [],
    rewrites: spec.rewrites ?? [],
    picker,
  };
}

function ownOf({ className = gatewayDefaults.className, tlsSecret }: GatewaySpec): NonNullable<StackGateway['own']> {
  return { className, ...(tlsSecret !== undefined && { tlsSecret }) };
}

function routeOf({ route = {}, rewrites = [] }: GatewaySpec): StackRoute | undefined {
  if (route === 'none') return undefined;
  return {
    byModel: route.byModel ?? false,
    otherNames: otherNamesOf(route, rewrites),
    headers: route.headers ?? {},
    weights: route.weights,
  };
}

/** A name that is rewritten here has to get here first. */
function otherNamesOf({ adapters = [] }: RouteSpec, rewrites: readonly ModelRewrite[]): readonly string[] {
  const rewritten = rewrites.flatMap(({ model }) => (model === undefined ? [] : [model]));
  return [...new Set([...adapters, ...rewritten])];
}

/** Waiting requests lie in the picker's memory with their bodies (llm-d/llm-d-router docs/operations.md); the other half is its own. */
function flowControlOf(written: FlowControl, { memoryGib }: StackPicker): StackFlowControl {
  const { maxWaitWithoutPodsSeconds } = written;
  return {
    saturation: written.saturation ?? {},
    bands: written.bands ?? [],
    maxQueuedGib: written.maxQueuedGib ?? Math.max(1, Math.floor(memoryGib / 2)),
    maxWaitSeconds: written.maxWaitSeconds ?? gatewayDefaults.maxWaitSeconds,
    ...(maxWaitWithoutPodsSeconds !== undefined && { maxWaitWithoutPodsSeconds }),
  };
}

function pickerOf({ endpointPicker: written = {} }: GatewaySpec): StackPicker {
  const { replicas, cpu, memoryGib } = gatewayDefaults.picker;
  return {
    replicas: written.replicas ?? replicas,
    cpu: written.cpu ?? cpu,
    memoryGib: written.memoryGib ?? memoryGib,
    ...(written.version !== undefined && { version: written.version }),
    metricsAuth: written.metricsAuth ?? false,
  };
}
