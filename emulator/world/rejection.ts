/** Canonical codes of google.rpc.Code that the local cloud answers with. */
export type CanonicalCode =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'UNAUTHENTICATED'
  | 'RESOURCE_EXHAUSTED'
  | 'FAILED_PRECONDITION'
  | 'ABORTED'
  | 'UNIMPLEMENTED'
  | 'UNAVAILABLE'
  | 'INTERNAL'
  | 'DEADLINE_EXCEEDED';

/**
 * One way in which the local cloud says no. Declared once, next to the rule, so that the list of them is data:
 * each cites the fact it mirrors, or is marked as assumed, or as a limit of the local cloud (D8).
 */
export interface Rejection<Arguments extends readonly unknown[]> {
  /** Stable name, `<service>.<rule>`, e.g. `compute.firewallOnRoceNetwork`. */
  readonly id: string;
  readonly code: CanonicalCode;
  /** HTTP status where it differs from the usual one of `code`. */
  readonly httpStatus?: number;
  /** `errors[].reason` of a Compute answer, e.g. `resourceInUseByAnotherResource`. */
  readonly reason?: string;
  /**
   * Public source of code and text (repository + path, issue, or page title), or `assumed: <why we think so>`, or
   * `limit: <of what>`: Google never answers so, the local cloud says what it does not do.
   */
  readonly source: string;
  readonly message: (...details: Arguments) => string;
}

export type SourceKind = 'fact' | 'assumed' | 'limit';

/** What stands behind a rejection. One that is assumed in part, e.g. in its wording, is assumed. */
export function sourceKindOf({ source }: Rejection<never>): SourceKind {
  if (source.startsWith('limit: ')) return 'limit';
  return /\bassumed\b/.test(source) ? 'assumed' : 'fact';
}

const declared = new Map<string, Rejection<never>>();

/** Registers a rejection; two of one id are a bug. */
export function defineRejection<const Arguments extends readonly unknown[]>(
  rejection: Rejection<Arguments>,
): Rejection<Arguments> {
  if (declared.has(rejection.id)) throw new Error(`defining rejection ${rejection.id}: it exists already`);
  declared.set(rejection.id, rejection);
  return rejection;
}

/** Every rejection declared by the modules loaded so far, by id. */
export function allRejections(): readonly Rejection<never>[] {
  return [...declared.values()].sort((a, b) => a.id.localeCompare(b.id));
}

/** Usual HTTP status of each canonical code (google/rpc/code.proto in googleapis/googleapis). */
export const httpStatusOf: Readonly<Record<CanonicalCode, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ALREADY_EXISTS: 409,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNIMPLEMENTED: 501,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** Thrown by the world, turned into the service's own error shape by its wire. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly id: string;
  readonly code: CanonicalCode;
  readonly httpStatus: number;
  readonly reason: string | undefined;

  constructor(rejection: Rejection<never>, message: string) {
    super(message);
    this.id = rejection.id;
    this.code = rejection.code;
    this.httpStatus = rejection.httpStatus ?? httpStatusOf[rejection.code];
    this.reason = rejection.reason;
  }
}

/** Says no: `reject(firewallOnRoceNetwork, name)`. */
export function reject<Arguments extends readonly unknown[]>(
  rejection: Rejection<Arguments>,
  ...details: Arguments
): never {
  throw errorOf(rejection, ...details);
}

/** What `reject` throws, for those who answer it themselves. */
export function errorOf<Arguments extends readonly unknown[]>(
  rejection: Rejection<Arguments>,
  ...details: Arguments
): ApiError {
  // The text is made here; an ApiError reads what does not depend on the arguments, and calls no `message`.
  return new ApiError(rejection as Rejection<never>, rejection.message(...details));
}
