/** Cuts the descriptors of a Google client package down to the services we call: parsing them is most of a cold start. */
import protobuf from 'protobufjs';

type Namespace = protobuf.INamespace;
type AnyNested = protobuf.AnyNestedObject;

/** Kept whole: options of services and fields refer to them by name only. */
const KEPT_PACKAGES = ['google.api', 'google.protobuf'];

/** Descriptors with these services (full names), the types that their methods use, and nothing else. */
export function pruneProtos(json: Namespace, services: readonly string[]): Namespace {
  const root = protobuf.Root.fromJSON(json).resolveAll();
  const used = new Set<string>();
  for (const service of services) {
    for (const method of root.lookupService(service).methodsArray) {
      mark(method.resolvedRequestType, used);
      mark(method.resolvedResponseType, used);
    }
  }
  markExtensions(root, used);
  return { ...json, nested: keepNested(json.nested ?? {}, '', { used, services: new Set(services) }) };
}

function mark(type: protobuf.ReflectionObject | null, used: Set<string>): void {
  if (type === null || used.has(nameOf(type))) return;
  used.add(nameOf(type));
  if (!(type instanceof protobuf.Type)) return;
  for (const field of type.fieldsArray) mark(field.resolve().resolvedType, used);
}

/** A kept extension field needs the type that it carries, or the whole file no longer resolves. */
function markExtensions(namespace: protobuf.NamespaceBase, used: Set<string>): void {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Field) mark(nested.resolve().resolvedType, used);
    if (nested instanceof protobuf.Namespace) markExtensions(nested, used);
  }
}

interface Kept {
  readonly used: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
}

function keepNested(nested: Readonly<Record<string, AnyNested>>, path: string, kept: Kept): Record<string, AnyNested> {
  return Object.fromEntries(
    Object.entries(nested).flatMap(([name, object]): [string, AnyNested][] => {
      const fullName = path === '' ? name : `${path}.${name}`;
      const keep = KEPT_PACKAGES.includes(fullName) ? object : keepObject(object, fullName, kept);
      return keep === undefined ? [] : [[name, keep]];
    }),
  );
}

function keepObject(object: AnyNested, fullName: string, kept: Kept): AnyNested | undefined {
  if ('methods' in object) return kept.services.has(fullName) ? object : undefined;
  if ('id' in object) return object;
  const inner = 'nested' in object && object.nested !== undefined ? keepNested(object.nested, fullName, kept) : {};
  const isUsed = kept.used.has(fullName);
  const isEmpty = Object.keys(inner).length === 0;
  if (!isUsed && isEmpty) return undefined;
  return { ...object, ...(!isEmpty && { nested: inner }) };
}

/** `google.container.v1.Cluster`; protobufjs begins full names with a dot. */
function nameOf(type: protobuf.ReflectionObject): string {
  return type.fullName.replace(/^\./, '');
}
