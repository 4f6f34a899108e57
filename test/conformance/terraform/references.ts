/** Holds what expressions refer to against what is declared and what its type answers. */
import type { Configuration, Json } from './hcl.ts';
import { schemaOf, type BlockSchema, type ProviderSchemas } from './schema.ts';

/** A resource or data source in an expression, with the attribute read of it, after an index or none. */
const reference = /(?<![\w.])((?:data\.)?(?:google|archive)_\w+)\.(\w+)(?:\[[^\]]*\])?(?:\.(\w+))?/g;

/** What expressions of the configuration refer to and cannot. */
export function findReferenceFaults(configuration: Configuration, schemas: ProviderSchemas): readonly string[] {
  const { declared, locals, outputs } = configuration;
  const places = [
    ...declared.map(({ file, address, body }) => ({ where: `${file}: ${address}`, value: body })),
    ...Object.entries(locals).map(([name, value]) => ({ where: `local.${name}`, value })),
    ...Object.entries(outputs).map(([name, value]) => ({ where: `output.${name}`, value })),
  ];
  return places.flatMap(({ where, value }) =>
    findFaultsIn(value, configuration, schemas).map((fault) => `${where}: ${fault}`),
  );
}

function findFaultsIn(value: Json, { declared }: Configuration, schemas: ProviderSchemas): readonly string[] {
  const found = expressionsIn(value).flatMap((expression) => [...expression.matchAll(reference)]);
  return found.flatMap(([, type = '', name = '', attribute]) => {
    const address = `${type}.${name}`;
    if (!declared.some((one) => one.address === address)) return [`there is no ${address}`];
    const schema = schemaOf(schemas, type);
    if (schema === undefined || attribute === undefined || answers(schema, attribute)) return [];
    return [`${address} has no ${attribute}`];
  });
}

/** The typings write names in camel case, which loses underscores at digits. */
function answers({ required, optional, blocks, computed }: BlockSchema, attribute: string): boolean {
  const bare = (name: string) => name.replaceAll('_', '');
  return [required, optional, blocks, computed].flatMap(Object.keys).some((name) => bare(name) === bare(attribute));
}

/** Every string within that holds an expression. */
function expressionsIn(value: Json): readonly string[] {
  if (typeof value === 'string') return value.includes('${') ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(expressionsIn) : [];
}

/** What Terraform makes before something: everything that it refers to, by itself or through a local. */
export function predecessorsOf(address: string, { declared, locals }: Configuration): ReadonlySet<string> {
  const bodies = new Map<string, Json>([
    ...declared.map((one): [string, Json] => [one.address, one.body]),
    ...Object.entries(locals).map(([name, value]): [string, Json] => [`local.${name}`, value]),
  ]);
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    const texts = expressionsIn(bodies.get(name) ?? null).join('\n');
    for (const [next] of texts.matchAll(/(?<![\w.])(?:local|(?:data\.)?(?:google|archive)_\w+)\.\w+/g)) visit(next);
  };
  visit(address);
  found.delete(address);
  return found;
}
