/** One request of a stream; what it costs is known beforehand, as in a recorded trace. */
export interface ServingRequest {
  readonly arrivalMs: number;
  readonly promptTokens: number;
  /** Generated tokens, the first included; at least 1. */
  readonly outputTokens: number;
}

/** A request on its way through the service. It outlives the replicas that it is tried on. */
export interface Ticket {
  readonly request: ServingRequest;
  /** When its client saw the first token; kept when the request is tried again. */
  firstTokenMs: number | undefined;
}
