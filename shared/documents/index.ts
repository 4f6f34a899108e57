/** What the rest of the product uses of documents. Text is `text.ts`, which loads a YAML parser. */
export { formatProblem, formatProblems } from './format.ts';
export { type DocumentKind, type FleetDocument, targetOf } from '../domain/fleet-document.ts';
export { documentSchema, type ParseResult, parseDocument, parseRequest, type RequestResult } from './parse.ts';
export { parseStoredDocument } from './stored.ts';
