/** A P/D model under the load of a day, scaled by the product: replicas by what they measure, nodes ahead of the replicas. */
import { join } from 'node:path';
import { names } from '../provision.ts';
import type { LocalCloud } from '../local-cloud.ts';
import type { ServiceSummary } from '../traffic/summary.ts';
import { systemTime } from '../world/real-time.ts';
import type { Scenario, Stage } from './scenario.ts';
import { type DayRecord, passDay } from './traffic/day.ts';
import { DecisionReader, phaseOf } from './traffic/decisions.ts';
import { deploy, requestsOf, WARM_UP_MS, watchWithAlerts } from './traffic/deploy.ts';
import { readServiceStory, type ServiceStory } from './traffic/document.ts';
import { makeLook } from './traffic/look.ts';
import { deployedLines, summaryLines, tryLines } from './traffic/view.ts';

export const traffic: Scenario = {
  name: 'traffic',
  summary: 'a prefill/decode model under load: replicas and nodes follow it',
  // Some six thousand looks: nothing but their own time should be waited for.
  speed: 'max',
  // The build is over at about the quietest hour of the curve.
  beginsAtHour: 2,
  begin: () => () => [],
  goOn,
};

async function goOn(cloud: LocalCloud, stage: Stage): Promise<boolean> {
  const { world, clusters } = cloud;
  const { screen, root, hours, seed, trace } = stage;
  const story = readServiceStory(join(root, 'manifests/examples/model-service-pd.yaml'));
  const api = clusters.apiOf(stage.cluster);
  if (api === undefined || story.cluster !== stage.cluster) {
    screen.say(`The model is for cluster ${story.cluster}, and ${stage.cluster} was built: use the sample document.`);
    return false;
  }
  const location = stage.location.split('/').at(-1) ?? '';
  // The day begins when everything is published, however long that takes outside.
  const release = world.clock.hold();
  const startMs = world.clock.nowMs() + WARM_UP_MS;
  const { requests, endMs } = requestsOf({ startMs, hours, seed, ...(trace !== undefined && { trace }) });
  const served = deploy({ world, api, location }, story, requests);
  watchWithAlerts(world, story, { root, location, topic: names.alerts });
  for (const line of deployedLines(story, endMs - startMs)) screen.say(line);
  const published = await stage.cli(['apply', '-f', story.file]).finally(release);
  if (published !== 0) return false;

  const statusUrl = cloud.urlOf('status');
  const began = systemTime.nowMs();
  const look = makeLook({ world, api, served, story });
  const reader = new DecisionReader(statusUrl, [story.target, `pool/${story.cluster}/${story.nodePool}`]);
  const day = await passDay({ world, look, reader, screen, startMs, endMs });
  served.becomeRoutine();
  tell(day, { ...stage, world, story, realSeconds: (systemTime.nowMs() - began) / 1000 });
  return await isWell(day.last.model, { screen, statusUrl, target: story.target });
}

interface Told extends Pick<LocalCloud, 'world'>, Pick<Stage, 'screen' | 'goesOn' | 'trace'> {
  readonly story: ServiceStory;
  readonly realSeconds: number;
}

function tell({ last, bill, changes }: DayRecord, { world, screen, story, goesOn, trace, realSeconds }: Told): void {
  const { deadLettered: deadLetters } = world.pubsub.counts;
  screen.say('');
  const day = { story, model: last.model, bill, changes, deadLetters, realSeconds };
  for (const line of [...summaryLines(day), ...(goesOn ? tryLines(story, trace !== undefined) : [])]) screen.say(line);
}

/** Every request was answered, and the product itself does not call the target failed. */
async function isWell(
  { lostRequests, refusedRequests }: ServiceSummary,
  { screen, statusUrl, target }: Pick<Stage, 'screen'> & { readonly statusUrl: string; readonly target: string },
): Promise<boolean> {
  const { phase = 'unknown', reason = '' } = (await phaseOf(statusUrl, target)) ?? {};
  if (phase === 'failed') screen.say(`${target} has failed: ${reason}`);
  return phase !== 'failed' && lostRequests + refusedRequests === 0;
}
