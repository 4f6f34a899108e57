/** What only the owner of the cluster knows. */
export interface CheckFacts {
  /** GPUs that are free while a workload is rolled out; absent: unknown, so nothing is said about it. */
  readonly spareGpus?: number;
}
