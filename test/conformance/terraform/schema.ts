/** What a provider takes and answers, as provider-schemas.json has it: only the types that infra/ uses. */
import { readFileSync, writeFileSync } from 'node:fs';

/** `any` is a list of objects that is an argument, not a block: its contents are not looked into. */
export type ArgumentType = 'string' | 'number' | 'bool' | 'list(string)' | 'list(number)' | 'map(string)' | 'any';

export interface BlockSchema {
  readonly required: Readonly<Record<string, ArgumentType>>;
  readonly optional: Readonly<Record<string, ArgumentType>>;
  /** What an argument may be, where the provider's documentation lists it. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly blocks: Readonly<Record<string, NestedBlockSchema>>;
  /** What can be read and never set. */
  readonly computed: Readonly<Record<string, ArgumentType>>;
}

export interface NestedBlockSchema extends BlockSchema {
  readonly atLeast: 0 | 1;
  readonly atMostOne: boolean;
}

export interface ProviderSchema {
  /** The provider's own version. */
  readonly version: string;
  /** Where it was read from. */
  readonly source: string;
  /** By type; data sources have `data.` before theirs, and the provider's own block is `provider`. */
  readonly types: Readonly<Record<string, BlockSchema>>;
}

export type ProviderSchemas = Readonly<Record<'google' | 'archive', ProviderSchema>>;

const schemasFile = new URL('provider-schemas.json', import.meta.url);

export function readSchemas(): ProviderSchemas {
  return JSON.parse(readFileSync(schemasFile, 'utf8'), (_key, value) =>
    'types' in Object(value) ? whole(value) : value,
  );
}

/** Empty parts of blocks are not written. */
export function writeSchemas(schemas: ProviderSchemas): void {
  const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  writeFileSync(
    schemasFile,
    JSON.stringify(schemas, (_key, value) => (isEmpty(value) ? undefined : value)),
  );
}

function whole({ types, ...provider }: ProviderSchema): ProviderSchema {
  return { ...provider, types: withEmptyParts(types) };
}

function withEmptyParts<Block extends BlockSchema>(blocks: Readonly<Record<string, Block>>): Record<string, Block> {
  const nothing = { required: {}, optional: {}, values: {}, blocks: {}, computed: {} };
  return Object.fromEntries(
    Object.entries(blocks).map(([name, block]) => {
      const part = { ...nothing, ...block };
      return [name, { ...part, blocks: withEmptyParts(part.blocks) }];
    }),
  );
}

/** The schema of `google_x`, `data.google_x` or `provider.google`; undefined: the provider has no such type, or nobody read it. */
export function schemaOf(schemas: ProviderSchemas, type: string): BlockSchema | undefined {
  const [first = '', name = ''] = type.split('.');
  const provider = (first === 'data' || first === 'provider' ? name : first).split('_', 1)[0];
  const found = Object.entries(schemas).find(([own]) => own === provider);
  return found?.[1].types[first === 'provider' ? first : type];
}
