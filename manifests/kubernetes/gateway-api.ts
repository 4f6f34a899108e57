/** Gateway API v1, the fields that we write (kubernetes-sigs/gateway-api config/crd/standard). */
import type { AppliedMeta } from './wire.ts';

export const GATEWAY_GROUP = 'gateway.networking.k8s.io';

export interface Gateway {
  readonly apiVersion: `${typeof GATEWAY_GROUP}/v1`;
  readonly kind: 'Gateway';
  readonly metadata: AppliedMeta;
  readonly spec: { readonly gatewayClassName: string; readonly listeners: readonly Listener[] };
}

export interface Listener {
  readonly name: string;
  readonly protocol: 'HTTP' | 'HTTPS';
  readonly port: number;
  readonly tls?: {
    readonly mode: 'Terminate';
    readonly certificateRefs: readonly { readonly group: ''; readonly kind: 'Secret'; readonly name: string }[];
  };
  readonly allowedRoutes: {
    readonly namespaces: { readonly from: 'Same' };
    readonly kinds: readonly { readonly group: typeof GATEWAY_GROUP; readonly kind: 'HTTPRoute' }[];
  };
}

/** No `timeouts`: GKE takes them from a GCPBackendPolicy (llm-d/llm-d-router config/charts/llm-d-router-gateway). */
export interface HttpRoute {
  readonly apiVersion: `${typeof GATEWAY_GROUP}/v1`;
  readonly kind: 'HTTPRoute';
  readonly metadata: AppliedMeta;
  readonly spec: {
    readonly parentRefs: readonly {
      readonly group: typeof GATEWAY_GROUP;
      readonly kind: 'Gateway';
      readonly name: string;
    }[];
    readonly rules: readonly HttpRouteRule[];
  };
}

export interface HttpRouteRule {
  /** Any of them; within one, all of it. */
  readonly matches: readonly HttpRouteMatch[];
  /** At most 16. */
  readonly backendRefs: readonly HttpBackendRef[];
}

export interface HttpRouteMatch {
  readonly path: { readonly type: 'PathPrefix'; readonly value: string };
  /** At most 16; names without regard to case. */
  readonly headers?: readonly { readonly type: 'Exact'; readonly name: string; readonly value: string }[];
}

export interface HttpBackendRef {
  readonly group: 'inference.networking.k8s.io';
  readonly kind: 'InferencePool';
  readonly name: string;
  /** 0..1,000,000, of their sum. */
  readonly weight?: number;
}
