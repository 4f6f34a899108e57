/** Everything that can be written, whether it is published or not; for who reads files. Loads every schema, and a YAML parser. */
import type { FleetCommand } from '../domain/command.ts';
import type { FleetDocument } from '../domain/fleet-document.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Problem } from '../domain/problem.ts';
import type { ServingCatalogue } from '../domain/serving/serving-catalogue.ts';
import type { ServingStackDocument } from '../domain/serving/stack.ts';
import { commandKinds, kinds } from './kinds.ts';
import { requestOf, type RequestResult } from './parse.ts';
import { jsonSchemaOf, parseAs } from './parse-as.ts';
import { servingStackKind } from './serving-stack/kind.ts';
import { readText } from './text.ts';

export type AnyResult =
  | RequestResult
  | {
      readonly ok: true;
      readonly kind: 'stack';
      readonly document: ServingStackDocument;
      readonly warnings: readonly Problem[];
    };

const everyKind = { ...kinds, ...commandKinds, ServingStack: servingStackKind };

/** YAML or JSON text. */
export function parseAnyText(text: string, catalogue: ServingCatalogue): AnyResult {
  const read = readText(text);
  if (!('value' in read)) return read;
  const parsed = parseAs<Content, ServingCatalogue>(everyKind, read.value, catalogue);
  if (!parsed.ok) return parsed;
  const { content, warnings } = parsed;
  if (content.kind === 'ServingStack') return { ok: true, kind: 'stack', document: content, warnings };
  return requestOf({ ok: true, content, warnings });
}

type Content = FleetDocument | FleetCommand | ServingStackDocument;

export const everyKindName: readonly string[] = Object.keys(everyKind);

/** JSON Schema of any kind; undefined where there is no such kind. */
export function schemaOfKind(kind: string): JsonObject | undefined {
  const definition = Object.entries(everyKind).find(([name]) => name === kind)?.[1];
  return definition && jsonSchemaOf(definition.schema);
}
