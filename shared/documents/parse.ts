import type { Catalogue } from '../domain/catalogue.ts';
import type { CommandKind, FleetCommand } from '../domain/command.ts';
import type { DocumentKind, FleetDocument } from '../domain/fleet-document.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Problem } from '../domain/problem.ts';
import { commandKinds, isCommandKind, kinds } from './kinds.ts';
import { jsonSchemaOf, parseAs, type Parsed, type Refusal } from './parse-as.ts';

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
  return requestOf(parseAs<FleetDocument | FleetCommand, Catalogue>({ ...kinds, ...commandKinds }, value, catalogue));
}

export function requestOf(parsed: Parsed<FleetDocument | FleetCommand>): RequestResult {
  if (!parsed.ok) return parsed;
  const { content, warnings } = parsed;
  return isCommand(content)
    ? { ok: true, kind: 'command', command: content, warnings }
    : { ok: true, kind: 'document', document: content, warnings };
}

/** The same where only a document makes sense. */
export function parseDocument(value: unknown, catalogue: Catalogue): ParseResult {
  const parsed = parseAs<FleetDocument, Catalogue>(kinds, value, catalogue);
  return parsed.ok ? { ok: true, document: parsed.content, warnings: parsed.warnings } : parsed;
}

function isCommand(content: FleetDocument | FleetCommand): content is FleetCommand {
  return isCommandKind(content.kind);
}

/** JSON Schema of one kind, for editors and for reading: every field with unit, range, default and example. */
export function documentSchema(kind: DocumentKind | CommandKind): JsonObject {
  return jsonSchemaOf((isCommandKind(kind) ? commandKinds[kind] : kinds[kind]).schema);
}
