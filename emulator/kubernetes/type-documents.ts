/**
 * Fields of the built-in types with their descriptions. They are read from the models of the official client (@kubernetes/client-node,
 * generated from `api/openapi-spec/swagger.json` of kubernetes/kubernetes): of each type one file declares the fields with their
 * documentation, another one their wire types and formats. Each is read when somebody asks for it the first time.
 */
import { readFileSync } from 'node:fs';

/** One field as OpenAPI knows it. */
export interface TypeField {
  readonly name: string;
  /** A type of the client: `string`, `Array<V1Container>`, `{ [key: string]: string; }`, `V1PodSpec`. */
  readonly type: string;
  /** `int32`, `date-time`, …; empty for none. */
  readonly format: string;
  readonly description: string;
  readonly isRequired: boolean;
}

export interface TypeDocument {
  readonly description: string;
  readonly fields: readonly TypeField[];
}

const models = new URL('gen/models/', import.meta.resolve('@kubernetes/client-node'));
const documents = new Map<string, TypeDocument | undefined>();

/** A type by its name in the client, e.g. `V1DeploymentSpec`; undefined if there is none. */
export function typeDocument(name: string): TypeDocument | undefined {
  if (!documents.has(name)) documents.set(name, readType(name));
  return documents.get(name);
}

/** What the API says of a field, e.g. of `V1ServiceSpec`, `type`; empty where it says nothing. */
export function fieldText(type: string, field: string): string {
  return typeDocument(type)?.fields.find(({ name }) => name === field)?.description ?? '';
}

/** A property of the client's class and the field of the API that it stands for. */
interface Row {
  readonly name: string;
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

function readType(name: string): TypeDocument | undefined {
  const declaration = readModel(`${name}.d.ts`);
  const model = readModel(`${name}.js`);
  const map = /\.attributeTypeMap = (\[[\s\S]*?\n\]);/.exec(model ?? '')?.[1];
  if (declaration === undefined || map === undefined) return undefined;
  // The generator writes the map in the form of JSON.
  const rows = JSON.parse(map) as readonly Row[];
  const description = /\/\*\*\n\* ([^\n]*)\n\*\/\nexport declare class/.exec(declaration)?.[1] ?? '';
  const declared = declaredFields(declaration);
  const fields = rows.map((row) => {
    const { text = '', isRequired = false } = declared.get(row.name) ?? {};
    return { name: row.baseName, type: row.type, format: row.format, description: text, isRequired };
  });
  return { description: unescaped(description), fields };
}

/** A type that is not there is an answer: `any` and the scalars have no file. */
function readModel(file: string): string | undefined {
  if (!/^\w+\.(d\.ts|js)$/.test(file)) return undefined;
  try {
    return readFileSync(new URL(file, models), 'utf8');
  } catch {
    return undefined;
  }
}

function declaredFields(
  declaration: string,
): ReadonlyMap<string, { readonly text: string; readonly isRequired: boolean }> {
  const found = declaration.matchAll(/(?:\/\*\*\s*\* ([^\n]*)\n\s*\*\/\n)?\s*'(\w+)'(\??): /g);
  return new Map(
    [...found].map(([, text = '', name = '', optional]) => [
      name,
      { text: unescaped(text), isRequired: optional === '' },
    ]),
  );
}

/** Comments are written as string literals of the generator. */
const unescaped = (text: string): string => text.replace(/\\(['"])/g, '$1');
