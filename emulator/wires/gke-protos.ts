/** The descriptors of google.container.v1 from the official package, parsed once (about 60 ms). */
import { createRequire } from 'node:module';
import type protobuf from 'protobufjs';
import type { GkeWorld } from '../gke/gke-world.ts';
import { findGkeMethod, type GkeMethod, servedGkeMethods } from '../gke/methods.ts';
import { notServed } from '../gke/rejections.ts';
import { reject } from '../world/rejection.ts';
import type { JsonMap } from '../world/json.ts';
import { withoutNewer } from './gke-versions.ts';
import { loadProtos, lowerFirst } from './grpc.ts';

export const containerServiceName = 'google.container.v1.ClusterManager';

/** What gcloud's beta commands speak: the same methods, and fields that v1 does not show. */
export const betaServiceName = 'google.container.v1beta1.ClusterManager';

let root: protobuf.Root | undefined;

export function containerProtos(): protobuf.Root {
  // `require` and not an import: the type checker need not read two megabytes of JSON.
  const load = createRequire(import.meta.url);
  // A JSON descriptor is an object; protobufjs checks the rest.
  root ??= loadProtos(load('@google-cloud/container/build/protos/protos.json') as object);
  return root;
}

/** Every method of v1 by lowerCamelCase name; those that the world does not have answer UNIMPLEMENTED. */
export function allGkeMethods(world: GkeWorld): ReadonlyMap<string, GkeMethod> {
  const beta = containerProtos().lookupService(betaServiceName);
  return new Map(
    serviceMethods(containerServiceName).map((method) => {
      const answer = methodOf(world, method.name);
      // The root is resolved as a whole when it is loaded.
      const [shown, kept] = [method, beta.methods[method.name]].map((one) => one?.resolvedResponseType ?? undefined);
      if (shown === undefined || kept === undefined)
        throw new Error(`serving ${method.name}: its types are not resolved`);
      return [lowerFirst(method.name), (request: JsonMap) => withoutNewer(shown, kept, answer(request))] as const;
    }),
  );
}

/** Every method of v1beta1. */
export function allBetaMethods(world: GkeWorld): ReadonlyMap<string, GkeMethod> {
  return new Map(serviceMethods(betaServiceName).map(({ name }) => [lowerFirst(name), methodOf(world, name)] as const));
}

function methodOf(world: GkeWorld, name: string): GkeMethod {
  return findGkeMethod(world, lowerFirst(name)) ?? (() => reject(notServed, name));
}

/** Names of the methods that answer UNIMPLEMENTED, as the proto spells them. */
export function unservedGkeMethods(): readonly string[] {
  return serviceMethods(containerServiceName)
    .map(({ name }) => name)
    .filter((name) => !servedGkeMethods.includes(lowerFirst(name)));
}

function serviceMethods(service: string): readonly protobuf.Method[] {
  return containerProtos().lookupService(service).methodsArray;
}
