/**
 * Creates in the world what Terraform creates in a project, from the same lists: topics, push subscriptions, the timers queue, the
 * cron job (infra/messaging.json, functions/<name>/function.json).
 */
import { functions, pushOf, type TopicKey } from '../infra/functions.ts';
import messaging from '../infra/messaging.json' with { type: 'json' };
import type { World } from './world/world.ts';

/** Names of the automation's own resources; the functions' configuration has the same defaults (held equal by a test). */
export const names = { ...messaging.topics, queue: messaging.queue.name };

/** Region of the queue and the functions. */
export const REGION = 'us-central1';

/** Account that Pub/Sub and Cloud Tasks sign their requests as. */
export function invokerEmail(project: string): string {
  return `${messaging.invokerAccountId}@${project}.iam.gserviceaccount.com`;
}

/** `urlOf` gives the push endpoint of a function. */
export function provision(world: World, urlOf: (functionName: string) => string): void {
  const { pubsub, tasks, project } = world;
  for (const name of Object.values(messaging.topics)) pubsub.createTopic({ name: topicOf(project, name) });
  for (const [functionName, { listensTo }] of Object.entries(functions)) {
    const identity = { serviceAccountEmail: invokerEmail(project), audience: urlOf(functionName) };
    for (const [name, topic] of Object.entries(listensTo)) {
      pubsub.createSubscription({
        name: `projects/${project}/subscriptions/${name}`,
        ...deliveryOf(project, topic, functionName),
        pushConfig: { pushEndpoint: urlOf(functionName), oidcToken: identity },
      });
    }
  }
  // Without a subscription a dead letter would be lost (Pub/Sub documentation, "Dead-letter topics").
  pubsub.createSubscription({
    name: `projects/${project}/subscriptions/${names.deadLetters}`,
    topic: topicOf(project, names.deadLetters),
    expirationPolicy: {},
  });
  tasks.createQueue({ name: `projects/${project}/locations/${REGION}/queues/${names.queue}` });
  createJobs(world);
}

function topicOf(project: string, name: string): string {
  return `projects/${project}/topics/${name}`;
}

/** What a subscription takes, and how often it tries. */
function deliveryOf(project: string, topic: TopicKey, functionName: string) {
  const filters: Partial<Record<TopicKey, string>> = messaging.filters;
  const filter = filters[topic]?.replace('{function}', functionName);
  const { ackDeadlineSeconds, messageRetentionDuration, minimumBackoff, maximumBackoff, maxDeliveryAttempts } =
    pushOf(topic);
  return {
    topic: topicOf(project, messaging.topics[topic]),
    ackDeadlineSeconds,
    messageRetentionDuration,
    ...(filter !== undefined && { filter }),
    retryPolicy: { minimumBackoff, maximumBackoff },
    deadLetterPolicy: { deadLetterTopic: topicOf(project, names.deadLetters), maxDeliveryAttempts },
    expirationPolicy: {},
  };
}

function createJobs({ cron, project }: World): void {
  const topics: Readonly<Record<string, string>> = messaging.topics;
  for (const [id, { schedule, timeZone, topic, data }] of Object.entries(messaging.jobs)) {
    cron.createJob({
      name: `projects/${project}/locations/${REGION}/jobs/${id}`,
      schedule,
      timeZone,
      pubsubTarget: {
        topicName: topicOf(project, topics[topic] ?? topic),
        data: Buffer.from(data).toString('base64'),
      },
    });
  }
}
