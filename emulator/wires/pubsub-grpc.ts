/** Pub/Sub as the official clients speak it: google.pubsub.v1 over gRPC. */
import { createRequire } from 'node:module';
import type * as grpc from '@grpc/grpc-js';
import type protobuf from 'protobufjs';
import { listOf, mapOf, numberOf, textOf } from '../delivery/json-fields.ts';
import type { PubSubWorld } from '../pubsub/pubsub-world.ts';
import { type GrpcPort, loadProtos, loadService, unary, type UnaryMethod } from './grpc.ts';
import { toPage } from './paging.ts';
import { streamingPull, wordsOf } from './pubsub-streaming.ts';

type Methods = Readonly<Record<string, UnaryMethod>>;

const SERVICES = ['google.pubsub.v1.Publisher', 'google.pubsub.v1.Subscriber'] as const;

/**
 * Methods of the two services that answer UNIMPLEMENTED. Everything that the product receives is pushed; only a person pulls, e.g. dead
 * letters.
 * The schema service and IAM are not registered at all and answer the same.
 */
export const unservedPubSubMethods: readonly string[] = [
  'Publisher.ListTopicSnapshots',
  'Publisher.DetachSubscription',
  'Subscriber.GetSnapshot',
  'Subscriber.ListSnapshots',
  'Subscriber.CreateSnapshot',
  'Subscriber.UpdateSnapshot',
  'Subscriber.DeleteSnapshot',
];

let root: protobuf.Root | undefined;

/** 300 KB of descriptors: parsed once, and when the local cloud starts, not when this module loads. */
function pubsubProtos(): protobuf.Root {
  root ??= loadProtos(createRequire(import.meta.url)('@google-cloud/pubsub/build/protos/protos.json'));
  return root;
}

/** The two services, for the wires that need their descriptors. */
export function pubsubServices(): readonly protobuf.Service[] {
  return SERVICES.map((name) => pubsubProtos().lookupService(name));
}

/** What the world serves, by lowerCamelCase name of the method. */
export function pubsubMethods(world: PubSubWorld): Methods {
  return { ...publisherMethods(world), ...subscriberMethods(world) };
}

/** Serves the world on the port. */
export function addPubSub(port: GrpcPort, world: PubSubWorld): void {
  const methods = Object.entries(pubsubMethods(world));
  const handlers: grpc.UntypedServiceImplementation = {
    ...Object.fromEntries(methods.map(([name, method]) => [name, unary(method)])),
    streamingPull: streamingPull(world),
  };
  for (const name of SERVICES) {
    const service = loadService(pubsubProtos(), name);
    port.add(service, Object.fromEntries(Object.entries(handlers).filter(([method]) => method in service)));
  }
}

function publisherMethods(world: PubSubWorld): Methods {
  return {
    createTopic: (topic) => world.createTopic(topic),
    getTopic: (request) => world.getTopic(textOf(request, 'topic') ?? ''),
    updateTopic: (request) => world.updateTopic(request),
    listTopicSubscriptions: (request) => {
      const names = world.listTopicSubscriptions(textOf(request, 'topic') ?? '').map((name) => ({ name }));
      const { subscriptions, ...page } = toPage('subscriptions', names, request);
      return { subscriptions: listOf({ subscriptions }, 'subscriptions').map(({ name = '' }) => name), ...page };
    },
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
    pull: (request) => ({
      receivedMessages: [...world.pull(textOf(request, 'subscription') ?? '', numberOf(request, 'maxMessages') ?? 0)],
    }),
    acknowledge: (request) => {
      world.acknowledge(textOf(request, 'subscription') ?? '', wordsOf(request, 'ackIds'));
      return {};
    },
    modifyAckDeadline: (request) => {
      const seconds = numberOf(request, 'ackDeadlineSeconds') ?? 0;
      world.modifyAckDeadline(textOf(request, 'subscription') ?? '', wordsOf(request, 'ackIds'), seconds);
      return {};
    },
    updateSubscription: (request) => world.updateSubscription(request),
    seek: (request) => {
      world.seek(request);
      return {};
    },
    modifyPushConfig: (request) => {
      world.modifyPushConfig(textOf(request, 'subscription') ?? '', mapOf(request, 'pushConfig') ?? {});
      return {};
    },
  };
}
