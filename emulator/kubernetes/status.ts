/** How the API server says no: `Status` objects, and the field errors inside them. */
import type { JsonMap } from '../world/json.ts';
import { ApiError, type Rejection } from '../world/rejection.ts';

/** One cause among several; clients find the wrong field by it. */
export interface StatusCause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

/** What a Status says of the object; every field is absent when it is not known. */
export interface StatusDetails {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly StatusCause[];
  readonly retryAfterSeconds?: number;
  /** Goes into the Status' list metadata: where to go on after an expired token. */
  readonly continueToken?: string;
}

/** An ApiError with what a Status says beyond code, reason and message. */
export class StatusError extends ApiError {
  readonly details: StatusDetails | undefined;
  /** Texts of Warning headers. */
  warnings: readonly string[] = [];

  constructor(rejection: Rejection<never>, message: string, details: StatusDetails | undefined) {
    super(rejection, message);
    this.details = details;
  }
}

/** The error of a rejection; `refuse` throws it, a watch sends it. */
export function statusError<Arguments extends readonly unknown[]>(
  rejection: Rejection<Arguments>,
  details: StatusDetails | undefined,
  ...facts: Arguments
): StatusError {
  // `never` erases the argument types, which the message has used already.
  return new StatusError(rejection as Rejection<never>, rejection.message(...facts), details);
}

/** Says no with a Status: `refuse(notFound, detailsOf(kind, name), 'configmaps', 'a')`. */
export function refuse<Arguments extends readonly unknown[]>(
  rejection: Rejection<Arguments>,
  details: StatusDetails | undefined,
  ...facts: Arguments
): never {
  throw statusError(rejection, details, ...facts);
}

/** Does what may still be refused: the refusal then carries the warnings that reading the request gave. */
export function carrying<T>(warnings: readonly string[], act: () => T): T {
  try {
    return act();
  } catch (thrown) {
    if (thrown instanceof StatusError) thrown.warnings = [...warnings, ...thrown.warnings];
    throw thrown;
  }
}

/** `{kind: Status, …}` of an error, as every client parses it. */
export function toStatus(error: ApiError): JsonMap {
  const { continueToken, ...details } = error instanceof StatusError ? (error.details ?? {}) : {};
  const hasDetails = error instanceof StatusError && error.details !== undefined && continueToken === undefined;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: continueToken === undefined ? {} : { continue: continueToken },
    status: 'Failure',
    message: error.message,
    ...(error.reason !== undefined && { reason: error.reason }),
    ...(hasDetails && { details: toDetails(details) }),
    code: error.httpStatus,
  };
}

/** The answer to a deletion that is complete. */
export function successStatus(details: StatusDetails): JsonMap {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: toDetails(details) };
}

function toDetails(details: StatusDetails): JsonMap {
  const { causes, ...rest } = details;
  return { ...rest, ...(causes !== undefined && { causes: causes.map((cause) => ({ ...cause })) }) };
}

/** One wrong field: `spec.replicas: Invalid value: -1: must be greater than or equal to 0` is its path and its message. */
export interface FieldError {
  readonly reason: string;
  readonly field: string;
  readonly message: string;
}

/** The error types of k8s.io/apimachinery `util/validation/field/errors.go` with their texts. */
export const fieldErrors = {
  required: (field: string, detail = ''): FieldError => ({
    reason: 'FieldValueRequired',
    field,
    message: detail === '' ? 'Required value' : `Required value: ${detail}`,
  }),
  invalid: (field: string, value: unknown, detail: string): FieldError => ({
    reason: 'FieldValueInvalid',
    field,
    message: `Invalid value: ${JSON.stringify(value)}: ${detail}`,
  }),
  typeInvalid: (field: string, value: unknown, detail: string): FieldError => ({
    reason: 'FieldValueTypeInvalid',
    field,
    message: `Invalid value: ${JSON.stringify(value)}: ${detail}`,
  }),
  notSupported: (field: string, value: unknown, supported: readonly unknown[]): FieldError => ({
    reason: 'FieldValueNotSupported',
    field,
    message: `Unsupported value: ${JSON.stringify(value)}: supported values: ${supported.map((v) => JSON.stringify(v)).join(', ')}`,
  }),
  duplicate: (field: string, value: unknown): FieldError => ({
    reason: 'FieldValueDuplicate',
    field,
    message: `Duplicate value: ${JSON.stringify(value)}`,
  }),
  tooMany: (field: string, count: number, most: number): FieldError => ({
    reason: 'FieldValueTooMany',
    field,
    message: `Too many: ${count}: must have at most ${most} ${most === 1 ? 'item' : 'items'}`,
  }),
  forbidden: (field: string, detail: string): FieldError => ({
    reason: 'FieldValueForbidden',
    field,
    message: `Forbidden: ${detail}`,
  }),
  tooLong: (field: string, detail: string): FieldError => ({
    reason: 'FieldValueTooLong',
    field,
    message: `Too long: ${detail}`,
  }),
};

/** `[a, b]` for several, each text once. */
export function fieldErrorsText(errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map((error) => `${error.field}: ${error.message}`))];
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}
