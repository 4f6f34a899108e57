/**
 * Policies of GKE's load balancers, the fields that we write. They have no public definition: fields and values are those of the API
 * reference googlecloudplatform.github.io/gke-gateway-api and of llm-d/llm-d-router config/charts/llm-d-router-gateway/templates/gke.yaml.
 */
import type { GATEWAY_GROUP } from './gateway-api.ts';
import type { POOL_GROUP } from './inference-extension.ts';
import type { AppliedMeta } from './wire.ts';

export const GKE_NETWORKING_VERSION = 'networking.gke.io/v1';

/** In the namespace of the policy. */
export type PolicyTarget =
  | { readonly group: typeof POOL_GROUP; readonly kind: 'InferencePool'; readonly name: string }
  | { readonly group: ''; readonly kind: 'Service'; readonly name: string };

export interface HealthCheckPolicy {
  readonly apiVersion: typeof GKE_NETWORKING_VERSION;
  readonly kind: 'HealthCheckPolicy';
  readonly metadata: AppliedMeta;
  readonly spec: {
    readonly targetRef: PolicyTarget;
    readonly default: {
      readonly checkIntervalSec?: number;
      readonly timeoutSec?: number;
      readonly config: HealthCheck;
    };
  };
}

export type HealthCheck =
  | { readonly type: 'HTTP'; readonly httpHealthCheck: { readonly requestPath: string; readonly port: number } }
  | {
      readonly type: 'GRPC';
      readonly grpcHealthCheck: { readonly portSpecification: 'USE_FIXED_PORT'; readonly port: number };
    };

export interface GcpBackendPolicy {
  readonly apiVersion: typeof GKE_NETWORKING_VERSION;
  readonly kind: 'GCPBackendPolicy';
  readonly metadata: AppliedMeta;
  readonly spec: {
    readonly targetRef: PolicyTarget;
    readonly default: {
      readonly timeoutSec: number;
      /** 0..3,600. */
      readonly connectionDraining: { readonly drainingTimeoutSec: number };
      readonly logging: { readonly enabled: boolean };
    };
  };
}

/** A callout before the route is chosen (GKE documentation, "Configure Body-Based Routing"). */
export interface GcpRoutingExtension {
  readonly apiVersion: typeof GKE_NETWORKING_VERSION;
  readonly kind: 'GCPRoutingExtension';
  readonly metadata: AppliedMeta;
  readonly spec: {
    readonly targetRefs: readonly {
      readonly group: typeof GATEWAY_GROUP;
      readonly kind: 'Gateway';
      readonly name: string;
    }[];
    readonly extensionChains: readonly {
      readonly name: string;
      readonly extensions: readonly RoutingCallout[];
    }[];
  };
}

export interface RoutingCallout {
  readonly name: string;
  /** `:authority` of the calls; required, and not looked at by what we call. */
  readonly authority: string;
  /** 10 ms to 10 s. */
  readonly timeout: string;
  readonly supportedEvents: readonly ('RequestHeaders' | 'RequestBody' | 'RequestTrailers')[];
  readonly requestBodySendMode: 'FullDuplexStreamed';
  readonly backendRef: { readonly group: ''; readonly kind: 'Service'; readonly name: string; readonly port: number };
}
