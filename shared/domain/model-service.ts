/** The `ModelService` document: a served model that is there already, and who may change its sizes. Nothing of it is deployed by us. */
import type { PoolOwner } from './cluster.ts';
import type { API_VERSION, Metadata } from './document.ts';
import { modelServiceDefaults as defaults } from './model-service-defaults.ts';
import { modelTarget } from './target.ts';

/** As its owner wrote it: a field that was left out is absent here. Type aliases, so that it can be stored as plain JSON. */
export type ModelServiceDocument = {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'ModelService';
  readonly metadata: Metadata;
  readonly spec: ModelServiceSpec;
};

export type ModelServiceSpec = {
  readonly cluster: ServingCluster;
  readonly namespace: string;
  /** Label `model_name` of the metrics. */
  readonly servedModelName: string;
  /** Without one there are only the signals of the model servers themselves. */
  readonly endpointPicker?: EndpointPicker;
  /** One aggregated role, or prefill and decode. */
  readonly roles: readonly Role[];
  readonly nodePools?: readonly ServingPool[];
  readonly signals?: { readonly maxAgeSeconds?: number; readonly sources?: readonly SignalOrigin[] };
  readonly slo?: ServiceObjectives;
  readonly scaling?: Scaling;
  readonly spendCapUsdPerHour?: number;
};

/** A GKE cluster, built by us or not. `location` is a region or a zone. */
export type ServingCluster = { readonly project: string; readonly location: string; readonly name: string };

/** The EPP: one Deployment in front of one InferencePool, both in the namespace of the service. */
export type EndpointPicker = {
  readonly deployment: string;
  readonly inferencePool: string;
  readonly metricsPort?: number;
};

export const roleNames = ['aggregated', 'prefill', 'decode'] as const;
export type RoleName = (typeof roleNames)[number];

/** One set of replicas that serves one part of each request, or all of it. */
export type Role = {
  readonly role: RoleName;
  readonly workload: Workload;
  /** All pods of one replica together. */
  readonly gpusPerReplica: number;
  readonly podsPerReplica?: number;
  readonly nodePool: string;
  readonly metricsPort?: number;
  readonly size: RoleSize;
  /** Prompt tokens per second that one replica prefills; without it the token backlog rule is not used. */
  readonly peakPrefillTokensPerSecond?: number;
  readonly startupSeconds?: number;
  /** What is paid for a GPU; absent: the catalogue's price of the machine. */
  readonly usdPerGpuHour?: number;
};

/** What has the `/scale` subresource of the role. */
export type Workload = { readonly kind: WorkloadKind; readonly name: string };
/** Kinds with a `/scale` subresource: Kubernetes' own, LeaderWorkerSet groups, and one role of a DisaggregatedSet. */
export type WorkloadKind = 'Deployment' | 'LeaderWorkerSet' | 'DisaggregatedSetRoleScaler';

/** Replicas. */
export type RoleSize = { readonly min: number; readonly max: number; readonly owner?: RoleOwner };
/** Who decides the size of a role. `hpa`: somebody else's autoscaler; `fixed`: nobody. */
export type RoleOwner = 'inference-fleet' | 'hpa' | 'fixed';

/** Nodes. */
export type ServingPool = { readonly name: string; readonly size: ServingPoolSize };
export type ServingPoolSize = { readonly min: number; readonly max: number; readonly owner?: PoolOwner };

/** `pods`: `/metrics` of model servers and endpoint picker; `monitoring`: Cloud Monitoring. */
export type SignalOrigin = 'pods' | 'monitoring';

/** 90th percentiles: time to first token, time per output token. */
export type ServiceObjectives = { readonly ttftP90Seconds?: number; readonly tpotP90Seconds?: number };

export type Scaling = {
  readonly targets?: Partial<ScalingTargets>;
  readonly toleranceRatio?: number;
  readonly up?: Partial<ScalingPace>;
  readonly down?: Partial<ScalingPace>;
  readonly cooldownAfterUpSeconds?: number;
  readonly scaleToZeroAfterSeconds?: number;
};

/** Setpoints: a role gets as many replicas as keep each of its signals at or below them. */
export type ScalingTargets = {
  readonly queuedRequestsPerReplica: number;
  readonly runningRequestsPerReplica: number;
  /** 0..1. */
  readonly kvCacheUsedRatio: number;
  readonly prefillBacklogSeconds: number;
  /** 0..1. */
  readonly saturationRatio: number;
};

/** `behavior` of a HorizontalPodAutoscaler in our words. Where both rates are given, the larger change is allowed (`selectPolicy: Max`). */
export type ScalingPace = {
  /** Up: the smallest, down: the largest recommendation of this window counts. */
  readonly stabilizationSeconds: number;
  readonly maxReplicasPerPeriod?: number;
  readonly maxPercentPerPeriod?: number;
  readonly periodSeconds: number;
};

