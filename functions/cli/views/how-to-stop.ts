/** The fifth answer of D14, in the one place that every command takes it from. Pure. */

/**
 * What a person types to hold an automation back. Names are the deployment's defaults: subscription `inference-fleet-<automation>`,
 * queue `inference-fleet-timers`; the context does not know the queue's region. Sources: Google Cloud CLI reference, `gcloud tasks
 * queues pause` (the location is needed unless the project has an App Engine app); Pub/Sub REST reference, `modifyPushConfig` (an
 * empty configuration stops pushing, messages are kept).
 */
export function howToStop(automations: readonly string[], project: string): readonly string[] {
  const subscriptions = automations.map(
    (automation) =>
      `  gcloud pubsub subscriptions modify-push-config inference-fleet-${automation} --push-endpoint= --project=${project}`,
  );
  return [
    'Nothing deletes anything by itself. To hold the automation back, with REGION where it is deployed:',
    `  gcloud tasks queues pause inference-fleet-timers --location=REGION --project=${project}`,
    ...subscriptions,
    'Timers and messages are kept meanwhile. An operation that already runs at GKE ends by itself.',
  ];
}
