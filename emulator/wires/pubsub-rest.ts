/** Pub/Sub over HTTP/JSON: what gcloud speaks. The official clients use gRPC (pubsub-grpc.ts). */
import { methodNotServed } from '../pubsub/rejections.ts';
import type { PubSubWorld } from '../pubsub/pubsub-world.ts';
import { reject } from '../world/rejection.ts';
import { lowerFirst, type UnaryMethod } from './grpc.ts';
import type { HttpService } from './http.ts';
import { protoRestService } from './proto-rest.ts';
import { pubsubMethods, pubsubServices } from './pubsub-grpc.ts';

/** Answers the paths of google.pubsub.v1.Publisher and Subscriber. */
export function pubsubRestService(world: PubSubWorld): HttpService {
  const services = pubsubServices();
  const served = new Map(Object.entries(pubsubMethods(world)));
  const methods = services.flatMap(({ methodsArray }) =>
    methodsArray.map(({ name }): [string, UnaryMethod] => [
      lowerFirst(name),
      served.get(lowerFirst(name)) ?? (() => reject(methodNotServed, name)),
    ]),
  );
  return protoRestService({ services, methods: new Map(methods) });
}
