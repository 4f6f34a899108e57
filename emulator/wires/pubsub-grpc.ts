/** Pub/Sub as the official clients speak it: google.pubsub.v1 over gRPC. */
import { createRequire } from 'node:module';
import { listOf, mapOf, textOf } from '../delivery/json-fields.ts';
import type { PubSubWorld } from '../pubsub/pubsub-world.ts';
import { type GrpcPort, loadProtos, loadService, unary, type UnaryMethod } from './grpc.ts';
import { toPage } from './paging.ts';

type Methods = Readonly<Record<string, UnaryMethod>>;

const SERVICES = ['google.pubsub.v1.Publisher', 'google.pubsub.v1.Subscriber'] as const;

/**
 * Methods of the two services that answer UNIMPLEMENTED. Nothing here pulls: everything that the product receives is pushed.
 * The schema service and IAM are not registered at all and answer the same.
 */
export const unservedPubSubMethods: readonly string[] = [
  'Publisher.UpdateTopic',
  'Publisher.ListTopicSubscriptions',
  'Publisher.ListTopicSnapshots',
  'Publisher.DetachSubscription',
  'Subscriber.UpdateSubscription',
  'Subscriber.ModifyAckDeadline',
  'Subscriber.Acknowledge',
  'Subscriber.Pull',
  'Subscriber.StreamingPull',
  'Subscriber.GetSnapshot',
  'Subscriber.ListSnapshots',
  'Subscriber.CreateSnapshot',
  'Subscriber.UpdateSnapshot',
  'Subscriber.DeleteSnapshot',
  'Subscriber.Seek',
];

/** Serves the world on the port. */
export function addPubSub(port: GrpcPort, world: PubSubWorld): void {
  // 300 KB of descriptors: parsed when the local cloud starts, not when this module loads.
  const protos = loadProtos(createRequire(import.meta.url)('@google-cloud/pubsub/build/protos/protos.json'));
  const methods = { ...publisherMethods(world), ...subscriberMethods(world) };
  const handlers = Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, unary(method)]));
  for (const name of SERVICES) {
    const service = loadService(protos, name);
    port.add(service, Object.fromEntries(Object.entries(handlers).filter(([method]) => method in service)));
  }
}

function publisherMethods(world: PubSubWorld): Methods {
  return {
    createTopic: (topic) => world.createTopic(topic),
    getTopic: (request) => world.getTopic(textOf(request, 'topic') ?? ''),
    listTopics: (request) => toPage('topics', world.listTopics(), request),
    deleteTopic: (request) => {
      world.deleteTopic(textOf(request, 'topic') ?? '');
      return {};
    },
    publish: (request) => ({
      messageIds: [...world.publish(textOf(request, 'topic') ?? '', listOf(request, 'messages'))],
    }),
  };
}

function subscriberMethods(world: PubSubWorld): Methods {
  return {
    createSubscription: (subscription) => world.createSubscription(subscription),
    getSubscription: (request) => world.getSubscription(textOf(request, 'subscription') ?? ''),
    listSubscriptions: (request) => toPage('subscriptions', world.listSubscriptions(), request),
    deleteSubscription: (request) => {
      world.deleteSubscription(textOf(request, 'subscription') ?? '');
      return {};
    },
    modifyPushConfig: (request) => {
      world.modifyPushConfig(textOf(request, 'subscription') ?? '', mapOf(request, 'pushConfig') ?? {});
      return {};
    },
  };
}
