/** Terraform's files as JSON: expressions are strings in `${…}`, every block is a list with one entry for each time that it stands. */
import { readdirSync, readFileSync } from 'node:fs';

export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** Arrays are no objects here. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Text by file name. */
export type Sources = ReadonlyMap<string, string>;

export interface Declared {
  readonly file: string;
  /** `google_x.name`, `data.google_x.name` or `provider.google`. */
  readonly address: string;
  /** `google_x`, `data.google_x` or `provider.google`. */
  readonly type: string;
  readonly body: JsonObject;
}

export interface Configuration {
  readonly declared: readonly Declared[];
  readonly variables: JsonObject;
  readonly locals: JsonObject;
  readonly outputs: JsonObject;
  /** Version constraints by provider. */
  readonly providerVersions: Readonly<Record<string, string>>;
}

export const infra = new URL('../../../infra/', import.meta.url);

export function readSources(): Sources {
  const files = readdirSync(infra).filter((file) => file.endsWith('.tf'));
  return new Map(files.map((file) => [file, readFileSync(new URL(file, infra), 'utf8')]));
}

interface Parser {
  readonly parse: (file: string, text: string) => Promise<JsonObject>;
}

/** Not as a literal: the typings of this library bring those of the browser into every file of the project. */
const library: string = '@cdktf/hcl2json';

export async function parseHcl(file: string, text: string): Promise<JsonObject> {
  const { parse }: Parser = await import(library);
  return parse(file, text);
}

export async function readConfiguration(sources: Sources): Promise<Configuration> {
  const files = await Promise.all(
    [...sources].map(async ([file, text]) => ({ file, content: await parseHcl(file, text) })),
  );
  const all = (key: string) => files.flatMap(({ content }) => listOf(content[key]));
  const required = all('terraform').flatMap((block) => listOf(block['required_providers']));
  return {
    declared: files.flatMap(({ file, content }) => declaredIn(file, content)),
    variables: Object.assign({}, ...all('variable')),
    locals: Object.assign({}, ...all('locals')),
    outputs: Object.assign({}, ...all('output')),
    providerVersions: Object.fromEntries(
      required.flatMap((block) => labelled(block)).map(([name, { version }]) => [name, String(version)]),
    ),
  };
}

function declaredIn(file: string, content: JsonObject): readonly Declared[] {
  const named = (kind: string, prefix: string) =>
    labelled(content[kind]).flatMap(([type, names]) =>
      labelled(names).map(([name, body]) => ({ file, address: `${prefix}${type}.${name}`, type: prefix + type, body })),
    );
  const providers = labelled(content['provider']).map(([name, body]) => ({
    file,
    address: `provider.${name}`,
    type: `provider.${name}`,
    body,
  }));
  return [...providers, ...named('resource', ''), ...named('data', 'data.')];
}

/** Blocks by their label, in the order in which they stand: `provider "google" {…}` → `['google', {…}]`. */
export function labelled(value: Json | undefined): readonly (readonly [string, JsonObject])[] {
  return listOf(value).flatMap((byLabel) =>
    Object.entries(byLabel).flatMap(([label, bodies]) => listOf(bodies).map((body) => [label, body] as const)),
  );
}

/** Blocks as a list, whether the parser made one of them or not. */
export function listOf(value: Json | undefined): readonly JsonObject[] {
  if (value === undefined) return [];
  // A caller asks for what HCL has as blocks only, and those are objects.
  return (Array.isArray(value) ? value : [value]) as readonly JsonObject[];
}
