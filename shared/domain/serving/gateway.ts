/** How requests reach the pods: a load balancer, and an endpoint picker that chooses a pod for each request. */

/** Everything has a default: `gateway: {}` is complete, and inside the VPC. */
export type GatewaySpec = {
  /** `gke-l7-rilb` (the VPC) when left out. Not beside `use`. */
  readonly className?: GatewayClassName;
  /** Name of another stack's Gateway in the same namespace, which this stack's requests come through. */
  readonly use?: string;
  /** Secret of type kubernetes.io/tls in the same namespace; plain HTTP when left out. Not beside `use`. */
  readonly tlsSecret?: string;
  /** The longest answer, 60..86,400 seconds; 3,600 when left out. */
  readonly timeoutSeconds?: number;
  /** Which requests come here; all of the Gateway's when left out. `none`: another stack's route sends them, by weight. */
  readonly route?: RouteSpec | 'none';
  /** How pods are compared; `load-aware` when left out. */
  readonly scoring?: Scoring;
  /** Which requests are prefilled on a prefill pod; `always` when left out. Only with prefill and decode. */
  readonly prefillWhen?: PrefillDecision;
  /** Prompt tokens per second that one endpoint prefills, as measured: prompts then stay with their prefix until it would wait too long. */
  readonly peakPrefillTokensPerSecond?: number;
  /** Requests wait in the picker, by priority, when all pods are busy; they go on to a pod at once when left out. */
  readonly flowControl?: FlowControl;
  /** Priorities that requests ask for by `<name of the stack>-<name>` in the header x-llm-d-inference-objective. */
  readonly objectives?: readonly Objective[];
  /** Names of models that become others on the way, e.g. a canary of an adapter. */
  readonly rewrites?: readonly ModelRewrite[];
  readonly endpointPicker?: EndpointPickerSpec;
};

export const gatewayClassNames = ['gke-l7-rilb', 'gke-l7-regional-external-managed'] as const;
export type GatewayClassName = (typeof gatewayClassNames)[number];

export type RouteSpec = {
  /** By the model that the body names, where several stacks share a Gateway. The Gateway's own stack must say so too. */
  readonly byModel?: boolean;
  /** LoRA adapters that this stack serves too; names must differ from those of all other stacks. Only with `byModel`. */
  readonly adapters?: readonly string[];
  /** Exact values, all of which a request must have. */
  readonly headers?: { readonly [name: string]: string };
  /** Shares of InferencePools, this stack's (its name) among them; all to this stack's when left out. */
  readonly weights?: { readonly [pool: string]: number };
};

/**
 * `load-aware`: queue, KV cache and what the picker remembers of prefixes. `precise-prefix`: the prefixes that pods report (`kvCache.events`).
 * `predicted-latency`: times to first and next token, learnt in the picker's pod; every request has to stream.
 */
export const scorings = ['load-aware', 'precise-prefix', 'predicted-latency'] as const;
export type Scoring = (typeof scorings)[number];

/** `uncachedTokens`: as many of a prompt's tokens as the decode pod has no keys and values of. */
export type PrefillDecision = 'always' | { readonly uncachedTokens: number };

export type FlowControl = {
  /** By queue and KV cache of the pods when left out. */
  readonly saturation?: Saturation;
  /** Bands that are not listed take llm-d's defaults. */
  readonly bands?: readonly PriorityBand[];
  /** Of all waiting requests together, GiB; half of the picker's memory when left out. */
  readonly maxQueuedGib?: number;
  /** Seconds that a request may wait; 60 when left out. */
  readonly maxWaitSeconds?: number;
  /** Seconds that it may wait while there is no pod at all, for a stack that scales to zero; `maxWaitSeconds` when left out. */
  readonly maxWaitWithoutPodsSeconds?: number;
};

/** When a pod is full: above either setpoint, or at so many requests in flight. */
export type Saturation =
  | { readonly queuedRequestsPerEndpoint?: number; readonly kvCacheUsedRatio?: number }
  | { readonly requestsPerEndpoint: number };

export type PriorityBand = {
  /** That of objectives; requests without one have 0. */
  readonly priority: number;
  /** Requests of the band at once, waiting or not; 5,000 when left out. */
  readonly maxRequests?: number;
  /** Between tenants of a band (header x-llm-d-inference-fairness-id); `global-strict` when left out. */
  readonly fairness?: (typeof fairnessPolicies)[number];
  /** Within a tenant's requests: first come, earliest deadline, or earliest objective of latency; `fcfs` when left out. */
  readonly ordering?: (typeof orderingPolicies)[number];
};
export const fairnessPolicies = ['global-strict', 'round-robin'] as const;
export const orderingPolicies = ['fcfs', 'edf', 'slo-deadline'] as const;

/** Higher is served first; below 0 may be refused when all pods are busy. */
export type Objective = { readonly name: string; readonly priority: number };

export type ModelRewrite = {
  /** What requests ask for; whatever they ask for when left out. */
  readonly model?: string;
  /** What they get, by weight. */
  readonly targets: readonly { readonly model: string; readonly weight?: number }[];
};

export type EndpointPickerSpec = {
  /** 1 when left out. More stand by: one is the leader and picks. */
  readonly replicas?: number;
  readonly cpu?: number;
  readonly memoryGib?: number;
  /** Of llm-d's endpoint picker; that of `catalogue/serving-images.ts` when left out. */
  readonly version?: string;
  /** Ask who scrapes /metrics for a token; false when left out, NetworkPolicies keep others out. */
  readonly metricsAuth?: boolean;
};
