/** The descriptors of google.container.v1 from the official package, parsed once (about 60 ms). */
import { createRequire } from 'node:module';
import type protobuf from 'protobufjs';
import type { GkeWorld } from '../gke/gke-world.ts';
import { findGkeMethod, type GkeMethod, servedGkeMethods } from '../gke/methods.ts';
import { notServed } from '../gke/rejections.ts';
import { reject } from '../world/rejection.ts';
import { loadProtos, lowerFirst } from './grpc.ts';

export const containerServiceName = 'google.container.v1.ClusterManager';

let root: protobuf.Root | undefined;

export function containerProtos(): protobuf.Root {
  // `require` and not an import: the type checker need not read two megabytes of JSON.
  const load = createRequire(import.meta.url);
  // A JSON descriptor is an object; protobufjs checks the rest.
  root ??= loadProtos(load('@google-cloud/container/build/protos/protos.json') as object);
  return root;
}

/** Every method of the service by lowerCamelCase name; those that the world does not have answer UNIMPLEMENTED. */
export function allGkeMethods(world: GkeWorld): ReadonlyMap<string, GkeMethod> {
  const methods = methodNames().map((name) => {
    const method = findGkeMethod(world, lowerFirst(name)) ?? (() => reject(notServed, name));
    return [lowerFirst(name), method] as const;
  });
  return new Map(methods);
}

/** Names of the methods that answer UNIMPLEMENTED, as the proto spells them. */
export function unservedGkeMethods(): readonly string[] {
  return methodNames().filter((name) => !servedGkeMethods.includes(lowerFirst(name)));
}

function methodNames(): readonly string[] {
  return containerProtos()
    .lookupService(containerServiceName)
    .methodsArray.map(({ name }) => name);
}
