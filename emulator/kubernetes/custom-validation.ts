/** What makes a custom resource invalid (kubernetes/apiextensions-apiserver pkg/registry/customresource/strategy.go). */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { goText, goTypeOf } from './go-text.ts';
import type { ScalePaths, ServedKind } from './kinds.ts';
import { repeatedElements } from './list-uniqueness.ts';
import { isMap, mapAt } from './objects.ts';
import { validateSchema } from './schema-validation.ts';
import { type FieldError, fieldErrors } from './status.ts';
import { brokenRules, hasRules } from './validation-rules.ts';

/** Rules are not worked out about an object that lacks what they read. */
const blocking = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const unchecked: FieldError = {
  reason: 'FieldValueInvalid',
  field: '<nil>',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

/** What is looked at: the whole object, or what `/status` changes of it. */
export type Part = 'all' | 'status';

export function customErrors(
  kind: ServedKind,
  object: JsonMap,
  { previous, part }: { readonly previous: JsonMap | undefined; readonly part: Part },
): readonly FieldError[] {
  if (kind.custom === undefined) return [];
  const { openApi } = kind.custom;
  const placed = { value: object, path: '', previous };
  const wasUnique = previous === undefined || repeatedElements(previous, openApi).length === 0;
  const errors = [
    ...(part === 'status' ? statusErrors(object, previous, openApi) : validateSchema(placed, openApi)),
    ...(kind.scale === undefined ? [] : scaleErrors(object, kind.scale, part)),
    ...(wasUnique ? repeatedElements(object, openApi) : []),
  ];
  if (!hasRules(openApi)) return errors;
  const isBlocked = errors.some(({ reason }) => blocking.has(reason));
  return [...errors, ...(isBlocked ? [unchecked] : brokenRules(placed, openApi))];
}

/** Looked at for itself: its errors say where they are in it. */
function statusErrors(object: JsonMap, previous: JsonMap | undefined, openApi: JsonMap): readonly FieldError[] {
  const { status } = object;
  if (status === undefined) return [];
  const placed = { value: status, path: '', previous: previous?.['status'] };
  const errors = validateSchema(placed, mapAt(openApi, 'properties', 'status'));
  return errors.map((error) => ({ ...error, field: error.field === '' ? 'status' : `status.${error.field}` }));
}

/** The server's own rules for what can be scaled. */
function scaleErrors(object: JsonMap, paths: ScalePaths, part: Part): readonly FieldError[] {
  const counts = part === 'status' ? [paths.statusReplicas] : [paths.specReplicas, paths.statusReplicas];
  return counts.flatMap((path) => countErrors(object, path));
}

function countErrors(object: JsonMap, path: readonly string[]): readonly FieldError[] {
  const field = `.${path.join('.')}`;
  const unlike = (value: JsonValue, wanted: string): readonly FieldError[] => {
    const detail = `${field} accessor error: ${goText(value)} is of the type ${goTypeOf(value)}, expected ${wanted}`;
    return [fieldErrors.invalid(field, 0, detail)];
  };
  let value: JsonValue | undefined = object;
  for (const step of path) {
    if (value === undefined) return [];
    if (!isMap(value)) return unlike(value, 'map[string]interface{}');
    value = value[step];
  }
  if (value === undefined) return [];
  if (typeof value !== 'number') return unlike(value, 'int64');
  return value >= 0 ? [] : [fieldErrors.invalid(field, value, 'should be a non-negative integer')];
}