/** A `ModelService` document with nothing left to decide. What is optional here means something by its absence. */
export interface ResolvedModelService {
  readonly name: string;
  /** `model/<cluster>/<namespace>/<name>`. */
  readonly target: string;
  readonly cluster: ServingCluster;
  readonly namespace: string;
  readonly servedModelName: string;
  readonly endpointPicker?: Required<EndpointPicker>;
  /** As written: one aggregated role, or prefill and decode in either order. */
  readonly roles: readonly ResolvedRole[];
  /** Pools that this document declares; a role may use another one. */
  readonly nodePools: readonly ResolvedServingPool[];
  readonly signals: { readonly maxAgeSeconds: number; readonly sources: readonly SignalOrigin[] };
  readonly slo: ServiceObjectives;
  readonly scaling: ResolvedScaling;
  readonly spendCapUsdPerHour?: number;
}

export interface ResolvedRole extends Omit<Required<Role>, 'size' | 'peakPrefillTokensPerSecond' | 'usdPerGpuHour'> {
  readonly size: Required<RoleSize>;
  readonly peakPrefillTokensPerSecond?: number;
  readonly usdPerGpuHour?: number;
}

/** A declared pool with its owner; sizes are nodes of the whole pool, over all its zones. */
export interface ResolvedServingPool {
  readonly name: string;
  readonly size: Required<ServingPoolSize>;
}

/** How the service is scaled, defaults filled in. */
export interface ResolvedScaling {
  readonly targets: ScalingTargets;
  readonly toleranceRatio: number;
  readonly up: ScalingPace;
  readonly down: ScalingPace;
  /** No replica is taken away this long after one was added. */
  readonly cooldownAfterUpSeconds: number;
  /** Only for services whose roles have a `min` of 0. */
  readonly scaleToZeroAfterSeconds: number;
}

/** Fills in `modelServiceDefaults`; of a valid document, so nothing can fail. */
export function resolveModelService({ metadata, spec }: ModelServiceDocument): ResolvedModelService {
  const { cluster, namespace, servedModelName, endpointPicker, spendCapUsdPerHour } = spec;
  const roles = spec.roles.map(resolveRole);
  return {
    name: metadata.name,
    target: modelTarget(cluster.name, namespace, metadata.name),
    cluster,
    namespace,
    servedModelName,
    ...(endpointPicker !== undefined && {
      endpointPicker: { metricsPort: defaults.endpointPickerMetricsPort, ...endpointPicker },
    }),
    roles,
    nodePools: (spec.nodePools ?? []).map(({ name, size }) => ({ name, size: { owner: defaults.poolOwner, ...size } })),
    signals: { ...defaults.signals, ...spec.signals },
    slo: spec.slo ?? {},
    scaling: resolveScaling(spec.scaling ?? {}, Math.max(...roles.map(({ startupSeconds }) => startupSeconds))),
    ...(spendCapUsdPerHour !== undefined && { spendCapUsdPerHour }),
  };
}

function resolveRole(role: Role): ResolvedRole {
  const { owner, podsPerReplica, metricsPort, startupSeconds } = defaults.role;
  return {
    podsPerReplica,
    startupSeconds,
    metricsPort: metricsPort[role.role],
    ...role,
    size: { owner, ...role.size },
  };
}

/** `startupSeconds` of the slowest role. */
function resolveScaling(written: Scaling, startupSeconds: number): ResolvedScaling {
  return {
    targets: { ...defaults.targets, ...written.targets },
    toleranceRatio: written.toleranceRatio ?? defaults.toleranceRatio,
    up: resolvePace(written.up ?? {}, defaults.up),
    down: resolvePace(written.down ?? {}, defaults.down),
    cooldownAfterUpSeconds: written.cooldownAfterUpSeconds ?? defaults.cooldownAfterUpInStartups * startupSeconds,
    scaleToZeroAfterSeconds: written.scaleToZeroAfterSeconds ?? defaults.scaleToZeroAfterSeconds,
  };
}

/** A rate of the author replaces the default rate, which would otherwise allow more than was asked for. */
function resolvePace(
  written: Partial<ScalingPace>,
  byDefault: Required<Omit<ScalingPace, 'maxReplicasPerPeriod'>>,
): ScalingPace {
  const { maxPercentPerPeriod, ...rest } = byDefault;
  const hasRate = written.maxReplicasPerPeriod !== undefined || written.maxPercentPerPeriod !== undefined;
  return { ...rest, ...(!hasRate && { maxPercentPerPeriod }), ...written };
}
