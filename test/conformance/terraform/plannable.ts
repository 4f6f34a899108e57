/**
 * The same configuration without providers, so that Terraform itself can plan and test it where none can be downloaded: every resource
 * and data source becomes a `terraform_data`, which Terraform has built in, with the arguments as its `input`. What only a provider
 * knows is unknown in the plan, as it would be, but what data sources answer, which a plan reads.
 */
import { isObject, labelled, listOf, type Configuration, type Declared, type Json, type JsonObject } from './hcl.ts';
import { isExpression, metaArguments } from './structure.ts';
import { schemaOf, type ArgumentType, type BlockSchema, type ProviderSchemas } from './schema.ts';

/** What data sources answer, by type, e.g. `{ google_project: { number: '1' } }`. */
export type Answers = Readonly<Record<string, JsonObject>>;

/** As Terraform reads it from a `.tf.json` file. */
export function toPlannable(configuration: Configuration, schemas: ProviderSchemas, answers: Answers): JsonObject {
  const { variables, locals, outputs } = configuration;
  const declared = configuration.declared.filter(({ type }) => !type.startsWith('provider.'));
  const views = declared.map((one) => [nameOf(one.address), viewOf(one, schemas, answers)]);
  return {
    variable: mapValues(variables, (bodies) => listOf(bodies).map(withPlainType)),
    locals: { ...toPlannableExpressions(locals), ...Object.fromEntries(views) },
    output: toPlannableExpressions(outputs),
    resource: { terraform_data: Object.fromEntries(declared.map((one) => [nameOf(one.address), dataOf(one)])) },
  };
}

/** Instead of resources, expressions read the locals that stand for them. */
export function toPlannableExpressions<Value extends Json>(value: Value): Value;
export function toPlannableExpressions(value: Json): Json {
  if (typeof value === 'string') {
    if (!value.includes('${')) return value;
    return value.replaceAll(
      /(?<![\w.])(data\.)?((?:google|archive)_\w+)\.(\w+)/g,
      (address) => `local.${nameOf(address)}`,
    );
  }
  if (isObject(value)) return mapValues(value, toPlannableExpressions);
  return Array.isArray(value) ? value.map((one) => toPlannableExpressions(one)) : value;
}

/** `data.google_project.all` → `data__google_project__all`. */
export function nameOf(address: string): string {
  return address.replaceAll('.', '__');
}

export function addressOf(name: string): string {
  return name.replaceAll('__', '.');
}

function mapValues(object: JsonObject, change: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

/** A type stands in JSON without `${}`. */
function withPlainType(body: JsonObject): JsonObject {
  const { type, ...rest } = body;
  return typeof type === 'string' ? { ...rest, type: inner(type) } : rest;
}

/** The text of an expression without the mark that it is one. */
function inner(expression: string): string {
  return expression.replace(/^\$\{([\s\S]*)\}$/, '$1');
}

function dataOf({ address, body }: Declared): JsonObject {
  if ('count' in body) throw new Error(`planning ${address}: only for_each is understood, and it has a count`);
  const { dynamic, ...plain } = body;
  const given = Object.entries(plain).filter(([key]) => !metaArguments.includes(key));
  const input = { ...Object.fromEntries(given), ...dynamicBlocks(dynamic) };
  const { for_each: forEach, depends_on: dependsOn } = body;
  const predecessors = Array.isArray(dependsOn) ? dependsOn : [];
  return {
    ...toPlannableExpressions({ input, ...(forEach !== undefined && { for_each: forEach }) }),
    depends_on: predecessors.map((one) => `terraform_data.${nameOf(inner(String(one)))}`),
  };
}

/** `dynamic "x" { for_each = e, content { … } }` → `x = [for x in e : { … }]`, where `x` has a key and a value. */
function dynamicBlocks(dynamic: Json | undefined): JsonObject {
  return Object.fromEntries(
    labelled(dynamic).map(([label, { for_each: forEach, content }]) => {
      const each = `[for key, value in ${inner(String(forEach))} : { key = key, value = value }]`;
      return [label, `\${[for ${label} in ${each} : ${toHcl(listOf(content)[0] ?? {})}]}`];
    }),
  );
}

/** The text of an expression that has that value. */
function toHcl(value: Json): string {
  if (isExpression(value)) return inner(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(toHcl).join(', ')}]`;
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${key} = ${toHcl(one)}`)
    .join(', ')} }`;
}

/** What expressions read of a resource: its arguments, and what only the provider knows. */
function viewOf({ address, type, body }: Declared, schemas: ProviderSchemas, answers: Answers): string {
  const name = nameOf(address);
  const view = (one: string) => `merge({ ${attributesOf(type, schemas, answers, one).join(', ')} }, ${one}.input)`;
  if (body['for_each'] === undefined) return `\${${view(`terraform_data.${name}`)}}`;
  return `\${{ for key, one in terraform_data.${name} : key => ${view('one')} }}`;
}

/** Unknown until it is there, in the type that it will have. */
const unknown: Readonly<Record<ArgumentType, (one: string) => string>> = {
  string: (one) => `${one}.id`,
  number: (one) => `length(${one}.id)`,
  bool: (one) => `${one}.id == ""`,
  'list(string)': (one) => `[${one}.id]`,
  'list(number)': (one) => `[length(${one}.id)]`,
  'map(string)': (one) => `{ (${one}.id) = "" }`,
  any: (one) => `[${one}.id]`,
};

function attributesOf(type: string, schemas: ProviderSchemas, answers: Answers, one: string): readonly string[] {
  const schema = schemaOf(schemas, type);
  if (schema === undefined)
    throw new Error(`planning ${type}: there is no schema of it, or read-schemas.ts was not run for it`);
  const answered = type.startsWith('data.') ? { ...knownAnswers(schema), ...answers[type.replace('data.', '')] } : {};
  return Object.entries({ ...schema.optional, ...schema.computed }).map(([name, attributeType]) => {
    const value = answered[name];
    return `${name} = ${value === undefined ? unknown[attributeType](one) : JSON.stringify(value)}`;
  });
}

function knownAnswers({ computed }: BlockSchema): JsonObject {
  const texts = Object.entries(computed).filter(([, type]) => type === 'string');
  return Object.fromEntries(texts.map(([name]) => [name, `answered-${name}`]));
}
