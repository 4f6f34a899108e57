/** `x-kubernetes-validations` of a definition (kubernetes/apiextensions-apiserver pkg/apiserver/schema/cel/validation.go). */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { evaluateCel } from './cel.ts';
import { CelError, CelUnsupported } from './cel-values.ts';
import { isEqual, isMap, mapAt, mapsAt, textAt } from './objects.ts';
import type { Placed } from './schema-validation.ts';
import { type FieldError, fieldErrors } from './status.ts';

const schemasWithRules = new WeakMap<JsonMap, boolean>();

/** Whether there is any rule in a schema: most have none, and then nothing needs to be walked. */
export function hasRules(openApi: JsonMap): boolean {
  const known = schemasWithRules.get(openApi);
  if (known !== undefined) return known;
  const below = [openApi['items'], openApi['additionalProperties'], ...Object.values(mapAt(openApi, 'properties'))];
  const found =
    mapsAt(openApi, 'x-kubernetes-validations').length > 0 || below.some((one) => isMap(one) && hasRules(one));
  schemasWithRules.set(openApi, found);
  return found;
}

/** Rules of a value, then those below it. */
export function brokenRules(placed: Placed, openApi: JsonMap): readonly FieldError[] {
  const { value, path, previous } = placed;
  if (value === null || !hasRules(openApi)) return [];
  const own = mapsAt(openApi, 'x-kubernetes-validations').flatMap((rule) => brokenRule(rule, placed, openApi));
  if (Array.isArray(value)) {
    const items = mapAt(openApi, 'items');
    return [...own, ...value.flatMap((item, at) => brokenRules({ value: item, path: `${path}[${at}]` }, items))];
  }
  if (!isMap(value)) return own;
  const below = Object.entries(value).flatMap(([key, child]) => {
    const schema = mapAt(openApi, 'properties')[key] ?? openApi['additionalProperties'];
    if (child === undefined || !isMap(schema)) return [];
    const before = isMap(previous) ? previous[key] : undefined;
    return brokenRules({ value: child, path: path === '' ? key : `${path}.${key}`, previous: before }, schema);
  });
  return [...own, ...below];
}

/** A rule about a change counts where there is one; any other rule does not count against what did not change. */
function brokenRule(rule: JsonMap, { value, path, previous }: Placed, openApi: JsonMap): readonly FieldError[] {
  const source = textAt(rule, 'rule');
  const isTransition = /\boldSelf\b/.test(source);
  const isUnchanged = previous !== undefined && isEqual(value, previous);
  if (isTransition ? previous === undefined : isUnchanged) return [];
  const field = path === '' ? '<nil>' : `${path}${textAt(rule, 'fieldPath')}`;
  try {
    if (evaluateCel(source, { self: value, oldSelf: previous }) === true) return [];
  } catch (thrown) {
    // What cannot be worked out here is not held against anybody.
    if (thrown instanceof CelUnsupported) return [];
    if (!(thrown instanceof CelError)) throw thrown;
    return [fieldErrors.invalid(field, textAt(openApi, 'type'), `${thrown.message} evaluating rule: ${source}`)];
  }
  return [reasoned(field, value, rule)];
}

/** Objects and lists are not quoted. */
function reasoned(field: string, value: JsonValue, rule: JsonMap): FieldError {
  const detail = textAt(rule, 'message').trim() || `failed rule: ${textAt(rule, 'rule').trim()}`;
  switch (textAt(rule, 'reason')) {
    case 'FieldValueForbidden':
      return fieldErrors.forbidden(field, detail);
    case 'FieldValueRequired':
      return fieldErrors.required(field, detail);
    default: {
      if (!isMap(value) && !Array.isArray(value)) return fieldErrors.invalid(field, value, detail);
      return { reason: 'FieldValueInvalid', field, message: `Invalid value: ${detail}` };
    }
  }
}
