/** What the query of a list or watch may say together (apimachinery pkg/apis/meta/internalversion/validation). */
import { badRequest } from './rejections.ts';
import { type FieldError, fieldErrors, refuse } from './status.ts';
import { refuseInvalid } from './validation.ts';

const matchField = 'resourceVersionMatch';
const forbiddenWithContinue = fieldErrors.forbidden(
  matchField,
  'resourceVersionMatch is forbidden when continue is provided',
);

/** ValidateListOptions, mistakes in its order; `sendInitialEvents` is for watches. */
export function requireListOptions(query: URLSearchParams): void {
  requireWholeNumber(query, 'timeoutSeconds');
  const match = query.get(matchField) ?? '';
  const version = query.get('resourceVersion') ?? '';
  const errors: FieldError[] = match === '' ? [] : [...matchErrors(match, version, hasContinue(query))];
  if (query.has('sendInitialEvents')) {
    errors.push(fieldErrors.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  }
  refuseAll(errors);
  // Said by the storage behind it, after the options were found valid (kubernetes/apiserver pkg/storage/interfaces.go).
  if (hasContinue(query) && version !== '' && version !== '0') {
    refuse(badRequest, undefined, 'specifying resource version is not allowed when using continue');
  }
}

/** What `resourceVersionMatch` may stand beside: there must be a version to match, and a continued list has its own. */
function* matchErrors(match: string, version: string, isContinued: boolean): Generator<FieldError> {
  if (version === '') {
    yield fieldErrors.forbidden(matchField, 'resourceVersionMatch is forbidden unless resourceVersion is provided');
  }
  if (isContinued) yield forbiddenWithContinue;
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    yield fieldErrors.notSupported(matchField, match, ['Exact', 'NotOlderThan', '']);
  }
  if (match === 'Exact' && version === '0') {
    yield fieldErrors.forbidden(matchField, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}

/** validateWatchOptions: a match says from where the initial events come, and without them means nothing. */
export function requireWatchOptions(query: URLSearchParams): void {
  requireWholeNumber(query, 'timeoutSeconds');
  const match = query.get(matchField) ?? '';
  const errors: FieldError[] = [];
  if (query.has('sendInitialEvents')) {
    const text = 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan';
    if (match !== 'NotOlderThan') errors.push(fieldErrors.forbidden(matchField, text));
  } else if (match !== '') {
    const text = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    errors.push(fieldErrors.forbidden(matchField, text));
  }
  if (match !== '' && match !== 'NotOlderThan') {
    errors.push(fieldErrors.notSupported(matchField, match, ['NotOlderThan']));
  }
  if (hasContinue(query)) errors.push(forbiddenWithContinue);
  refuseAll(errors);
}

const hasContinue = (query: URLSearchParams): boolean => (query.get('continue') ?? '') !== '';

function refuseAll(errors: readonly FieldError[]): void {
  if (errors.length > 0) refuseInvalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
}

/** As Go reads a number from a query. */
export function requireWholeNumber(query: URLSearchParams, name: string): void {
  const text = query.get(name) ?? '';
  if (text === '' || /^[+-]?\d+$/.test(text)) return;
  refuse(badRequest, undefined, `strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}
