/**
 * Whether what is applied is what the schema declares (sigs.k8s.io/structured-merge-diff typed/validate.go): an apply merges by types,
 * so nothing of it may be unknown.
 */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { deduced, fieldSchema, type FieldSchema } from './field-schema.ts';
import { readablePath } from './field-set.ts';
import { goText, goTypeOf } from './go-text.ts';
import type { ServedKind } from './kinds.ts';
import { isMap, namespaceOf, nameOf } from './objects.ts';
import { definedShape } from './openapi-shapes.ts';
import { internalError } from './rejections.ts';
import { kindShape, type Shape } from './shapes.ts';
import { refuse } from './status.ts';
import { listElement } from './typed-values.ts';

interface Typed {
  readonly shape: Shape;
  /** Names the elements of lists. */
  readonly schema: FieldSchema;
  readonly path: readonly string[];
}

export function requireDeclared(kind: ServedKind, configuration: JsonMap): void {
  const shape =
    kind.custom === undefined ? kindShape(kind.group, kind.version, kind.kind) : definedShape(kind.custom.openApi);
  const mistakes = mistakesOf(configuration, { shape, schema: kind.schema, path: [] });
  const [first] = mistakes;
  if (first === undefined) return;
  const several = ['errors:', ...mistakes.map((mistake) => `  ${mistake}`)].join('\n');
  const type = `${kind.group}/${kind.version}, Kind=${kind.kind}`;
  const object = `${namespaceOf(configuration)}/${nameOf(configuration)}`;
  const text = `failed to create typed patch object (${object}; ${type}): ${mistakes.length === 1 ? first : several}`;
  refuse(internalError, undefined, text);
}

function mistakesOf(value: JsonValue, typed: Typed): readonly string[] {
  const { shape } = typed;
  if (value === null) return [];
  if (Array.isArray(value) && shape.kind === 'list') {
    return value.flatMap((item, at) => mistakesOf(item, element(typed, { item, at, shape: shape.items })));
  }
  if (isMap(value) && shape.kind === 'struct') return structMistakes(value, typed);
  if (isMap(value) && shape.kind === 'map') {
    return Object.entries(value).flatMap(([key, child]) => mistakesOf(child ?? null, below(typed, key, shape.values)));
  }
  const wanted = composed[shape.kind];
  return wanted === undefined
    ? scalarMistakes(value, typed)
    : wrong(typed, `expected ${wanted}, got &{${goText(value)}}`);
}

/** How what holds other values is called. */
const composed: Readonly<Record<string, string>> = { struct: 'map', map: 'map', list: 'list' };

/** Nothing more of a struct is looked at behind a field that it does not have. */
function structMistakes(value: JsonMap, typed: Typed): readonly string[] {
  if (typed.shape.kind !== 'struct') return [];
  const mistakes: string[] = [];
  for (const [key, child] of Object.entries(value)) {
    const field = typed.shape.field(key);
    if (field === undefined)
      return [...mistakes, ...wrong(below(typed, key, typed.shape), 'field not declared in schema')];
    mistakes.push(...mistakesOf(child ?? null, below(typed, key, field)));
  }
  return mistakes;
}

function scalarMistakes(value: JsonValue, typed: Typed): readonly string[] {
  const { kind } = typed.shape;
  if (kind === 'integer' || kind === 'number') {
    return typeof value === 'number' ? [] : wrong(typed, `expected numeric (int or float), got ${goTypeOf(value)}`);
  }
  if (kind === 'boolean')
    return typeof value === 'boolean' ? [] : wrong(typed, `expected boolean, got &{${goText(value)}}`);
  if ((kind !== 'string' && kind !== 'bytes') || typeof value === 'string') return [];
  const quoted = isMap(value) || Array.isArray(value) ? goTypeOf(value) : String(value);
  return wrong(typed, `expected string, got &value.valueUnstructured{Value:${quoted}}`);
}

const wrong = ({ path }: Typed, text: string): readonly string[] => [`${readablePath(path)}: ${text}`];

const below = ({ schema, path }: Typed, key: string, shape: Shape): Typed => ({
  shape,
  schema: fieldSchema(schema, key),
  path: [...path, `f:${key}`],
});

interface Element {
  readonly item: JsonValue;
  readonly at: number;
  readonly shape: Shape;
}

/** An element of a keyed list is called by its keys, of any other by its number. */
function element({ schema, path }: Typed, { item, at, shape }: Element): Typed {
  const step = schema.keys === undefined ? `i:${at}` : listElement(item, schema);
  return { shape, schema: schema.items ?? deduced, path: [...path, step] };
}
