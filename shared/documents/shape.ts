/**
 * What is wrong with the form of a document, in words. zod only says where; rule and fix come from the JSON Schema of the same place, so
 * that a message, the printed schema and an editor that loads it can never disagree.
 */
import type * as z from 'zod';
import type { Json } from '../domain/json.ts';
import type { Problem } from '../domain/problem.ts';
import { asJson } from './as-json.ts';
import { formatField, oneOf } from './format.ts';
import { meantKey, type RenamedKey } from './meant-keys.ts';
import { nearest } from './nearest.ts';
import type { Properties, SchemaNode } from './schema-node.ts';
import { isDroppedKey } from './structure.ts';
import { branchesOf, meantBranch, mixedBranches, nodeFor } from './union.ts';

/** `schema` is the JSON Schema that `issues` were found by, `value` the whole document. */
export function shapeProblems(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  schema: SchemaNode,
): readonly Problem[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      const mixed = mixedProblem(issue.path, value, schema);
      if (mixed !== undefined) return [mixed];
      return issue.keys
        .filter((key) => !isDroppedKey(key))
        .map((key) => {
          const written = valueAt(value, [...issue.path, key]);
          return unknownField({ path: issue.path, key, written }, schema, value);
        });
    }
    if (issue.code === 'invalid_key') return [wrongKey(issue.path, value, schema)];
    if (issue.code === 'invalid_union') return unionProblems(issue, value, schema);
    return [wrongValue(issue.path, value, schema)];
  });
}

/** Of the alternative that was meant, as if there were no others; of all where nothing tells which. */
function unionProblems(
  { path, errors, discriminator }: z.core.$ZodIssueInvalidUnion,
  document: unknown,
  schema: SchemaNode,
): readonly Problem[] {
  // Of a word that tells alternatives apart, zod gives the path of the word.
  const isWord = discriminator !== undefined && errors.length === 0;
  const branches = branchesOf(nodeAt(schema, isWord ? path.slice(0, -1) : path, document)) ?? [];
  const value = valueAt(document, path);
  if (isWord) {
    const words = branches.flatMap(({ properties }) => properties?.[discriminator]?.const ?? []);
    return [wrongAt(path, value, { enum: words.map(String) })];
  }
  const mixed = mixedProblem(path, document, schema);
  if (mixed !== undefined) return [mixed];
  const meant = meantBranch(branches, value);
  const issues = meant === undefined ? undefined : errors[meant];
  if (issues === undefined) return [wrongValue(path, document, schema)];
  return shapeProblems(
    issues.map((issue) => ({ ...issue, path: [...path, ...issue.path] })),
    document,
    schema,
  );
}

/** Two alternatives at once: neither is what was meant without the other's fields. */
function mixedProblem(path: readonly PropertyKey[], document: unknown, schema: SchemaNode): Problem | undefined {
  const value = valueAt(document, path);
  const mixed = mixedBranches(branchesOf(nodeAt(schema, path, document)) ?? [], value);
  if (mixed === undefined) return undefined;
  const rule = `must have ${mixed.map(({ needed }) => needed.join(' and ')).join(', or ')}, not both`;
  const fix = `remove ${mixed.map(({ written }) => written.join(' and ')).join(', or ')}`;
  return { field: formatField(path), value, rule, fix };
}

/** A field that the schema does not have: misspelt, or of a later version. */
function unknownField({ path, key, written }: RenamedKey, schema: SchemaNode, document: unknown): Problem {
  const { properties = {} } = nodeFor(nodeAt(schema, path, document), valueAt(document, path));
  const meant = meantKey(key, written, properties);
  const fix = meant === undefined ? misplacedFix(key, properties) : `did you mean ${meant}?`;
  return {
    field: formatField([...path, key]),
    value: written,
    rule: 'is not a field of this version',
    fix: fix ?? `remove it; known here: ${Object.keys(properties).join(', ')}`,
  };
}

/** A field that exists one level down only: `decode: 6` beside `sizes`. */
function misplacedFix(key: string, properties: Properties): string | undefined {
  const [holder, ...more] = Object.entries(properties).filter(([, inner]) =>
    Object.hasOwn(inner.properties ?? {}, key),
  );
  return holder === undefined || more.length > 0 ? undefined : `write it below ${holder[0]}`;
}

/** Of keys that were read as others: the rest of the document is judged as if it had been written that way. */
export function misspeltKeys(
  renamed: readonly RenamedKey[],
  schema: SchemaNode,
  document: unknown,
): readonly Problem[] {
  return renamed.map((one) => unknownField(one, schema, document));
}

/** A key of a free mapping (labels) that does not have the form of a key; the value that is shown is the key. */
function wrongKey(path: readonly PropertyKey[], document: unknown, schema: SchemaNode): Problem {
  const mapping = path.slice(0, -1);
  const node = nodeFor(nodeAt(schema, mapping, document), valueAt(document, mapping)).propertyNames ?? {};
  const key = String(path.at(-1));
  return { field: formatField(path), value: key, rule: ruleOf(node), fix: fixOf(node, key) };
}

function wrongValue(path: readonly PropertyKey[], document: unknown, schema: SchemaNode): Problem {
  return wrongAt(path, valueAt(document, path), nodeAt(schema, path, document));
}

