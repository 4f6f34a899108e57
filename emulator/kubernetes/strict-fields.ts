/**
 * What a request names that its kind does not have, or names twice: warnings or a refusal, as `fieldValidation` asks
 * (kubernetes/apiserver pkg/endpoints/handlers/create.go and patch.go).
 */
import type { HttpRequest } from '../wires/http.ts';
import type { ServedKind } from './kinds.ts';
import { badRequest } from './rejections.ts';
import { orderOf, repeatedFields, repeatedKeys } from './repeated-fields.ts';
import type { ResourceRequest } from './resource-request.ts';
import { refuse } from './status.ts';
import type { WriteOptions } from './write-options.ts';

/** What reading an object found. */
export interface Findings {
  readonly unknownFields: readonly string[];
  /** The first value of a wrong type. */
  readonly mistake?: string | undefined;
}

/** How a mistake is refused: of a whole object, or of a patch. */
export type Refusal = (detail: string) => never;

export interface Check {
  readonly request: ResourceRequest;
  readonly options: WriteOptions;
  readonly refuse: Refusal;
}

/** The warnings of a request whose object was read; mistakes, and in strict validation every complaint, are refused. */
export function checkFields({ unknownFields, mistake }: Findings, check: Check): readonly string[] {
  if (mistake !== undefined) return check.refuse(mistake);
  return complain(complaintsOf(check.request, unknownFields), check);
}

function complain(
  { warnings, strict }: Complaints,
  { options, refuse: refuseIt }: Omit<Check, 'request'>,
): readonly string[] {
  if (warnings.length === 0 || options.fieldValidation === 'Ignore') return [];
  return options.fieldValidation === 'Strict' ? refuseIt(`strict decoding error: ${strict}`) : warnings;
}

/** Refuses an object in the words of its decoder. */
export function refuseDecoding(kind: Pick<ServedKind, 'kind' | 'version'>): Refusal {
  const what = `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}`;
  return (detail) => refuse(badRequest, undefined, `${what}: ${detail}`);
}

interface Complaints {
  readonly warnings: readonly string[];
  /** The same in one refusal. */
  readonly strict: string;
}

function complaintsOf(request: ResourceRequest, unknownFields: readonly string[]): Complaints {
  const { kind, http, user } = request;
  const type = http.headers['content-type'] ?? '';
  // The cluster's own controllers write what was an object in this very program.
  const text = user.isController ? '' : http.body.toString('utf8');
  if (type.startsWith('application/yaml')) return yamlComplaints(text, unknownFields);
  const isOperations = type.startsWith('application/json-patch');
  const isPatch = http.method === 'PATCH';
  const repeated = isOperations ? [] : repeatedFields(text);
  // Go's decoder of a struct meets both in the order of the document, everything else looks for unknown fields afterwards.
  const asWritten = kind.custom === undefined && !isPatch;
  const unknown = asWritten ? unknownFields : unknownFields.toSorted();
  const order = asWritten && repeated.length > 0 ? orderOf(text, [...repeated, ...unknown]) : () => 0;
  const both = [...duplicates(repeated, unknown), ...unknown.map((path) => ({ path, what: 'unknown' }))];
  const warnings = [
    ...(isOperations ? unknownOperationFields(text) : []),
    ...both
      .toSorted((a, b) => order(a.path) - order(b.path))
      .map(({ path, what }) => `${what} field ${JSON.stringify(path)}`),
  ];
  return { warnings, strict: warnings.join(', ') };
}

/** A field that nobody knows is not also reported as repeated. */
function duplicates(repeated: readonly string[], unknown: readonly string[]): { path: string; what: string }[] {
  return repeated.filter((path) => !unknown.includes(path)).map((path) => ({ path, what: 'duplicate' }));
}

/** The parser of YAML has words of its own, which a refusal quotes in full. */
function yamlComplaints(text: string, unknownFields: readonly string[]): Complaints {
  const repeated = repeatedKeys(text);
  const unknown = unknownFields.map((path) => `unknown field ${JSON.stringify(path)}`);
  const inFull = repeated.length === 0 ? [] : [yamlErrors(repeated)];
  return { warnings: [...repeated, ...unknown], strict: [...inFull, ...unknown].join(', ') };
}

const yamlErrors = (lines: readonly string[]): string =>
  ['yaml: unmarshal errors:', ...lines.map((line) => `  ${line}`)].join('\n');

/** An apply is YAML whatever it looks like: its repeated keys, which strict validation refuses. */
export function checkAppliedText({ body }: HttpRequest, { options }: Pick<Check, 'options'>): readonly string[] {
  if (options.fieldValidation === 'Ignore') return [];
  const text = body.toString('utf8');
  const repeated = text.startsWith('{') && repeatedFields(text).length === 0 ? [] : repeatedKeys(text);
  if (repeated.length === 0 || options.fieldValidation === 'Warn') return repeated;
  const reason = `error strict decoding YAML: error converting YAML to JSON: ${yamlErrors(repeated)}`;
  return refuse(badRequest, undefined, reason);
}

const operationFields = new Set(['op', 'path', 'from', 'value']);

/** Of an operation of a JSON patch that has been read already. */
function unknownOperationFields(text: string): readonly string[] {
  const operations: unknown = JSON.parse(text);
  if (!Array.isArray(operations)) return [];
  return operations.flatMap((operation: object, at) =>
    Object.keys(operation)
      .filter((key) => !operationFields.has(key))
      .map((key) => `json patch unknown field "[${at}].${key}"`),
  );
}
