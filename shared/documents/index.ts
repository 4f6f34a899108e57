/** What the rest of the product uses of documents. Text is `text.ts`, which loads a YAML parser. */
export { formatProblem } from './format.ts';
export type { DocumentKind, FleetDocument } from './kinds.ts';
export { documentSchema, type ParseResult, parseDocument, targetOf } from './parse.ts';
