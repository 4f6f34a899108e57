/** How requests reach the pods. */
export type GatewaySpec = {
  /** `gke-l7-regional-external-managed` (the internet) or `gke-l7-rilb` (the VPC), which is meant when left out. */
  readonly className?: 'gke-l7-regional-external-managed' | 'gke-l7-rilb';
};
