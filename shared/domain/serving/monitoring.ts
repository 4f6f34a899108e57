/** What is measured of the stack, by Managed Service for Prometheus. */
export type Monitoring = {
  /** 5..300; 15 when left out. */
  readonly intervalSeconds?: number;
};
