import * as z from 'zod';
import type { Catalogue } from '../domain/catalogue.ts';
import type { CommandKind, FleetCommand } from '../domain/command.ts';
import { API_VERSION } from '../domain/document.ts';
import type { DocumentKind, FleetDocument } from '../domain/fleet-document.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Problem } from '../domain/problem.ts';
import { brokenBoundOf } from '../domain/json-bounds.ts';
import { oneOf } from './format.ts';
import type { KindDefinition } from './kind-definition.ts';
import { commandKinds, isCommandKind, kinds } from './kinds.ts';
import { withMeantKeys } from './meant-keys.ts';
import { nearest } from './nearest.ts';
import type { SchemaNode } from './schema-node.ts';
import { misspeltKeys, shapeProblems } from './shape.ts';
import { droppedKeys, outOfBounds } from './structure.ts';

interface Refusal {
  readonly ok: false;
  readonly problems: readonly [Problem, ...Problem[]];
}

export type ParseResult =
  | { readonly ok: true; readonly document: FleetDocument; readonly warnings: readonly Problem[] }
  | Refusal;

/** What may be published: a document (how a target is to be) or a command (what is to be done to it now). */
export type RequestResult =
  | {
      readonly ok: true;
      readonly kind: 'document';
      readonly document: FleetDocument;
      readonly warnings: readonly Problem[];
    }
  | {
      readonly ok: true;
      readonly kind: 'command';
      readonly command: FleetCommand;
      readonly warnings: readonly Problem[];
    }
  | Refusal;

/** Wire → document or command, or everything that is wrong with it at once. `value` is parsed JSON; see `parseRequestText` for text. */
export function parseRequest(value: unknown, catalogue: Catalogue): RequestResult {
  const parsed = parseAs<FleetDocument | FleetCommand>({ ...kinds, ...commandKinds }, value, catalogue);
  if (!parsed.ok) return parsed;
  const { content, warnings } = parsed;
  return isCommand(content)
    ? { ok: true, kind: 'command', command: content, warnings }
    : { ok: true, kind: 'document', document: content, warnings };
}

/** The same where only a document makes sense. */
export function parseDocument(value: unknown, catalogue: Catalogue): ParseResult {
  const parsed = parseAs<FleetDocument>(kinds, value, catalogue);
  return parsed.ok ? { ok: true, document: parsed.content, warnings: parsed.warnings } : parsed;
}

type KindTable<T> = { readonly [kind: string]: KindDefinition<T> };

type Parsed<T> = { readonly ok: true; readonly content: T; readonly warnings: readonly Problem[] } | Refusal;

/** `table` holds the kinds that are expected. */
function parseAs<T>(table: KindTable<T>, value: unknown, catalogue: Catalogue): Parsed<T> {
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
function formProblems(
  definition: KindDefinition<unknown>,
  value: unknown,
  { catalogue, dropped }: { readonly catalogue: Catalogue; readonly dropped: readonly Problem[] },
): readonly Problem[] {
  const schema = schemaNode(definition);
  const meant = withMeantKeys(asJson(value), schema);
  const parsed = definition.schema.safeParse(meant.value);
  return [
    ...misspeltKeys(meant.renamed, schema),
    ...(parsed.success ? [] : shapeProblems(parsed.error.issues, meant.value, schema)),
    ...dropped,
    ...definition.check(meant.value, catalogue).problems,
  ];
}

function isCommand(content: FleetDocument | FleetCommand): content is FleetCommand {
  return isCommandKind(content.kind);
}

/** JSON Schema of one kind, for editors and for reading: every field with unit, range, default and example. */
export function documentSchema(kind: DocumentKind | CommandKind): JsonObject {
  return jsonSchema(isCommandKind(kind) ? commandKinds[kind] : kinds[kind]);
}

function jsonSchema({ schema }: KindDefinition<unknown>): JsonObject {
  const node = z.toJSONSchema(schema, { io: 'input' });
  return node as unknown as JsonObject; // a JSON Schema is plain JSON; zod's type for it also names optional non-JSON members
}

function schemaNode(definition: KindDefinition<unknown>): SchemaNode {
  return jsonSchema(definition) as SchemaNode; // written by `fields.ts`, which uses these keywords only
}

/** Without a kind there is no schema to hold the rest against, so only the frame is judged. */
function unknownKind(value: unknown, known: readonly string[]): readonly Problem[] {
  if (!isObject(value)) {
    const rule = 'must be a mapping with apiVersion, kind, metadata, spec';
    return [{ field: '(document)', value: asJson(value), rule, fix: `begin with apiVersion: ${API_VERSION}` }];
  }
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

function refused(problems: readonly Problem[]): Refusal {
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
