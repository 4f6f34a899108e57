/**
 * Any valid ServingStack: read off the schema, so that a part or field that is new is in it. What fields must not say together, only rules
 * know: whatever a problem names is left out until none is left.
 */
import fc from 'fast-check';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { parseServingStack } from '#shared/documents/serving-stack/parse.ts';
import { schemaOfKind } from '#shared/documents/parse-any.ts';
import type { SchemaNode } from '#shared/documents/schema-node.ts';
import { branchesOf } from '#shared/documents/union.ts';
import type { Json } from '#shared/domain/json.ts';
import type { ServingStackDocument } from '#shared/domain/serving/stack.ts';

/** Required fields count as nothing to `SchemaNode`, which is read where one is missing already. */
interface FormNode extends SchemaNode {
  readonly required?: readonly string[];
  readonly properties?: { readonly [key: string]: FormNode };
  readonly anyOf?: readonly FormNode[];
  readonly oneOf?: readonly FormNode[];
  readonly items?: FormNode;
  readonly pattern?: string;
}

/** Where chance would hardly ever meet what is interesting: by the end of the path. */
const likely: { readonly [path: string]: fc.Arbitrary<Json> } = {
  'spec.hardware.machineType': fc.constantFrom(
    'a3-ultragpu-8g',
    ...servingCatalogue.machines.map(({ machineType }) => machineType),
  ),
  'spec.model.id': fc.constantFrom('meta-llama/Llama-3.3-70B-Instruct', 'Qwen/Qwen3-235B-A22B', 'openai/gpt-oss-120b'),
  'spec.engine.version': fc.constantFrom('0.11.0', '0.16.0', '0.18.0', '0.22.1', '0.30.0'),
  gpus: fc.constantFrom(1, 2, 4, 8),
  nodes: fc.constantFrom(1, 1, 2, 4),
  replicas: fc.integer({ min: 1, max: 5 }),
  spareGpus: fc.constantFrom(0, 8, 64),
  sharedMemoryGib: fc.constantFrom(1, 20, 64),
  // With 0 what is under way is cut off, which our own check warns of.
  drainSeconds: fc.constantFrom(1, 45, 3600),
  blockTokens: fc.constantFrom(16, 32, 64, 128, 256),
};

const LIST_LENGTH = 3;

function valueOf(node: FormNode, path: string): fc.Arbitrary<Json> {
  const known = likely[path] ?? likely[path.split('.').at(-1) ?? ''];
  if (known !== undefined) return known;
  if (node.const !== undefined) return fc.constant(node.const);
  if (node.enum !== undefined) return fc.constantFrom(...node.enum);
  const branches = branchesOf(node);
  if (branches !== undefined) return fc.oneof(...branches.map((branch) => valueOf(branch, path)));
  if (node.type === 'object') return objectOf(node, path);
  return node.type === 'array' ? listOf(node, path) : scalarOf(node);
}

function listOf({ items = {}, minItems = 0, maxItems = LIST_LENGTH }: FormNode, path: string): fc.Arbitrary<Json> {
  const maxLength = Math.max(minItems, Math.min(maxItems, LIST_LENGTH));
  return fc.array(valueOf(items, path), { minLength: minItems, maxLength });
}

function scalarOf(node: FormNode): fc.Arbitrary<Json> {
  const { type, minimum: min = 0, maximum: max = 1000, exclusiveMinimum } = node;
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.integer({ min, max });
  if (type !== 'number') return textOf(node);
  return fc.double({ min: exclusiveMinimum ?? min, max, minExcluded: exclusiveMinimum !== undefined, noNaN: true });
}

