/** Autoscalers of the cluster, for those who do not let inference-fleet scale. */
export type Autoscaling = { readonly kind: 'hpa' | 'keda'; readonly maxReplicas: number };