function wrongAt(path: readonly PropertyKey[], value: Json | undefined, node: SchemaNode): Problem {
  const isSeconds = String(path.at(-1)).endsWith('Seconds');
  const rule = isSeconds ? ruleOf(node).replace(' number ', ' number of seconds ') : ruleOf(node);
  const fix = value === undefined ? `add it${exampleOf(node)}` : fixOf(node, value);
  const inSeconds = isSeconds && typeof value === 'string' ? secondsFix(value) : undefined;
  return { field: formatField(path), value, rule, fix: inSeconds ?? fix };
}

/** `2 hours`, `90m`: what was written where seconds are asked for. */
function secondsFix(text: string): string | undefined {
  const [, amount = '', unit = ''] = /^(\d{1,6}) *([smhd])[a-z]*$/.exec(text.trim().toLowerCase()) ?? [];
  const each = secondsOf.get(unit);
  return each === undefined ? undefined : `use ${Number(amount) * each} for ${amount} ${unit}`;
}

const secondsOf: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
]);

/** What must hold at a place of the schema. */
function ruleOf(node: SchemaNode): string {
  if (node.const !== undefined) return `must be ${node.const}`;
  if (node.enum !== undefined) return `must be ${oneOf(node.enum)}`;
  const branches = branchesOf(node);
  if (branches !== undefined) return eitherOf(branches.map(ruleOf));
  switch (node.type) {
    case 'integer':
      return `must be a whole number from ${node.minimum} to ${node.maximum}`;
    case 'number':
      return numberRuleOf(node);
    case 'boolean':
      return 'must be true or false';
    case 'array':
      return `must be a list${entriesOf(node)}`;
    case 'object':
      return `must be a mapping${fieldsOf(node)}`;
    case undefined:
    default:
      return node.patternErrorMessage ?? 'must be text';
  }
}

/** `must be text, or a number`. */
function eitherOf(rules: readonly string[]): string {
  return [...new Set(rules)].map((rule, index) => (index === 0 ? rule : rule.replace(/^must be /, ''))).join(', or ');
}

function numberRuleOf({ minimum, maximum, exclusiveMinimum }: SchemaNode): string {
  if (maximum === undefined) return 'must be a number';
  return minimum === undefined
    ? `must be a number above ${exclusiveMinimum}, at most ${maximum}`
    : `must be a number from ${minimum} to ${maximum}`;
}

function entriesOf({ minItems, maxItems }: SchemaNode): string {
  if (minItems === undefined) return maxItems === undefined ? '' : ` with at most ${maxItems} entries`;
  return maxItems === undefined
    ? ` with at least ${minItems === 1 ? 'one entry' : `${minItems} entries`}`
    : ` with ${minItems} to ${maxItems} entries`;
}

function fieldsOf({ properties }: SchemaNode): string {
  return properties === undefined ? '' : ` with ${Object.keys(properties).join(', ')}`;
}

/** What to write instead of `value`. */
function fixOf(node: SchemaNode, value: Json): string {
  if (node.const !== undefined) return `write ${node.const}`;
  if (node.enum !== undefined) {
    const meant = typeof value === 'string' ? nearest(value, node.enum) : undefined;
    return `use ${meant ?? node.enum.join(' or ')}`;
  }
  if (node.type === 'integer' && isNumber(value)) return `use ${nearestWhole(value, node)}`;
  if (node.type === 'string' && typeof value !== 'string') return `write text in quotes${exampleOf(node)}`;
  if (Array.isArray(value) && node.maxItems !== undefined && value.length > node.maxItems) {
    return `remove ${value.length - node.maxItems} of the ${value.length}: at most ${node.maxItems}`;
  }
  return `correct it${exampleOf(node)}`;
}

/** YAML has `.nan` too, of which nothing is the nearest. */
function isNumber(value: Json): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

/** 2.6 → 3, 2000 of 0..1000 → 1000: what a person would have written. */
function nearestWhole(value: number, { minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: SchemaNode): number {
  return Math.min(Math.max(Math.round(value), minimum), maximum);
}

/** The best example that the schema offers, if any. */
function exampleOf(node: SchemaNode): string {
  const example = scalarExampleOf(node) ?? mappingExampleOf(node);
  return example === undefined ? '' : `, e.g. ${example}`;
}

function scalarExampleOf(node: SchemaNode): string | number | boolean | undefined {
  return node.examples?.[0] ?? node.default ?? node.const ?? node.enum?.[0] ?? node.minimum;
}

/** `{name: my-weights}`: the fields that must be there, where all of them are plain values. */
function mappingExampleOf({ properties = {}, required = [] }: SchemaNode): string | undefined {
  const fields = required.map((key) => [key, scalarExampleOf(properties[key] ?? {})] as const);
  if (fields.length === 0 || fields.some(([, example]) => typeof example === 'object' || example === undefined))
    return undefined;
  return `{${fields.map(([key, example]) => `${key}: ${example}`).join(', ')}}`;
}

/** The schema of a place, below the alternatives that the document chooses; empty where the schema says nothing. */
function nodeAt(schema: SchemaNode, path: readonly PropertyKey[], document: unknown): SchemaNode {
  return path.reduce<SchemaNode>((outer, key, depth) => {
    const node = nodeFor(outer, valueAt(document, path.slice(0, depth)));
    if (typeof key === 'number') return node.items ?? {};
    return node.properties?.[String(key)] || node.additionalProperties || {};
  }, schema);
}

/** What stands at a path of the document. */
function valueAt(value: unknown, path: readonly PropertyKey[]): Json | undefined {
  const found = path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
  return asJson(found);
}
