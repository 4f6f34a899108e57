/** The fifth answer of D14, in the one place that every command takes it from. Pure. */
import type { Pushes, Target, TargetRow } from '../status-answers.ts';

/** Where topics, subscriptions and queue are. */
export interface Place {
  readonly project: string;
  /** Of the queue; absent: the context does not say. */
  readonly region?: string;
  /** What points gcloud at the deployment first; absent: it goes there by itself. */
  readonly setUp?: string;
}

/**
 * What a person types to hold the automations of a target back, and to let them go on. Names are the deployment's defaults: subscription
 * `inference-fleet-<automation>`, queue `inference-fleet-timers`. Sources: Google Cloud CLI reference, `gcloud tasks queues pause` and
 * `resume` (the location is needed unless the project has an App Engine app), `gcloud pubsub subscriptions modify-push-config`; Pub/Sub
 * REST reference, `modifyPushConfig` (an empty configuration stops pushing, messages are kept; it replaces the whole configuration, so
 * that endpoint, service account and audience have to be given again).
 */
export function howToStop(
  target: Pick<Target, 'target' | 'controls' | 'automations' | 'pushes'>,
  { place, program }: { readonly place: Place; readonly program: string },
): readonly string[] {
  const { region = 'REGION', setUp } = place;
  const unknownRegion = place.region === undefined ? ', with REGION where it is deployed' : '';
  const after = setUp === undefined ? '' : `, after ${setUp}`;
  const queue = (verb: string) =>
    `  gcloud tasks queues ${verb} inference-fleet-timers --location=${region} --project=${place.project}`;
  const pushes = target.automations.map((row) => pushCommands(row.automation, target.pushes, place));
  return [
    pauseOrResume(target, program),
    `Nothing deletes anything by itself. To keep the automation from looking at anything at all${unknownRegion}${after}:`,
    queue('pause'),
    ...pushes.flatMap(({ stop }) => stop),
    'The way back:',
    queue('resume'),
    ...pushes.flatMap(({ resume }) => resume),
    'Timers and messages are kept meanwhile. An operation that already runs at GKE ends by itself.',
  ];
}

/** Stopping forgets where the subscription pushes to and as whom: who does not know it has to ask first. */
function pushCommands(automation: string, pushes: Pushes | undefined, { project }: Place) {
  const subscription = `inference-fleet-${automation}`;
  const modify = `  gcloud pubsub subscriptions modify-push-config ${subscription}`;
  const stop = `${modify} --push-endpoint= --project=${project}`;
  const back = ({ endpoint, serviceAccount }: Pushes[string]) =>
    `${modify} --push-endpoint=${endpoint} --push-auth-service-account=${serviceAccount} --push-auth-token-audience=${endpoint} --project=${project}`;
  const push = pushes?.[automation];
  if (push !== undefined) return { stop: [stop], resume: [back(push)] };
  const ask = `  gcloud pubsub subscriptions describe ${subscription} --format='yaml(pushConfig)' --project=${project}  # note what it says: the next line forgets it`;
  return { stop: [ask, stop], resume: [back({ endpoint: 'ENDPOINT', serviceAccount: 'ACCOUNT' })] };
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
