/** What a dashboard or an alert wants to know of the latest decision about one target. */
export interface DecisionGauges {
  readonly target: string;
  /** Since somebody last decided: grows where nobody can, or nobody looks. */
  readonly decisionAgeSeconds: number;
  readonly roles: readonly RoleGauges[];
}

export interface RoleGauges {
  readonly role: string;
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  /** What kept the size from what the rule wanted (shared/domain/scaling/types.ts, LimitedBy). */
  readonly limitedBy?: string;
}

/** Publishes them as metrics of our own. Throws `AutomationError`. */
export interface DecisionMetrics {
  write(gauges: readonly DecisionGauges[], atMs: number): Promise<void>;
}
