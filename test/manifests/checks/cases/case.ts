/** What breaks a rule, what does not, and what is said of the first. */
export interface Case {
  readonly rule: string;
  readonly name: string;
  readonly wrong: readonly object[];
  readonly right: readonly object[];
  readonly spareGpus?: number;
  /** `Kind/name path: message`, of this rule alone. */
  readonly found: readonly string[];
}
