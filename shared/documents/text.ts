/** Documents as people write them. Apart from `parse.ts`, so that functions, which get JSON, do not load a YAML parser. */
import { type Document, isScalar, parseAllDocuments } from 'yaml';
import type { Catalogue } from '../domain/catalogue.ts';
import { ensureError } from '../errors.ts';
import { parseRequest, type RequestResult } from './parse.ts';
import type { Refusal } from './parse-as.ts';
import { yamlProblem } from './yaml-errors.ts';

/** YAML or JSON (which is YAML) with exactly one document or command. */
export function parseRequestText(text: string, catalogue: Catalogue): RequestResult {
  const read = readText(text);
  return 'value' in read ? parseRequest(read.value, catalogue) : read;
}

/** The one value that the text holds. */
export function readText(text: string): { readonly value: unknown } | Refusal {
  const parsed = parseAllDocuments(text);
  // No document at all comes back as an empty stream, not as an array.
  const documents = Array.isArray(parsed) ? parsed : [];
  const [first, ...others] = documents.filter((document) => !isEmpty(document));

  if (first === undefined) {
    return refused(text, 'must hold a document', 'write one that begins with apiVersion: inference-fleet/v1');
  }
  if (others.length > 0) {
    const count = `${others.length + 1} documents`;
    return refused(count, 'must hold exactly one document', 'split it at the --- lines and send each part by itself');
  }
  const [error] = first.errors;
  if (error !== undefined) return { ok: false, problems: [yamlProblem(error, text)] };
  return valueOf(first);
}

/** Nothing but comments, as after the last --- of many files. */
function isEmpty({ contents, errors }: Document.Parsed): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

/** An alias without its anchor, or aliases that unfold to millions of nodes, only show up here. */
function valueOf(document: Document.Parsed): { readonly value: unknown } | Refusal {
  try {
    return { value: document.toJS() };
  } catch (thrown) {
    const { message } = ensureError(thrown);
    return refused('*', `must be YAML or JSON: ${message}`, 'write the value out instead of an alias');
  }
}

function refused(value: string, rule: string, fix: string): Refusal {
  return { ok: false, problems: [{ field: '(text)', value, rule, fix }] };
}
