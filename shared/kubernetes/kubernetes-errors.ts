/**
 * The one place that knows what errors of a Kubernetes API server mean. A pure table: the first row whose conditions all hold
 * decides; what no row knows is `permanent`.
 */
import { listAt, numberAt, textAt } from '../domain/compare.ts';
import { parseJson } from '../domain/json.ts';
import { AutomationError, ensureError, type FailureKind } from '../errors.ts';
import { brokenConnection, systemCodeOf } from '../network-errors.ts';

/** An answer that is not a success. */
export class ClusterAnswerError extends Error {
  override readonly name = 'ClusterAnswerError';
  readonly httpStatus: number;
  readonly body: string;
  /** Header `Retry-After`, seconds. */
  readonly retryAfterSeconds: number | undefined;

  constructor(httpStatus: number, body: string, retryAfterSeconds?: number) {
    super(`HTTP ${httpStatus}`);
    this.httpStatus = httpStatus;
    this.body = body;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What an answer, or a broken connection, says of itself; the rows are matched against this and nothing else. */
export interface KubernetesErrorFacts {
  readonly httpStatus?: number;
  /** `reason` of the Status object, e.g. `AlreadyExists`. */
  readonly reason?: string;
  /** `details.causes[]`: `reason`, the `field` and the message. */
  readonly causes: readonly { readonly reason: string; readonly field: string; readonly message: string }[];
  readonly text: string;
  readonly systemCode?: string;
  readonly retryAfterSeconds?: number;
}

/** All conditions that it names must hold. `waitingFor` completes the sentence "waits for …" of what is busy. */
export interface KubernetesErrorRow {
  readonly when: {
    readonly http?: readonly number[];
    readonly reason?: RegExp;
    readonly cause?: RegExp;
    readonly text?: RegExp;
    readonly system?: RegExp;
  };
  readonly kind: FailureKind;
  readonly code?: string;
  readonly waitingFor?: string;
  readonly source: string;
}

const apiErrors = 'kubernetes/apimachinery pkg/api/errors/errors.go';
const serverSideApply = 'Kubernetes documentation, "Server-Side Apply", section Conflicts';

/** From the special to the general: the first that matches decides. */
export const kubernetesErrorRows: readonly KubernetesErrorRow[] = [
  // Somebody else decides the value of a field: only a person can settle who owns it.
  {
    when: { cause: /^FieldManagerConflict$/ },
    kind: 'permanent',
    code: 'FIELD_MANAGER_CONFLICT',
    source: serverSideApply,
  },
  {
    when: { text: /is being deleted: .* already exists/ },
    kind: 'busy',
    code: 'BEING_DELETED',
    waitingFor: 'the old object to be gone',
    source: apiErrors,
  },
  {
    when: { cause: /^NamespaceTerminating$/ },
    kind: 'busy',
    code: 'BEING_DELETED',
    waitingFor: 'the namespace to be gone',
    source: 'kubernetes/kubernetes plugin/pkg/admission/namespace/lifecycle/admission.go',
  },
  {
    when: { http: [429], cause: /^DisruptionBudget$/ },
    kind: 'busy',
    code: 'DISRUPTION_BUDGET',
    waitingFor: "the pod's disruption budget to allow one more",
    source: 'kubernetes/kubernetes pkg/registry/core/pod/storage/eviction.go',
  },
  { when: { reason: /^AlreadyExists$/ }, kind: 'exists', source: apiErrors },
  // A stale resourceVersion: reading again gives the new one.
  { when: { reason: /^Conflict$/ }, kind: 'transient', source: apiErrors },
  {
    when: { text: /exceeded quota:/ },
    kind: 'quota',
    code: 'QUOTA_EXCEEDED',
    source: 'Kubernetes documentation, "Resource Quotas"',
  },
  {
    when: { text: /admission webhook .* denied the request/ },
    kind: 'permanent',
    code: 'WEBHOOK_DENIED',
    source: 'kubernetes/apiserver pkg/admission/plugin/webhook/errors/statuserror.go',
  },
  // Answered with 500 although only the object is wrong.
  {
    when: { text: /field not declared in schema|failed to create typed patch object/ },
    kind: 'permanent',
    code: 'INVALID_OBJECT',
    source: 'kubernetes-sigs/structured-merge-diff typed/validate.go',
  },
  { when: { http: [401, 403] }, kind: 'auth', source: apiErrors },
  { when: { http: [404] }, kind: 'gone', source: apiErrors },
  // 410 is an expired list token: the list begins anew.
  { when: { http: [408, 410, 429, 500, 502, 503, 504] }, kind: 'transient', source: apiErrors },
  { when: { http: [400, 405, 406, 409, 413, 415, 422] }, kind: 'permanent', source: apiErrors },
  { when: { system: brokenConnection }, kind: 'transient', source: 'network-errors.ts' },
];

/** Reads whatever a call to the API server threw. */
export function readKubernetesError(thrown: unknown): KubernetesErrorFacts {
  const systemCode = systemCodeOf(thrown);
  if (!(thrown instanceof ClusterAnswerError)) {
    return { causes: [], text: ensureError(thrown).message, ...(systemCode !== undefined && { systemCode }) };
  }
  // What is no Status object leaves the HTTP status as all that is known.
  const status = parseJson(thrown.body);
  const reason = textAt(status, 'reason');
  const seconds = thrown.retryAfterSeconds ?? numberAt(status, 'details.retryAfterSeconds');
  return {
    httpStatus: thrown.httpStatus,
    // Unknown paths are answered in plain text: `404 page not found`.
    text: textAt(status, 'message') ?? `HTTP ${thrown.httpStatus} ${thrown.body.trim().slice(0, 200)}`,
    causes: listAt(status, 'details.causes').map((cause) => ({
      reason: textAt(cause, 'reason') ?? '',
      field: textAt(cause, 'field') ?? '',
      message: textAt(cause, 'message') ?? '',
    })),
    ...(reason !== undefined && { reason }),
    ...(seconds !== undefined && { retryAfterSeconds: seconds }),
  };
}

/** The error that crosses our port. `doing` is a gerund with its object: `applying DaemonSet kube-system/a`. */
export function toClusterError(doing: string, thrown: unknown): AutomationError {
  if (thrown instanceof AutomationError) return thrown;
  const facts = readKubernetesError(thrown);
  const row = kubernetesErrorRowOf(facts);
  const code = row?.code ?? facts.reason ?? facts.systemCode;
  const details = {
    ...(code !== undefined && { code }),
    ...(row?.waitingFor !== undefined && { waitingFor: row.waitingFor }),
    ...(facts.retryAfterSeconds !== undefined && { retryAfterSeconds: facts.retryAfterSeconds }),
  };
  return new AutomationError(row?.kind ?? 'permanent', `${doing}: ${describe(facts)}`, details, { cause: thrown });
}

/** The row that decides; undefined if none knows the error. */
export function kubernetesErrorRowOf(facts: KubernetesErrorFacts): KubernetesErrorRow | undefined {
  return kubernetesErrorRows.find(({ when }) => matches(when, facts));
}

function matches(
  { http, reason, cause, text, system }: KubernetesErrorRow['when'],
  facts: KubernetesErrorFacts,
): boolean {
  if (http !== undefined && !http.includes(facts.httpStatus ?? 0)) return false;
  if (cause !== undefined && !facts.causes.some((given) => cause.test(given.reason))) return false;
  const words = [
    [reason, facts.reason],
    [text, facts.text],
    [system, facts.systemCode],
  ] as const;
  return words.every(([pattern, word]) => pattern === undefined || pattern.test(word ?? ''));
}

/** Conflicts are told field by field, in a fixed order: the server's own text mixes managers and has no order. */
function describe({ causes, text }: KubernetesErrorFacts): string {
  const conflicts = causes.filter(({ reason }) => reason === 'FieldManagerConflict');
  if (conflicts.length === 0) return text;
  return conflicts
    .map(({ field, message }) => `field ${field}: ${message}`)
    .toSorted()
    .join('; ');
}
