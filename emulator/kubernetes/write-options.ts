/** The query parameters of a write, checked. */
import type { HttpRequest } from '../wires/http.ts';
import { fieldErrors, type FieldError } from './status.ts';
import { refuseInvalid } from './validation.ts';

export type FieldValidation = 'Ignore' | 'Warn' | 'Strict';

/** How a write is to be done, as against what is written. */
export interface WriteOptions {
  /** Who becomes the owner of what changes. */
  readonly manager: string;
  readonly dryRun: boolean;
  /** Take conflicting fields away from their owners; for apply only. */
  readonly force: boolean;
  readonly fieldValidation: FieldValidation;
}

/** Longest manager name (apimachinery pkg/apis/meta/v1/validation FieldManagerMaxLength). */
const maxManagerLength = 128;
const validations = ['Ignore', 'Strict', 'Warn'] as const;

export type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions';

/** Reads and checks the options of a write; apply must name its manager, nothing else may force. */
export function readWriteOptions(request: HttpRequest, kind: OptionsKind, isApply = false): WriteOptions {
  const { query } = request;
  const errors = optionErrors(query, isApply);
  if (errors.length > 0) refuseInvalid({ group: 'meta.k8s.io', kind }, '', errors);
  return {
    manager: query.get('fieldManager') || managerOf(request),
    dryRun: query.has('dryRun'),
    force: query.get('force') === 'true',
    fieldValidation: validations.find((known) => known === query.get('fieldValidation')) ?? 'Warn',
  };
}

function optionErrors(query: URLSearchParams, isApply: boolean): readonly FieldError[] {
  const manager = query.get('fieldManager') ?? '';
  const dryRun = query.getAll('dryRun');
  const validation = query.get('fieldValidation') ?? '';
  const isKnownValidation = ['', ...validations].includes(validation);
  const errors: FieldError[] = [];
  if (isApply && manager === '') errors.push(fieldErrors.required('fieldManager', 'is required for apply patch'));
  if (!isApply && query.has('force')) {
    errors.push(fieldErrors.forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (manager.length > maxManagerLength) {
    errors.push(fieldErrors.tooLong('fieldManager', `may not be more than ${maxManagerLength} bytes`));
  }
  if (dryRun.some((value) => value !== 'All')) errors.push(fieldErrors.notSupported('dryRun', dryRun, ['All']));
  if (!isKnownValidation) errors.push(fieldErrors.notSupported('fieldValidation', validation, ['', ...validations]));
  return errors;
}

/** The user agent up to its first slash (apiserver pkg/endpoints/handlers/create.go prefixFromUserAgent). */
function managerOf(request: HttpRequest): string {
  const agent = request.headers['user-agent'] ?? '';
  return agent.split('/')[0]?.slice(0, maxManagerLength) || 'unknown';
}
