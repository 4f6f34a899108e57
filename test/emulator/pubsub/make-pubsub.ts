/** A world with one topic, one subscription that pushes, and a topic for dead letters. */
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { type Answer, makeDeliveryWorld } from '../delivery/make-world.ts';

export const TOPIC = 'projects/demo/topics/requests';
export const DEAD = 'projects/demo/topics/dead';
export const SUBSCRIPTION = 'projects/demo/subscriptions/intake';
export const ENDPOINT = 'http://127.0.0.1:1/functions/intake';

export function makePubSub(answer?: Answer, subscription: JsonMap = {}) {
  const world = makeDeliveryWorld(answer);
  const pubsub = new PubSubWorld(world.base, world.courier);
  pubsub.createTopic({ name: TOPIC });
  pubsub.createTopic({ name: DEAD });
  pubsub.createSubscription({
    name: SUBSCRIPTION,
    topic: TOPIC,
    pushConfig: { pushEndpoint: ENDPOINT },
    ...subscription,
  });
  return { ...world, pubsub };
}

export const base64 = (text: string) => Buffer.from(text).toString('base64');
export const envelopes = (arrivals: readonly { readonly body: Buffer }[]) =>
  arrivals.map(({ body }) => JSON.parse(body.toString()));
