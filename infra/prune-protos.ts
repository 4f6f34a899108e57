/**
 * Cuts the descriptors of a Google client package down to the methods we call: parsing them is a large part of a cold start (of
 * Compute Engine's 4.1 MB some 30 KB are left for the networks).
 */
import protobuf from 'protobufjs';
import type { KeptMethods } from './kept-methods.ts';

type Namespace = protobuf.INamespace;
type AnyNested = protobuf.AnyNestedObject;

/**
 * Descriptors with these methods, the types that they use, and nothing else: not the extensions either, which proto3 knows of options
 * only (Protocol Buffers documentation, "Language Guide (proto 3)", custom options) and which nobody looks up by their type. Throws for
 * a method that there is not.
 */
export function pruneProtos(json: Namespace, methods: KeptMethods): Namespace {
  const root = rootOf(json);
  const used = new Set<string>();
  for (const [service, names] of Object.entries(methods)) {
    for (const name of names) {
      const method = root.lookupService(service).methods[name];
      if (method === undefined) throw new Error(`pruning ${service}: it has no method ${name}`);
      mark(method.resolvedRequestType, used);
      mark(method.resolvedResponseType, used);
    }
  }
  return { ...json, nested: keepNested(json.nested ?? {}, '', { used, methods }) };
}

const roots = new WeakMap<Namespace, protobuf.Root>();

/** Resolved once for all services of a package: Compute Engine's take seconds. */
function rootOf(json: Namespace): protobuf.Root {
  const root = roots.get(json) ?? protobuf.Root.fromJSON(json);
  roots.set(json, root);
  return root;
}

function mark(type: protobuf.ReflectionObject | null, used: Set<string>): void {
  if (type === null || used.has(nameOf(type))) return;
  used.add(nameOf(type));
  if (!(type instanceof protobuf.Type)) return;
  for (const field of type.fieldsArray) mark(field.resolve().resolvedType, used);
}

interface Kept {
  readonly used: ReadonlySet<string>;
  readonly methods: KeptMethods;
}

function keepNested(nested: Readonly<Record<string, AnyNested>>, path: string, kept: Kept): Record<string, AnyNested> {
  return Object.fromEntries(
    Object.entries(nested).flatMap(([name, object]): [string, AnyNested][] => {
      const fullName = path === '' ? name : `${path}.${name}`;
      const keep = keepObject(object, fullName, kept);
      return keep === undefined ? [] : [[name, keep]];
    }),
  );
}

function keepObject(object: AnyNested, fullName: string, kept: Kept): AnyNested | undefined {
  if ('methods' in object) return keepMethods(object, kept.methods[fullName]);
  if ('id' in object) return undefined;
  const inner = 'nested' in object && object.nested !== undefined ? keepNested(object.nested, fullName, kept) : {};
  const isUsed = kept.used.has(fullName);
  const isEmpty = Object.keys(inner).length === 0;
  // A type that only holds used ones is no more than their namespace: its fields would name types that are gone.
  if (!isUsed) return isEmpty ? undefined : { nested: inner };
  return { ...object, ...(!isEmpty && { nested: inner }) };
}

/** Undefined: none of them is called. The client of a kept service misses the others only where it is asked for them. */
function keepMethods(service: protobuf.IService, names: readonly string[] | undefined): protobuf.IService | undefined {
  if (names === undefined) return undefined;
  const kept = Object.entries(service.methods).filter(([name]) => names.includes(name));
  return { ...service, methods: Object.fromEntries(kept) };
}

/** `google.container.v1.Cluster`; protobufjs begins full names with a dot. */
function nameOf(type: protobuf.ReflectionObject): string {
  return type.fullName.replace(/^\./, '');
}
