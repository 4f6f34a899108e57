/** A value held against the kinds that are expected where it comes from. */
import * as z from 'zod';
import type { Catalogue } from '../domain/catalogue.ts';
import { API_VERSION } from '../domain/document.ts';
import type { JsonObject } from '../domain/json.ts';
import { brokenBoundOf } from '../domain/json-bounds.ts';
import type { Problem } from '../domain/problem.ts';
import { asJson } from './as-json.ts';
import { oneOf } from './format.ts';
import type { KindDefinition } from './kind-definition.ts';
import { isLocalKind } from './local-kinds.ts';
import { withMeantKeys } from './meant-keys.ts';
import { nearest } from './nearest.ts';
import type { SchemaNode } from './schema-node.ts';
import { misspeltKeys, shapeProblems } from './shape.ts';
import { droppedKeys, outOfBounds } from './structure.ts';

export interface Refusal {
  readonly ok: false;
  readonly problems: readonly [Problem, ...Problem[]];
}

export type KindTable<T, C extends Catalogue> = { readonly [kind: string]: KindDefinition<T, C> };

export type Parsed<T> = { readonly ok: true; readonly content: T; readonly warnings: readonly Problem[] } | Refusal;

/** `table` holds the kinds that are expected. */
export function parseAs<T, C extends Catalogue>(table: KindTable<T, C>, value: unknown, catalogue: C): Parsed<T> {
  const bound = brokenBoundOf(value);
  if (bound !== undefined) return refused([outOfBounds(bound)]);
  const kind = isObject(value) ? value['kind'] : undefined;
  const definition = typeof kind === 'string' && Object.hasOwn(table, kind) ? table[kind] : undefined;
  if (definition === undefined) return refused(unknownKind(value, Object.keys(table)));

  const parsed = definition.schema.safeParse(value);
  const dropped = droppedKeys(value);
  if (!parsed.success) return refused(formProblems(definition, value, { catalogue, dropped }));
  const { problems, warnings } = definition.check(value, catalogue);
  if (problems.length + dropped.length === 0) return { ok: true, content: parsed.data, warnings };
  return refused([...dropped, ...problems]);
}

/** Of a document whose form is wrong: misspelt keys first, then whatever is wrong with it besides. */
function formProblems<C extends Catalogue>(
  definition: KindDefinition<unknown, C>,
  value: unknown,
  { catalogue, dropped }: { readonly catalogue: C; readonly dropped: readonly Problem[] },
): readonly Problem[] {
  // Written by `fields.ts`, which uses these keywords only.
  const schema = jsonSchemaOf(definition.schema) as SchemaNode;
  const meant = withMeantKeys(asJson(value), schema);
  const parsed = definition.schema.safeParse(meant.value);
  return [
    ...misspeltKeys(meant.renamed, schema, meant.value),
    ...(parsed.success ? [] : shapeProblems(parsed.error.issues, meant.value, schema)),
    ...dropped,
    ...definition.check(meant.value, catalogue).problems,
  ];
}

/** For editors and for reading: every field with unit, range, default and example. */
export function jsonSchemaOf(schema: z.ZodType): JsonObject {
  const node = z.toJSONSchema(schema, { io: 'input' });
  return node as unknown as JsonObject; // a JSON Schema is plain JSON; zod's type for it also names optional non-JSON members
}

/** Without a kind there is no schema to hold the rest against, so only the frame is judged. */
function unknownKind(value: unknown, known: readonly string[]): readonly Problem[] {
  if (!isObject(value)) {
    const rule = 'must be a mapping with apiVersion, kind, metadata, spec';
    return [{ field: '(document)', value: asJson(value), rule, fix: `begin with apiVersion: ${API_VERSION}` }];
  }
  const { apiVersion, kind } = value;
  const problems = [wrongKind(kind, known)];
  if (apiVersion === API_VERSION) return problems;
  const version = {
    field: 'apiVersion',
    value: asJson(apiVersion),
    rule: `must be ${API_VERSION}`,
    fix: `write ${API_VERSION}`,
  };
  return [version, ...problems];
}

function wrongKind(kind: unknown, known: readonly string[]): Problem {
  const value = asJson(kind);
  if (isLocalKind(kind)) {
    const rule = `must be ${oneOf(known)}: a ${kind} is rendered, not published`;
    return { field: 'kind', value, rule, fix: 'run inferctl render -f FILE, and apply what it prints to the cluster' };
  }
  const fix = `use ${(typeof kind === 'string' ? nearest(kind, known) : undefined) ?? known.join(' or ')}`;
  return { field: 'kind', value, rule: `must be ${oneOf(known)}`, fix };
}

function refused(problems: readonly Problem[]): Refusal {
  const [first, ...rest] = problems;
  if (first === undefined) throw new Error('refusing a document: no problem was found');
  return { ok: false, problems: [first, ...rest] };
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
