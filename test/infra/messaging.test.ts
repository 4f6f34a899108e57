/** What Terraform makes of a project is what the local cloud makes of its world. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeClusterRuntime } from '../../emulator/controllers/cluster-runtime.ts';
import { invokerEmail, names, provision, REGION } from '../../emulator/provision.ts';
import type { Dispatcher } from '../../emulator/delivery/dispatcher.ts';
import type { JsonMap } from '../../emulator/world/json.ts';
import { createWorld, type World } from '../../emulator/world/world.ts';
import { functions, pushOf, type TopicKey } from '../../infra/functions.ts';
import messaging from '../../infra/messaging.json' with { type: 'json' };

const PROJECT = 'projects/demo';
const urlOf = (functionName: string) => `https://${functionName}`;

/** What the resource of subscriptions.tf says of one subscription, in the form of google.pubsub.v1. */
function subscriptionOf(name: string, topic: TopicKey, functionName: string): JsonMap {
  const { ackDeadlineSeconds, minimumBackoff, maximumBackoff, maxDeliveryAttempts, messageRetentionDuration } =
    pushOf(topic);
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
  Object.entries(listensTo).map(([name, topic]) => subscriptionOf(name, topic, functionName)),
);

const byName = (a: JsonMap, b: JsonMap) => String(a['name']).localeCompare(String(b['name']));

function makeProvisioned(post: Dispatcher['post'] = async () => ({ status: 204 })): World {
  const runtime = makeClusterRuntime({ endpoint: (cluster) => ({ address: cluster, caCertificate: 'none' }) });
  const world = createWorld({
    seed: 'infra',
    startMs: 0,
    speed: 'max',
    project: 'demo',
    courier: { dispatcher: { post }, tokens: { token: () => 'none' } },
    runtime: runtime.start,
  });
  provision(world, urlOf);
  return world;
}

async function runFor({ clock }: World, seconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // A moment more, so that what is due at the end is delivered.
  clock.after(seconds * 1000 + 100, resolve);
  clock.start();
  await promise;
  clock.stop();
}

describe('the local cloud and Terraform', () => {
  const world = makeProvisioned();

  it('make the same topics', () => {
    const { queue, ...topics } = names;

    expect(messaging.topics).toEqual(topics);
    expect(world.pubsub.listTopics().map(({ name }) => name)).toEqual(
      Object.values(messaging.topics).map((name) => `${PROJECT}/topics/${name}`),
    );
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

  it('make the same jobs, which publish and call nobody themselves', () => {
    const jobs = Object.entries(messaging.jobs).map(([name, { schedule, timeZone, data }]) => ({
      name: `${PROJECT}/locations/${REGION}/jobs/${name}`,
      schedule,
      timeZone,
      pubsubTarget: {
        topicName: `${PROJECT}/topics/inference-fleet-tick`,
        data: Buffer.from(data).toString('base64'),
      },
    }));

    expect(world.cron.listJobs(`${PROJECT}/locations/${REGION}`)).toMatchObject(jobs);
    expect(world.cron.listJobs(`${PROJECT}/locations/${REGION}`)).toHaveLength(1);
  });
});

describe('ticks', () => {
  it('come to the tick function by a subscription that keeps them no longer than Pub/Sub must', () => {
    const subscription = makeProvisioned().pubsub.getSubscription(`${PROJECT}/subscriptions/inference-fleet-tick`);

    // 10 min is the least that Pub/Sub takes (pubsub.proto, Subscription.message_retention_duration).
    expect(subscription).toMatchObject({
      topic: `${PROJECT}/topics/inference-fleet-tick`,
      pushConfig: { pushEndpoint: urlOf('tick') },
      messageRetentionDuration: '600s',
      ackDeadlineSeconds: functions['tick']?.timeoutSeconds,
      deadLetterPolicy: { maxDeliveryAttempts: 5 },
    });
  });

  it('are set up by the commands of README.md as by Terraform', () => {
    const readme = readFileSync(new URL('../../infra/README.md', import.meta.url), 'utf8').replaceAll(
      /\s*\\\n\s*/g,
      ' ',
    );
    const [, subscription = ''] = /^gcloud pubsub subscriptions create (inference-fleet-tick .*)$/m.exec(readme) ?? [];
    const [, job = ''] = /^gcloud scheduler jobs create pubsub (inference-fleet-tick .*)$/m.exec(readme) ?? [];
    const push = pushOf('tick');
    const { schedule, timeZone, data } = messaging.jobs['inference-fleet-tick'];

    expect(subscription.split(' ')).toEqual(
      expect.arrayContaining([
        `--ack-deadline=${push.ackDeadlineSeconds}`,
        `--message-retention-duration=${Number.parseInt(push.messageRetentionDuration, 10) / 60}m`,
        `--min-retry-delay=${push.minimumBackoff}`,
        `--max-retry-delay=${push.maximumBackoff}`,
        `--max-delivery-attempts=${push.maxDeliveryAttempts}`,
        `--dead-letter-topic=${messaging.topics.deadLetters}`,
      ]),
    );
    expect(job).toContain(`--schedule='${schedule}' --time-zone=${timeZone} --topic=${messaging.topics.tick}`);
    expect(job).toContain(`--message-body='${data}'`);
  });

  it('are delivered once a minute', async () => {
    const posted: unknown[] = [];
    const world = makeProvisioned(async ({ url, body }) => {
      posted.push({ url, subscription: JSON.parse(body.toString()).subscription });
      return { status: 204 };
    });

    await runFor(world, 180);

    const one = { url: urlOf('tick'), subscription: `${PROJECT}/subscriptions/inference-fleet-tick` };
    expect(posted).toEqual([one, one, one]);
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
