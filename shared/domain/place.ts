/** Where a regional Google Cloud resource lives. */
export interface Place {
  /** Project id, e.g. `demo`. */
  readonly project: string;
  /** Region, e.g. `us-central1`. */
  readonly region: string;
}
