import * as z from 'zod';
import type { Catalogue } from '../domain/catalogue.ts';
import { API_VERSION } from '../domain/document.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Problem } from '../domain/problem.ts';
import { oneOf } from './format.ts';
import { type DocumentKind, type FleetDocument, isDocumentKind, kinds } from './kinds.ts';
import { nearest } from './nearest.ts';
import { type SchemaNode, shapeProblems } from './shape.ts';

export type ParseResult =
  | { readonly ok: true; readonly document: FleetDocument; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] };

/** Wire → document, or everything that is wrong with it at once. `value` is parsed JSON; see `parseDocumentText` for text. */
export function parseDocument(value: unknown, catalogue: Catalogue): ParseResult {
  const kind = isObject(value) ? value['kind'] : undefined;
  if (!isObject(value) || !isDocumentKind(kind)) return refused(unknownDocument(value));

  const definition = kinds[kind];
  const parsed = definition.schema.safeParse(value);
  const shape = parsed.success ? [] : shapeProblems(parsed.error.issues, value, schemaNode(kind));
  const { problems, warnings } = definition.check(value, catalogue);
  if (parsed.success && problems.length === 0) return { ok: true, document: parsed.data, warnings };
  return refused([...shape, ...problems]);
}

/** JSON Schema of one kind, for editors and for reading: every field with unit, range, default and example. */
export function documentSchema(kind: DocumentKind): JsonObject {
  const schema = z.toJSONSchema(kinds[kind].schema, { io: 'input' });
  return schema as unknown as JsonObject; // a JSON Schema is plain JSON; zod's type for it also names optional non-JSON members
}

function schemaNode(kind: DocumentKind): SchemaNode {
  return documentSchema(kind) as SchemaNode; // written by `fields.ts`, which uses these keywords only
}

/** The resource that the document is about, e.g. `cluster/demo`. */
export function targetOf(document: FleetDocument): string {
  return kinds[document.kind].targetOf(document);
}

/** Without a kind there is no schema to hold the rest against, so only the frame is judged. */
function unknownDocument(value: unknown): readonly Problem[] {
  if (!isObject(value)) {
    const rule = 'must be a mapping with apiVersion, kind, metadata, spec';
    return [{ field: '(document)', value: asJson(value), rule, fix: `begin with apiVersion: ${API_VERSION}` }];
  }
  const known = Object.keys(kinds);
  const { apiVersion, kind } = value;
  const fix = `use ${(typeof kind === 'string' ? nearest(kind, known) : undefined) ?? known.join(' or ')}`;
  const problems = [
    {
      field: 'kind',
      value: asJson(kind),
      rule: `must be ${oneOf(known)}`,
      fix,
    },
  ];
  if (apiVersion === API_VERSION) return problems;
  const version = {
    field: 'apiVersion',
    value: asJson(apiVersion),
    rule: `must be ${API_VERSION}`,
    fix: `write ${API_VERSION}`,
  };
  return [version, ...problems];
}

function refused(problems: readonly Problem[]): ParseResult {
  const [first, ...rest] = problems;
  if (first === undefined) throw new Error('refusing a document: no problem was found');
  return { ok: false, problems: [first, ...rest] };
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asJson(value: unknown): Json | undefined {
  return value as Json | undefined; // read from JSON or YAML: nothing else can stand there
}
