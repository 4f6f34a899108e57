/** What Terraform makes of a project is what the local cloud makes of its world. */
import { describe, expect, it } from 'vitest';
import { makeClusterRuntime } from '../../emulator/controllers/cluster-runtime.ts';
import { invokerEmail, names, provision, REGION } from '../../emulator/provision.ts';
import type { JsonMap } from '../../emulator/world/json.ts';
import { createWorld } from '../../emulator/world/world.ts';
import functions from '../../infra/functions.json' with { type: 'json' };
import messaging from '../../infra/messaging.json' with { type: 'json' };

const PROJECT = 'projects/demo';
const urlOf = (functionName: string) => `https://${functionName}`;

/** What the resource of subscriptions.tf says of one subscription, in the form of google.pubsub.v1. */
function subscriptionOf(name: string, topic: keyof typeof messaging.topics, functionName: string): JsonMap {
  const { ackDeadlineSeconds, minimumBackoff, maximumBackoff, maxDeliveryAttempts, messageRetentionDuration } =
    messaging.push;
  return {
    name: `${PROJECT}/subscriptions/${name}`,
    topic: `${PROJECT}/topics/${messaging.topics[topic]}`,
    ackDeadlineSeconds,
    messageRetentionDuration,
    pushConfig: {
      pushEndpoint: urlOf(functionName),
      oidcToken: { serviceAccountEmail: invokerEmail('demo'), audience: urlOf(functionName) },
    },
    retryPolicy: { minimumBackoff, maximumBackoff },
    deadLetterPolicy: { deadLetterTopic: `${PROJECT}/topics/${messaging.topics.deadLetters}`, maxDeliveryAttempts },
    expirationPolicy: {},
    ...(topic === 'wakes' && { filter: messaging.filters[topic].replace('{function}', functionName) }),
  };
}

const wanted = Object.entries(functions).flatMap(([functionName, { listensTo }]) =>
  Object.entries(listensTo).map(
    ([name, topic]) => subscriptionOf(name, topic as keyof typeof messaging.topics, functionName), // the next test holds it
  ),
);

const byName = (a: JsonMap, b: JsonMap) => String(a['name']).localeCompare(String(b['name']));

function makeProvisioned() {
  const runtime = makeClusterRuntime({ endpoint: (cluster) => ({ address: cluster, caCertificate: 'none' }) });
  const world = createWorld({
    seed: 'infra',
    startMs: 0,
    speed: 'max',
    project: 'demo',
    courier: { dispatcher: { post: async () => ({ status: 204 }) }, tokens: { token: () => 'none' } },
    runtime: runtime.start,
  });
  provision(world, urlOf);
  return world;
}

describe('the local cloud and Terraform', () => {
  const world = makeProvisioned();

  it('make the same topics', () => {
    const { queue, tick, ...topics } = names;

    expect(messaging.topics).toEqual(topics);
    expect(world.pubsub.listTopics().map(({ name }) => name)).toEqual(
      Object.values(messaging.topics).map((name) => `${PROJECT}/topics/${name}`),
    );
    expect(Object.keys(messaging.jobs)).toEqual([tick]);
    expect(messaging.queue.name).toBe(queue);
  });

  it('make the same subscriptions, with the same filters, deadlines, retries and dead letters', () => {
    const deadLetters = `${PROJECT}/subscriptions/${messaging.topics.deadLetters}`;
    const pushed = world.pubsub.listSubscriptions().filter(({ name }) => name !== deadLetters);

    expect(pushed.toSorted(byName)).toMatchObject(wanted.toSorted(byName));
    expect(pushed.toSorted(byName).map(({ filter }) => filter)).toEqual(
      wanted.toSorted(byName).map(({ filter }) => filter),
    );
    expect(world.pubsub.getSubscription(deadLetters)).toMatchObject({
      topic: `${PROJECT}/topics/${messaging.topics.deadLetters}`,
      messageRetentionDuration: messaging.push.messageRetentionDuration,
      expirationPolicy: {},
    });
  });

  it('make the same queue, with the same rates and retries', () => {
    const { name, maxDispatchesPerSecond, maxConcurrentDispatches, ...retryConfig } = messaging.queue;

    expect(world.tasks.getQueue(`${PROJECT}/locations/${REGION}/queues/${name}`)).toMatchObject({
      rateLimits: { maxDispatchesPerSecond, maxConcurrentDispatches },
      retryConfig,
    });
  });

  it('make the same jobs', () => {
    const jobs = Object.entries(messaging.jobs).map(([name, job]) => ({
      name: `${PROJECT}/locations/${REGION}/jobs/${name}`,
      schedule: job.schedule,
      timeZone: job.timeZone,
      httpTarget: {
        uri: urlOf(job.function),
        body: Buffer.from('{}').toString('base64'),
        oidcToken: { serviceAccountEmail: invokerEmail('demo'), audience: urlOf(job.function) },
      },
    }));

    expect(world.cron.listJobs(`${PROJECT}/locations/${REGION}`)).toMatchObject(jobs);
    // What the service takes for an HTTP target that names no deadline (google/cloud/scheduler/v1/job.proto).
    expect(Object.values(messaging.jobs).map(({ attemptDeadline }) => attemptDeadline)).toEqual(['180s']);
  });
});

it('functions publish and listen to topics that there are', () => {
  const topics = Object.keys(messaging.topics);
  const used = Object.values(functions).flatMap(({ listensTo, publishesTo }) => [
    ...Object.values(listensTo),
    ...publishesTo,
  ]);

  expect(used.filter((topic) => !topics.includes(topic))).toEqual([]);
});
