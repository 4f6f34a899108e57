/** Objects as rows for `kubectl get`: `meta.k8s.io/v1` Table. */
import type { JsonMap, JsonValue } from '../world/json.ts';
import { creationText, nameColumn } from './column-parts.ts';
import { builtInShape } from './columns.ts';
import type { ServedKind } from './kinds.ts';
import { isMap, type KubernetesObject, nameOf, numberAt, textAt, valueAt } from './objects.ts';
import type { TableShape } from './table-shape.ts';

export interface TableOptions {
  /** Metadata of the list that the table stands for. */
  readonly list: JsonMap;
  /** `includeObject` of the query: Metadata (the default), Object or None. */
  readonly includeObject: string;
  /** In a watch only the first event names the columns. */
  readonly withColumns: boolean;
  readonly nowMs: number;
}

/** One row an object, in the order given. */
export function toTable(kind: ServedKind, objects: readonly KubernetesObject[], options: TableOptions): JsonMap {
  const shape = kind.custom === undefined ? builtInShape(kind.kind) : customShape(kind.custom.columns);
  const age = (time: string): string => ageText(time, options.nowMs);
  const columns = shape.columns.map(({ name, type, format, description, priority }) => ({
    name,
    type,
    format: format ?? '',
    description,
    priority,
  }));
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: options.list,
    columnDefinitions: options.withColumns ? columns : null,
    rows: objects.map((object) => ({
      cells: [...shape.cells(object, age)],
      object: rowObject(object, options.includeObject),
    })),
  };
}

function rowObject(object: KubernetesObject, include: string): JsonValue {
  if (include === 'None') return null;
  return include === 'Object' ? object : toPartialMetadata(object);
}

/** Only metadata: what controllers that watch everything ask for. */
export function toPartialMetadata(object: KubernetesObject): JsonMap {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata: object['metadata'] };
}

/** Columns of a custom resource: its definition's, or its age. */
function customShape(definitions: readonly JsonMap[]): TableShape {
  const shown =
    definitions.length > 0
      ? definitions
      : [{ name: 'Age', type: 'date', description: creationText, jsonPath: '.metadata.creationTimestamp' }];
  const columns = shown.map((definition) => {
    const path = textAt(definition, 'jsonPath');
    return {
      name: textAt(definition, 'name'),
      type: textAt(definition, 'type'),
      format: textAt(definition, 'format'),
      description:
        textAt(definition, 'description') || `Custom resource definition column (in JSONPath format): ${path}`,
      priority: numberAt(definition, 'priority'),
    };
  });
  return {
    columns: [nameColumn, ...columns],
    cells: (object, age) => [nameOf(object), ...shown.map((definition) => customCell(object, definition, age))],
  };
}

/** A missing value is null, which kubectl shows as nothing. */
function customCell(object: KubernetesObject, definition: JsonMap, age: (time: string) => string): JsonValue {
  const value = evaluate(object, textAt(definition, 'jsonPath'));
  if (value === undefined) return null;
  if (textAt(definition, 'type') === 'date') return age(typeof value === 'string' ? value : '');
  return typeof value === 'object' ? JSON.stringify(value) : value;
}

/** The JSONPath of printer columns: fields, list indexes and one filter `[?(@.type=="Ready")]`. */
function evaluate(object: KubernetesObject, path: string): JsonValue | undefined {
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]|\[\?\(@\.(\w+)\s*==\s*["']([^"']*)["']\)\]/g)];
  let current: JsonValue | undefined = object;
  for (const [, field, index, key, wanted] of steps) {
    if (field !== undefined) current = valueAt(current, field);
    else if (!Array.isArray(current)) return undefined;
    else if (index !== undefined) current = current[Number(index)];
    else current = current.find((item) => isMap(item) && key !== undefined && item[key] === wanted);
  }
  return current;
}

/** `5s`, `3m20s`, `25m`, `4h10m`, `2d3h`, `40d` (apimachinery pkg/util/duration HumanDuration). */
function ageText(time: string, nowMs: number): string {
  if (time === '') return '<unknown>';
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(time)) / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (seconds < 120) return `${seconds}s`;
  if (minutes < 10) return withRest(`${minutes}m`, seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  if (hours < 8) return withRest(`${hours}h`, minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  if (days < 8) return withRest(`${days}d`, hours % 24, 'h');
  if (days < 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  return days < 365 * 8 ? withRest(`${years}y`, days % 365, 'd') : `${years}y`;
}

function withRest(text: string, rest: number, unit: string): string {
  return rest === 0 ? text : `${text}${rest}${unit}`;
}
