/** Reads an accepted document back. */
import type { Catalogue } from '../domain/catalogue.ts';
import type { DocumentKind, DocumentOf, FleetDocument } from '../domain/fleet-document.ts';
import type { JsonObject } from '../domain/json.ts';
import { AutomationError } from '../errors.ts';
import { formatProblem } from './format.ts';
import { parseDocument } from './parse.ts';

/** Throws `permanent` for one that was accepted under other rules and no longer passes: it stays visible, with the reason. */
export function parseStoredDocument<K extends DocumentKind>(
  kind: K,
  stored: JsonObject,
  catalogue: Catalogue,
): DocumentOf<K> {
  const parsed = parseDocument(stored, catalogue);
  if (!parsed.ok) {
    throw new AutomationError('permanent', `reading the document: ${parsed.problems.map(formatProblem).join('; ')}`);
  }
  if (isOfKind(parsed.document, kind)) return parsed.document;
  throw new AutomationError('permanent', `reading the document: its kind is ${parsed.document.kind}, not ${kind}`);
}

function isOfKind<K extends DocumentKind>(document: FleetDocument, kind: K): document is DocumentOf<K> {
  return document.kind === kind;
}