/** A field that may be left out mostly is: a document with everything in it is refused for what does not go together. */
function objectOf(
  { properties, required = [], additionalProperties, propertyNames }: FormNode,
  path: string,
): fc.Arbitrary<Json> {
  if (properties === undefined) {
    const key = textOf({ ...propertyNames, examples: ['--max-num-seqs', 'VLLM_LOGGING_LEVEL', 'team'] });
    return fc.dictionary(key, valueOf(additionalProperties || {}, `${path}.*`), { maxKeys: 2 });
  }
  const isNeeded = (key: string) => required.includes(key);
  const fields = Object.entries(properties).map(([key, node]) => {
    const value = valueOf(node, path === '' ? key : `${path}.${key}`);
    const absent = { arbitrary: fc.constant(undefined), weight: 2 };
    const field = isNeeded(key) ? value : fc.oneof(absent, { arbitrary: value, weight: 1 });
    return field.map((one) => (one === undefined ? [] : [[key, one] as const]));
  });
  return fc.tuple(...fields).map((entries) => Object.fromEntries(entries.flat()));
}

function textOf({ examples = [], pattern }: FormNode): fc.Arbitrary<string> {
  const given = examples.map(String);
  const isFree = pattern !== undefined && pattern.length < 60 && !pattern.includes('(?=') && !pattern.includes('(?!');
  const others = isFree ? [fc.stringMatching(new RegExp(pattern)).filter((text) => text.length < 40)] : [];
  return fc.oneof(
    ...given.map((text) => fc.constant(text)),
    ...others,
    ...(given.length + others.length === 0 ? [fc.constant('x')] : []),
  );
}

const form = schemaOfKind('ServingStack') as FormNode; // written by `fields.ts`, which uses these keywords only

/** Of what must be there; everything else may be left out. */
const needed: { readonly [path: string]: Json } = {
  'metadata.name': 'llama',
  'spec.namespace': 'serving',
  'spec.model': { id: 'meta-llama/Llama-3.1-8B-Instruct' },
  'spec.hardware': { machineType: 'a3-ultragpu-8g' },
  'spec.hardware.machineType': 'a3-ultragpu-8g',
  'spec.roles': { aggregated: {} },
};

const MAX_ROUNDS = 30;

/** Undefined: problems that nothing here solves. */
function repaired(document: Json): ServingStackDocument | undefined {
  const copy = structuredClone(document) as Json;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const parsed = parseServingStack(copy, servingCatalogue);
    if (parsed.ok) return parsed.content;
    for (const { field, value } of parsed.problems) repair(copy, pathOf(field), value === undefined && round < 3);
  }
  return undefined;
}

/** `spec.a["b.c"][0]` → its keys. */
function pathOf(field: string): readonly string[] {
  const steps = field.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g);
  return [...steps].map(([, quoted, index, word]) => quoted ?? index ?? word ?? '');
}

/** What is missing is added as the schema's example has it; what is wrong goes, or, where it is a default, what it is a part of. */
function repair(document: Json, path: readonly string[], isMissing: boolean): void {
  const key = path.at(-1);
  if (key === undefined || path.length < 2) return;
  const holder = path.slice(0, -1).reduce<unknown>((inner, step) => Reflect.get(Object(inner), step), document);
  const node = path.reduce<FormNode>((outer, step) => outer.properties?.[step] ?? {}, form);
  const substitute = (isMissing ? exampleOf(node) : undefined) ?? needed[path.join('.')];
  if (isContainer(holder) && substitute !== undefined) Reflect.set(holder, key, structuredClone(substitute));
  else if (Array.isArray(holder) && Number(key) < holder.length) holder.splice(Number(key), 1);
  else if (isContainer(holder) && Object.hasOwn(holder, key)) Reflect.deleteProperty(holder, key);
  else repair(document, path.slice(0, -1), false);
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function exampleOf({ type, examples }: FormNode): Json | undefined {
  if (type === 'object') return {};
  return type === 'boolean' ? true : examples?.[0];
}

export const anyDocument: fc.Arbitrary<ServingStackDocument> = valueOf(form, '')
  .map(repaired)
  .filter((document) => document !== undefined);
