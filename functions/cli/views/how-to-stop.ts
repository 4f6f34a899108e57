/** The fifth answer of D14, in the one place that every command takes it from. Pure. */
import type { TargetRow } from '../status-answers.ts';

/** Where topics, subscriptions and queue are. */
export interface Place {
  readonly project: string;
  /** Of the queue; absent: the context does not say. */
  readonly region?: string;
  /** What points gcloud at the deployment first; absent: it goes there by itself. */
  readonly setUp?: string;
}

/**
 * What a person types to hold an automation back. Names are the deployment's defaults: subscription `inference-fleet-<automation>`,
 * queue `inference-fleet-timers`. Sources: Google Cloud CLI reference, `gcloud tasks
 * queues pause` (the location is needed unless the project has an App Engine app); Pub/Sub REST reference, `modifyPushConfig` (an
 * empty configuration stops pushing, messages are kept).
 */
export function howToStop(
  row: Pick<TargetRow, 'target' | 'controls'>,
  automation: string,
  { place: { project, region, setUp }, program }: { readonly place: Place; readonly program: string },
): readonly string[] {
  const unknownRegion = region === undefined ? ', with REGION where it is deployed' : '';
  const after = setUp === undefined ? '' : `, after ${setUp}`;
  return [
    pauseOrResume(row, program),
    `Nothing deletes anything by itself. To keep the automation from looking at all${unknownRegion}${after}:`,
    `  gcloud tasks queues pause inference-fleet-timers --location=${region ?? 'REGION'} --project=${project}`,
    `  gcloud pubsub subscriptions modify-push-config inference-fleet-${automation} --push-endpoint= --project=${project}`,
    'Timers and messages are kept meanwhile. An operation that already runs at GKE ends by itself.',
  ];
}

/** `program`: how the user calls us. What is stopped already is asked about by whoever wants it to go on. */
function pauseOrResume({ target, controls }: Pick<TargetRow, 'target' | 'controls'>, program: string): string {
  const [pauseIt, pauseAll] = [`${program} pause ${target}`, `${program} pause --all`];
  const [resumeIt, resumeAll] = [`${program} resume ${target}`, `${program} resume --all`];
  const scope = controls?.pause?.scope;
  if (scope === undefined) {
    return `${pauseIt} stops every change to it, ${pauseAll} every change to anything; resume ends either.`;
  }
  if (scope === 'target')
    return `It is stopped: ${resumeIt} lets it go on. ${pauseAll} stops every change to anything.`;
  if (controls?.ownPause === undefined) {
    return `It is stopped with everything else: ${resumeAll} lets everything go on. ${pauseIt} keeps it stopped then.`;
  }
  return `It is stopped twice, by itself and with everything else: it goes on after both ${resumeAll} and ${resumeIt}.`;
}
