/** OpenAPI schemas of the built-in kinds and of everything below them, as `kubectl explain` walks through them. */
import type { JsonMap } from '../world/json.ts';
import type { ServedKind } from './kinds.ts';
import { typeDocument, type TypeField } from './type-documents.ts';

/** By component name. */
export type Schemas = Map<string, JsonMap>;

/** Everything has these; they live in a package of their own. */
const metaTypes = new Set([
  'Condition',
  'LabelSelector',
  'LabelSelectorRequirement',
  'ManagedFieldsEntry',
  'ObjectMeta',
  'OwnerReference',
]);
const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1';

/** `io.k8s.api.apps.v1`; groups of the Kubernetes project are named by their first part. */
const packageOf = ({ group, version }: ServedKind): string =>
  `io.k8s.api.${group === '' ? 'core' : (group.split('.')[0] ?? group)}.${version}`;

export const builtInSchemaName = (kind: ServedKind): string => `${packageOf(kind)}.${kind.kind}`;

/** The client's name of a kind: `V1Deployment`, `V2HorizontalPodAutoscaler`; two APIs have events. */
const typeOf = ({ group, version, kind }: ServedKind): string => {
  const prefix = kind === 'Event' && group === '' ? 'Core' : '';
  return `${prefix}${version.charAt(0).toUpperCase()}${version.slice(1)}${kind}`;
};

/** `V1DeploymentSpec` → `DeploymentSpec`. */
const shortName = (type: string): string => type.replace(/^[A-Za-z]*?V\d+((alpha|beta)\d+)?(?=[A-Z])/, '');

/** Adds the schema of a kind and those that it refers to. A kind that the client does not have is an object without fields. */
export function addBuiltInSchemas(schemas: Schemas, kind: ServedKind): void {
  const scope: Scope = { schemas, package: packageOf(kind) };
  const name = builtInSchemaName(kind);
  if (!addType(scope, typeOf(kind), name)) schemas.set(name, { type: 'object' });
}

/** Metadata is the same for every kind, built in or not. */
export function addMetadataSchema(schemas: Schemas): JsonMap {
  return reference({ schemas, package: metaPackage }, 'V1ObjectMeta');
}

interface Scope {
  readonly schemas: Schemas;
  readonly package: string;
}

function addType(scope: Scope, type: string, name: string): boolean {
  if (scope.schemas.has(name)) return true;
  const document = typeDocument(type);
  if (document === undefined) return false;
  const schema: JsonMap = { description: document.description, type: 'object' };
  // Before its fields: a type may contain itself.
  scope.schemas.set(name, schema);
  const required = document.fields.filter(({ isRequired }) => isRequired).map((field) => field.name);
  schema['properties'] = Object.fromEntries(document.fields.map((field) => [field.name, fieldSchemaOf(scope, field)]));
  if (required.length > 0) schema['required'] = required;
  return true;
}

function fieldSchemaOf(scope: Scope, { type, format, description }: TypeField): JsonMap {
  const schema = schemaOf(scope, type, format);
  // A reference stands alone, and so its description stands around it.
  const isReference = schema['$ref'] !== undefined;
  return {
    ...(description !== '' && { description }),
    ...(isReference ? { allOf: [schema] } : schema),
  };
}

const scalars: Readonly<Record<string, JsonMap>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  Date: { type: 'string', format: 'date-time' },
  V1MicroTime: { type: 'string', format: 'date-time' },
  IntOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  any: {},
};

function schemaOf(scope: Scope, type: string, format: string): JsonMap {
  const [, item] = /^Array<(.*)>$/.exec(type) ?? [];
  if (item !== undefined) return { type: 'array', items: schemaOf(scope, item, format) };
  const [, value] = /^\{ \[key: string\]: (.*?);? ?\}$/.exec(type) ?? [];
  if (value !== undefined) return { type: 'object', additionalProperties: schemaOf(scope, value, format) };
  if (type === 'number') return { type: format === 'double' ? 'number' : 'integer', ...(format !== '' && { format }) };
  const scalar = scalars[type];
  return scalar === undefined ? reference(scope, type) : { ...scalar, ...(format !== '' && { format }) };
}

function reference(scope: Scope, type: string): JsonMap {
  const short = shortName(type);
  const name = `${metaTypes.has(short) ? metaPackage : scope.package}.${short}`;
  return addType(scope, type, name) ? { $ref: `#/components/schemas/${name}` } : { type: 'object' };
}
