/**
 * Reads a provider's schema out of its typings for CDK Terrain (PyPI `cdktn-provider-google`, `cdktn-provider-archive`), which are
 * generated from `terraform providers schema`. They tell blocks from arguments (a block's comment is "NAME block"), what is required
 * (no `?`), how often a block may stand (`[]`), and what can only be read (a getter without a field in the configuration).
 */
import type { ArgumentType, BlockSchema, NestedBlockSchema } from './schema.ts';

interface Member {
  readonly name: string;
  readonly comment: string;
  readonly optional: boolean;
  readonly type: string;
}

interface Typings {
  readonly interfaces: ReadonlyMap<string, readonly Member[]>;
  /** Getters of the classes, by class. */
  readonly getters: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** The type that one `lib/<type>/index.d.ts` describes. */
export function readTypings(text: string): { readonly type: string; readonly schema: BlockSchema } {
  const root = /^export declare class (\w+) extends cdktn\.Terraform(Resource|DataSource|Provider) \{/m.exec(text);
  const resourceType = /static readonly tfResourceType = "(\w+)"/.exec(text)?.[1];
  if (root === null || resourceType === undefined) throw new Error('reading typings: there is no resource in them');
  const [, className = '', kind = ''] = root;
  const prefixes: Readonly<Record<string, string>> = { Resource: resourceType, DataSource: `data.${resourceType}` };
  const typings = { interfaces: readInterfaces(text), getters: readGetters(text) };
  return {
    type: prefixes[kind] ?? 'provider',
    schema: blockOf(typings, { interfaceName: `${className}Config`, className }),
  };
}

function readInterfaces(text: string): Typings['interfaces'] {
  const bodies = text.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm);
  return new Map([...bodies].map(([, name = '', body = '']) => [name, readMembers(body)]));
}

function readMembers(body: string): readonly Member[] {
  const members = [
    ...body.matchAll(/ {4}\/\*\*\n([\s\S]*?)\*\/\n {4}readonly (\w+)(\??): ([^;{]+|\{[\s\S]*?\n {4}\}[^;]*);/g),
  ];
  const fields = body.match(/^ {4}readonly /gm) ?? [];
  if (members.length !== fields.length) {
    throw new Error(`reading typings: ${fields.length} fields, of which ${members.length} are understood: ${body}`);
  }
  return members.map(([, comment = '', camelName = '', optional, type = '']) => ({
    // The link to the registry ends in the name as HCL has it.
    name: /#(\w+) \w+#\w+\}/.exec(comment)?.[1] ?? snakeCase(camelName),
    comment: comment.replaceAll(/^ +\* ?/gm, ''),
    optional: optional === '?',
    type: type.replaceAll(/\s+/g, ' '),
  }));
}

function readGetters(text: string): Typings['getters'] {
  const classes = text.matchAll(/^export declare class (\w+)[^{]*\{\n([\s\S]*?)^\}/gm);
  return new Map(
    [...classes].map(([, name = '', body = '']) => {
      const getters = body.matchAll(/^ {4}get (\w+)\(\): ([^;]+);$/gm);
      return [name, new Map([...getters].map(([, getter = '', type = '']) => [snakeCase(getter), type]))];
    }),
  );
}

function blockOf(typings: Typings, names: { readonly interfaceName: string; readonly className: string }): BlockSchema {
  const members = typings.interfaces.get(names.interfaceName);
  if (members === undefined) throw new Error(`reading typings: there is no interface ${names.interfaceName}`);
  const settable = members.filter(({ comment }) => !comment.includes('the id field is automatically added'));
  const given = settable.filter(({ comment, name }) => !comment.startsWith(`${name} block\n`));
  const nested = settable.filter((member) => !given.includes(member));
  const argumentsOf = (optional: boolean) =>
    Object.fromEntries(
      given.filter((member) => member.optional === optional).map(({ name, type }) => [name, argumentType(type)]),
    );
  return {
    required: argumentsOf(false),
    optional: argumentsOf(true),
    values: Object.fromEntries(given.flatMap((member) => possibleValues(member))),
    blocks: Object.fromEntries(nested.map((member) => [member.name, nestedOf(typings, member)])),
    computed: computedOf(typings.getters.get(names.className), settable),
  };
}

function nestedOf(typings: Typings, { type, optional }: Member): NestedBlockSchema {
  const structure = type.split(' | ')[0] ?? '';
  const interfaceName = structure.replace('[]', '');
  return {
    atLeast: optional ? 0 : 1,
    atMostOne: interfaceName === structure,
    ...blockOf(typings, { interfaceName, className: `${interfaceName}OutputReference` }),
  };
}

/** Getters of what the typings themselves add. */
const generated = new Set(['internal_value']);

function computedOf(getters: ReadonlyMap<string, string> | undefined, members: readonly Member[]) {
  const bare = (name: string) => name.replaceAll('_', '');
  const taken = new Set(members.map(({ name }) => bare(name)));
  const read = [...(getters ?? [])].filter(
    ([name]) => !taken.has(bare(name)) && !taken.has(bare(name.replace(/_input$/, ''))) && !generated.has(name),
  );
  return Object.fromEntries(
    read.filter(([name]) => name !== 'id_input').map(([name, type]) => [name, argumentType(type)]),
  );
}

/** `Possible values: ["A", "B"]` and `Valid values: …` as the provider's documentation writes them. */
function possibleValues({ name, type, comment }: Member): readonly (readonly [string, readonly string[]])[] {
  const list = /Possible values: \[(("\w*"(, )?)+)\]/.exec(comment)?.[1];
  return list === undefined || argumentType(type) !== 'string' ? [] : [[name, JSON.parse(`[${list}]`)]];
}

const argumentTypes: Readonly<Record<string, ArgumentType>> = {
  string: 'string',
  number: 'number',
  boolean: 'bool',
  'cdktn.IResolvable': 'bool',
  'string[]': 'list(string)',
  'number[]': 'list(number)',
  'cdktn.StringMap': 'map(string)',
};

function argumentType(type: string): ArgumentType {
  if (type.startsWith('{ [key: string]: string')) return 'map(string)';
  return argumentTypes[type.split(' | ')[0] ?? ''] ?? 'any';
}

/** `outputSha256` → `output_sha256`; where the typings split at a digit (`Base64Sha256`) the provider may not. */
function snakeCase(camelCase: string): string {
  return camelCase.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
