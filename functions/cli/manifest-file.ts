/** A file of Kubernetes objects, and the line of every value in it. Pure. */
import { type Document, isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Path } from '#manifests/checks/place.ts';
import { yamlProblem } from '#shared/documents/yaml-errors.ts';
import { ensureError } from '#shared/errors.ts';

export interface ManifestFile {
  /** In the order of the file; what could not be read is left out. */
  readonly objects: readonly unknown[];
  readonly problems: readonly UnreadableDocument[];
  /** From 1. `word`: a word of the text at the path, which may have many lines. */
  lineOf(object: number, path: Path, word?: string): number;
}

export interface UnreadableDocument {
  readonly line: number;
  readonly message: string;
  readonly fix: string;
}

export function readManifests(text: string): ManifestFile {
  const lines = new LineCounter();
  // Merge keys (<<) are YAML 1.1; kubectl's parser knows them.
  const parsed = parseAllDocuments(text, { lineCounter: lines, merge: true, logLevel: 'error' });
  // No document at all comes back as an empty stream, not as an array.
  const documents = Array.isArray(parsed) ? parsed : [];
  const read: { readonly document: Document.Parsed; readonly value: unknown }[] = [];
  const problems: UnreadableDocument[] = [];
  for (const document of documents) {
    const result = valueOf(document, { text, lines });
    if ('problem' in result) problems.push(result.problem);
    else if (isObject(result.value)) read.push({ document, value: result.value });
  }
  return {
    objects: read.map(({ value }) => value),
    problems,
    lineOf(object, path, word) {
      const document = read[object]?.document;
      return document === undefined ? 1 : lines.linePos(offsetOf(document, path, { text, word })).line;
    },
  };
}

/** Kubernetes' own two fields; anything else in the file is somebody else's. */
function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kind' in value && 'apiVersion' in value;
}

function valueOf(
  document: Document.Parsed,
  { text, lines }: { readonly text: string; readonly lines: LineCounter },
): { readonly value: unknown } | { readonly problem: UnreadableDocument } {
  const [error] = document.errors;
  if (error !== undefined) {
    if (/\{\{.*\}\}/.test(text)) return { problem: { line: error.linePos?.[0].line ?? 1, ...unrendered } };
    const { rule, fix } = yamlProblem(error, text);
    return { problem: { line: error.linePos?.[0].line ?? 1, message: rule, fix } };
  }
  try {
    return { value: document.toJS() };
  } catch (thrown) {
    // An alias without its anchor, or aliases that unfold to millions of nodes, only show up here.
    const { message } = ensureError(thrown);
    const { line } = lines.linePos(startOf(document.contents) ?? 0);
    return { problem: { line, message, fix: 'write the value out instead of an alias' } };
  }
}

const unrendered = {
  message: 'this is a template, which is no YAML yet',
  fix: 'render it first: helm template NAME CHART | inferctl check -f -',
} as const;

interface Searched {
  readonly text: string;
  readonly word: string | undefined;
}

/** Of the key or the list entry that the path ends with, or of the nearest that is there. */
function offsetOf(document: Document.Parsed, path: Path, { text, word }: Searched): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    const next = below(isAlias(node) ? node.resolve(document) : node, step);
    if (next === undefined) return offset;
    ({ node, offset } = { node: next.node, offset: next.offset ?? offset });
  }
  return word === undefined ? offset : (wordIn(node, text, word) ?? offset);
}

function below(node: unknown, step: string | number) {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined ? undefined : { node: pair.value, offset: startOf(pair.key) };
}

function startOf(node: unknown): number | undefined {
  if (isPair(node)) return startOf(node.key);
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Underscores and dashes of a flag are the same. */
function wordIn(node: unknown, text: string, word: string): number | undefined {
  if (!isNode(node) || !node.range) return undefined;
  const [start, end] = node.range;
  const written = text.slice(start, end).replaceAll('_', '-');
  const index = written.indexOf(word.replaceAll('_', '-'));
  return index === -1 ? undefined : start + index;
}
