/**
 * What an error of any Google client, of our own REST calls or of the network says, read into one form for the classifier.
 * It imports none of those clients: whoever makes only a REST call must not load them for its errors.
 */
import { parseJson } from '../domain/json.ts';
import { systemCodeOf } from '../network-errors.ts';

export interface GoogleErrorFacts {
  /** Name of a google.rpc.Code, if the service itself said one. */
  readonly canonical?: string;
  readonly httpStatus?: number;
  /** Node's code of a broken connection (`ECONNRESET`), or the name of an abort (`TimeoutError`). */
  readonly systemCode?: string;
  /** Machine-readable reasons: `errors[].reason`, `ErrorInfo.reason`, an operation's `errors[].code`. */
  readonly reasons: readonly string[];
  readonly text: string;
  /** What `Retry-After` or `RetryInfo` asks for. */
  readonly retryAfterSeconds?: number;
}

/** Names of google.rpc.Code by their numbers (googleapis/googleapis google/rpc/code.proto). */
const canonicalNames: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** What is read of an answer besides its body. */
interface AnswerHead {
  readonly status: number;
  /** As the header has it: seconds, or a date, which is not read. */
  readonly retryAfter: string | undefined;
}

/** An answer of a REST call that we make ourselves. */
export class HttpAnswerError extends Error {
  override readonly name = 'HttpAnswerError';
  readonly httpStatusCode: number;
  readonly body: string;
  readonly retryAfterSeconds: number | undefined;

  constructor({ status, retryAfter }: AnswerHead, body: string) {
    super(`HTTP ${status}`);
    this.httpStatusCode = status;
    this.body = body;
    const seconds = Number(retryAfter ?? Number.NaN);
    this.retryAfterSeconds = Number.isFinite(seconds) ? seconds : undefined;
  }
}

// Where gax keeps the body of an HTTP error: it decodes only what google.rpc.Status has, and Compute Engine's `errors[]` is not in it
// (googleapis/gax-nodejs, googleError.ts `setRawHttpResponsePayload`).
const rawBody = Symbol.for('google-gax.rawHttpResponsePayload');

/** Reads whatever a client threw. */
export function readGoogleError(thrown: unknown): GoogleErrorFacts {
  const error = fieldsOf(thrown);
  const httpStatus = numberOf(error['httpStatusCode']) ?? numberOf(error['status']);
  const body = bodyOf(error);
  const canonical = canonicalOf(error, body, httpStatus);
  const systemCode = systemCodeOf(thrown);
  const retryAfterSeconds =
    numberOf(error['retryAfterSeconds']) ??
    retryDelayOf([...listOf(error['statusDetails']), ...listOf(body['details'])]);
  return {
    text: textOf(thrown, error, body),
    reasons: [
      ...reasonsOf(error),
      ...reasonsOf(body),
      ...[...listOf(body['errors']), ...listOf(body['details'])].flatMap(reasonsOf),
    ],
    ...(canonical !== undefined && { canonical }),
    ...(httpStatus !== undefined && { httpStatus }),
    ...(systemCode !== undefined && { systemCode }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** Reads one entry of `error.errors[]` of a Compute Engine operation. */
export function readComputeOperationError(entry: {
  readonly code?: string;
  readonly message?: string;
}): GoogleErrorFacts {
  return { reasons: entry.code === undefined ? [] : [entry.code], text: entry.message ?? entry.code ?? 'no message' };
}

/** Reads `error` (google.rpc.Status) and `statusMessage` of a GKE operation; an operation that failed has one or both. */
export function readGkeOperationError(code: number | undefined, texts: readonly string[]): GoogleErrorFacts {
  const canonical = code === undefined ? undefined : canonicalNames[code];
  return { reasons: [], text: [...new Set(texts)].join('; '), ...(canonical !== undefined && { canonical }) };
}

type Fields = Readonly<Record<string | symbol, unknown>>;

/** gax maps an HTTP status to the nearest gRPC code; only a code that came from the service is a fact. */
function canonicalOf(error: Fields, body: Fields, httpStatus: number | undefined): string | undefined {
  const said = body['status'];
  if (typeof said === 'string') return said;
  const code = numberOf(error['code']);
  return httpStatus === undefined && code !== undefined ? canonicalNames[code] : undefined;
}

function bodyOf(error: Fields): Fields {
  const raw = error[rawBody] ?? error['body'];
  // No JSON is an answer of something in front of the API (an HTML page): its status is all that it says.
  const parsed: unknown = typeof raw === 'string' ? parseJson(raw) : raw;
  // A method that streams answers a list, its errors too (googleapis/gax-nodejs gax/src/googleError.ts, parseHttpError).
  const answer = Array.isArray(parsed) ? listOf(parsed).find((one) => 'error' in fieldsOf(one)) : parsed;
  return fieldsOf(fieldsOf(answer)['error']);
}

function textOf(thrown: unknown, error: Fields, body: Fields): string {
  for (const text of [body['message'], error['details'], error['message']]) {
    // gRPC puts the code in front of its message: `5 NOT_FOUND: …`.
    if (typeof text === 'string' && text !== '') return lastAttempt(text.replace(/^\d+ [A-Z_]+: /, ''));
  }
  return String(thrown);
}

/** After retries gax appends every attempt's error; the last one says why. */
function lastAttempt(text: string): string {
  const [outcome = '', attempts] = text.split(' : Previous errors : ', 2);
  const messages = attempts?.matchAll(/message: (.*?), code: /gs);
  const last = messages === undefined ? undefined : [...messages].at(-1)?.[1];
  return last === undefined ? outcome : `${outcome} after ${last}`;
}

function reasonsOf(value: unknown): readonly string[] {
  const reason = fieldsOf(value)['reason'];
  return typeof reason === 'string' && reason !== '' ? [reason] : [];
}

/** `RetryInfo.retryDelay`, as JSON (`"5s"`) or decoded (`{seconds}`). */
function retryDelayOf(details: readonly unknown[]): number | undefined {
  for (const detail of details) {
    const delay = fieldsOf(detail)['retryDelay'];
    const seconds =
      typeof delay === 'string' ? Number.parseFloat(delay) : Number(fieldsOf(delay)['seconds'] ?? Number.NaN);
    if (Number.isFinite(seconds)) return Math.ceil(seconds);
  }
  return undefined;
}

function fieldsOf(value: unknown): Fields {
  // Any object can be asked for any property; what comes back is unknown until it is checked.
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
