/** Creates in the world what infra/README.md lists for a project: topics, subscriptions, the timers queue, the cron job. */
import type { World } from './world/world.ts';

/** Names of the automation's own resources; the functions' configuration has the same defaults (held equal by a test). */
export const names = {
  requests: 'inference-fleet-requests',
  alerts: 'inference-fleet-alerts',
  wakes: 'inference-fleet-wakes',
  deadLetters: 'inference-fleet-dead-letters',
  queue: 'inference-fleet-timers',
  tick: 'inference-fleet-tick',
} as const;

/** Every automation that has a subscription to the wakes topic. */
export const automations: readonly string[] = ['build-cluster', 'scale-replicas', 'scale-node-pool'];

/** Region of the queue and the functions. */
export const REGION = 'us-central1';

/** Account that Pub/Sub, Cloud Tasks and cron sign their requests as. */
export function invokerEmail(project: string): string {
  return `fleet-invoker@${project}.iam.gserviceaccount.com`;
}

interface PushOptions {
  /** Of the subscription, without the prefix; the function's by default. */
  readonly name?: string;
  readonly filter?: string;
}

/** `urlOf` gives the push endpoint of a function. */
export function provision(world: World, urlOf: (functionName: string) => string): void {
  const { pubsub, tasks, cron, project } = world;
  const topic = (name: string) => `projects/${project}/topics/${name}`;
  for (const name of [names.requests, names.alerts, names.wakes, names.deadLetters])
    pubsub.createTopic({ name: topic(name) });
  const push = (functionName: string, from: string, { name = functionName, filter }: PushOptions = {}) =>
    pubsub.createSubscription({
      name: `projects/${project}/subscriptions/inference-fleet-${name}`,
      topic: topic(from),
      ackDeadlineSeconds: 600,
      ...(filter !== undefined && { filter }),
      pushConfig: {
        pushEndpoint: urlOf(functionName),
        oidcToken: { serviceAccountEmail: invokerEmail(project), audience: urlOf(functionName) },
      },
      // Backoff 10..600 s (D2); ten attempts are about 40 minutes of trying before a message is put aside.
      retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
      deadLetterPolicy: { deadLetterTopic: topic(names.deadLetters), maxDeliveryAttempts: 10 },
      expirationPolicy: {},
    });
  push('intake', names.requests);
  push('intake', names.alerts, { name: 'intake-alerts' });
  for (const automation of automations) {
    push(automation, names.wakes, { filter: `attributes.automation = "${automation}"` });
  }
  // Without a subscription a dead letter would be lost (Pub/Sub documentation, "Dead-letter topics").
  pubsub.createSubscription({
    name: `projects/${project}/subscriptions/${names.deadLetters}`,
    topic: topic(names.deadLetters),
    expirationPolicy: {},
  });
  tasks.createQueue({ name: `projects/${project}/locations/${REGION}/queues/${names.queue}` });
  const url = urlOf('tick');
  cron.createJob({
    name: `projects/${project}/locations/${REGION}/jobs/${names.tick}`,
    schedule: '* * * * *',
    httpTarget: {
      uri: url,
      body: Buffer.from('{}').toString('base64'),
      oidcToken: { serviceAccountEmail: invokerEmail(project), audience: url },
    },
  });
}
