/** Holds what stands in a block against what the provider takes there. */
import { labelled, listOf, type Configuration, type Json, type JsonObject } from './hcl.ts';
import {
  schemaOf,
  type ArgumentType,
  type BlockSchema,
  type NestedBlockSchema,
  type ProviderSchemas,
} from './schema.ts';

/** What every resource and data source may have, whatever its type (Terraform documentation, "Meta-Arguments"). */
export const metaArguments = ['for_each', 'count', 'depends_on', 'provider', 'lifecycle', 'provisioner', 'connection'];

/** What is wrong with the resources, data sources and providers, one sentence each. */
export function findStructureFaults({ declared }: Configuration, schemas: ProviderSchemas): readonly string[] {
  return declared.flatMap(({ file, address, type, body }) => {
    const schema = schemaOf(schemas, type);
    if (schema === undefined)
      return [`${file}: ${address}: there is no ${type}, or read-schemas.ts was not run for it`];
    const own = Object.fromEntries(Object.entries(body).filter(([key]) => !metaArguments.includes(key)));
    return findBlockFaults(own, schema, `${file}: ${address}`);
  });
}

/** What is wrong in one block and those within it; `where` leads to it. */
export function findBlockFaults(body: JsonObject, schema: BlockSchema, where: string): readonly string[] {
  const given = withDynamicBlocks(body);
  const faults = Object.entries(given).flatMap(([key, value]) => findEntryFaults({ key, value, schema, where }));
  return [...faults, ...findMissing(given, schema).map((name) => `${where}: ${name} is required`)];
}

interface Entry {
  readonly key: string;
  readonly value: Json;
  readonly schema: BlockSchema;
  readonly where: string;
}

function findEntryFaults({ key, value, schema, where }: Entry): readonly string[] {
  const here = `${where}.${key}`;
  if (value === null) return [];
  const block = schema.blocks[key];
  if (block !== undefined) return findNestedFaults(value, block, here);
  const type = schema.required[key] ?? schema.optional[key];
  if (type !== undefined) return findArgumentFaults({ value, type, allowed: schema.values[key], here });
  if (key in schema.computed) return [`${here} can only be read`];
  return [`${where}: there is no ${key}`];
}

function findNestedFaults(value: Json, schema: NestedBlockSchema, here: string): readonly string[] {
  if (isExpression(value) || !Array.isArray(value)) return [`${here} is a block, not an argument`];
  const tooMany = schema.atMostOne && value.length > 1 ? [`${here} stands ${value.length} times, and may once`] : [];
  return [...tooMany, ...listOf(value).flatMap((body) => findBlockFaults(body, schema, here))];
}

interface Argument {
  readonly value: Json;
  readonly type: ArgumentType;
  readonly allowed: readonly string[] | undefined;
  readonly here: string;
}

function findArgumentFaults({ value, type, allowed, here }: Argument): readonly string[] {
  if (isExpression(value)) return [];
  if (!fits[type](value)) return [`${here} must be a ${type}, and is ${JSON.stringify(value)}`];
  if (allowed === undefined || typeof value !== 'string' || hasExpression(value) || allowed.includes(value)) return [];
  return [`${here} must be one of ${allowed.join(', ')}, and is ${String(value)}`];
}

function findMissing(given: JsonObject, schema: BlockSchema): readonly string[] {
  const blocks = Object.entries(schema.blocks).filter(([, { atLeast }]) => atLeast > 0);
  const required = [...Object.keys(schema.required), ...blocks.map(([name]) => name)];
  return required.filter((name) => (given[name] ?? null) === null);
}

/** A dynamic block stands for blocks of its label, of which its content is one. */
function withDynamicBlocks({ dynamic, ...body }: JsonObject): JsonObject {
  const contents = labelled(dynamic).map(([label, { content }]) => [label, content ?? null]);
  return { ...body, ...Object.fromEntries(contents) };
}

/** Nothing but an expression, whose value is known to Terraform only. */
export function isExpression(value: Json): value is string {
  return typeof value === 'string' && /^\$\{[\s\S]*\}$/.test(value);
}

function hasExpression(value: string): boolean {
  return value.includes('${');
}

const isPrimitive = (value: Json): boolean => typeof value !== 'object' || value === null;

const isNumber = (value: Json) =>
  isPrimitive(value) && typeof value !== 'boolean' && value !== '' && Number.isFinite(Number(value));

const isListOf = (isOne: (value: Json) => boolean) => (value: Json) =>
  Array.isArray(value) && value.every((one) => isExpression(one) || isOne(one));

const isMap = (value: Json) =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.values(value).every((one: Json) => isPrimitive(one));

/** Whether Terraform can make that type of a value: it turns numbers and booleans into strings and the reverse. */
const fits: Readonly<Record<ArgumentType, (value: Json) => boolean>> = {
  string: isPrimitive,
  number: isNumber,
  bool: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  'list(string)': isListOf(isPrimitive),
  'list(number)': isListOf(isNumber),
  'map(string)': isMap,
  any: () => true,
};
