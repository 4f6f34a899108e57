/** The fifth answer of D14, in the one place that every command takes it from. Pure. */

/**
 * What a person types to hold an automation back. Names are the deployment's defaults: subscription `inference-fleet-<automation>`,
 * queue `inference-fleet-timers`; the context does not know the queue's region. Sources: Google Cloud CLI reference, `gcloud tasks
 * queues pause` (the location is needed unless the project has an App Engine app); Pub/Sub REST reference, `modifyPushConfig` (an
 * empty configuration stops pushing, messages are kept).
 */
export function howToStop(target: string, automation: string, project: string): readonly string[] {
  return [
    `inferctl pause ${target} stops every change to it, inferctl pause --all every change to anything; resume ends either.`,
    'Nothing deletes anything by itself. To keep the automation from looking at all, with REGION where it is deployed:',
    `  gcloud tasks queues pause inference-fleet-timers --location=REGION --project=${project}`,
    `  gcloud pubsub subscriptions modify-push-config inference-fleet-${automation} --push-endpoint= --project=${project}`,
    'Timers and messages are kept meanwhile. An operation that already runs at GKE ends by itself.',
  ];
}
