/** What stands in the cluster before anything scales it: kinds, objects, a served model, and alerts about it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chatLengths, dailyStream, type RequestStream } from '../../../shared/simulation/arrivals.ts';
import { profileOf } from '../../../shared/simulation/performance.ts';
import { traceStream } from '../../../shared/simulation/trace.ts';
import { installServingKinds } from '../../controllers/serving-definitions.ts';
import type { KubernetesApi } from '../../kubernetes/api.ts';
import { KubernetesClient } from '../../kubernetes/client.ts';
import { textAt } from '../../kubernetes/objects.ts';
import { ServedModel } from '../../traffic/served-model.ts';
import { kvOverRdma } from '../../traffic/service.ts';
import { prefillDecodeObjects, servedPicker, servedRole } from '../../traffic/serving-fixture.ts';
import type { World } from '../../world/world.ts';
import type { ServiceStory } from './document.ts';

/** When requests begin after the objects were made: the first replicas pull their image and load the model before anybody asks. */
export const WARM_UP_MS = 10 * 60_000;

const HOUR_MS = 3_600_000;

export interface Traffic {
  /** World time of the first request. */
  readonly startMs: number;
  readonly hours: number;
  readonly seed: string;
  /** CSV file with requests. */
  readonly trace?: string;
}

/**
 * An assistant that reads documents and thinks aloud: prompts eight times as long as those of the published chat trace (see
 * `chatLengths`), answers six times. Assumed. At the peaks some 7 requests a second, at night 1: prefill is short of time then, and
 * decode of KV cache.
 */
const daily = {
  meanRequestsPerSecond: 4.2,
  swing: 0.75,
  prompt: { ...chatLengths.prompt, median: 8 * chatLengths.prompt.median, max: 32_000 },
  output: { median: 6 * chatLengths.output.median, sigma: 0.8, max: 4_000 },
} as const;

/** The load of a story, and when the story ends. A cloud that keeps running has requests after that, too; recorded ones to their end. */
export function requestsOf({ startMs, hours, seed, trace }: Traffic): {
  readonly requests: RequestStream;
  readonly endMs: number;
} {
  const endMs = startMs + hours * HOUR_MS;
  if (trace === undefined) return { requests: dailyStream({ ...daily, seed, startMs }), endMs };
  const recorded = traceStream(readFileSync(trace, 'utf8'), { startMs });
  return { requests: recorded, endMs: Math.min(endMs, recorded.endMs) };
}

/** As a person would have deployed the model: both roles at their smallest. */
export function deploy(
  parts: { readonly world: World; readonly api: KubernetesApi; readonly location: string },
  story: ServiceStory,
  requests: RequestStream,
): ServedModel {
  const { api, world, location } = parts;
  const { name, namespace, sizes, gpusPerReplica: gpusPerPod } = story;
  installServingKinds(api);
  const deployer = new KubernetesClient(api, 'deployer');
  const replicas = { prefill: sizes.prefill.min, decode: sizes.decode.min };
  for (const object of prefillDecodeObjects({ name, namespace, replicas, gpusPerPod })) deployer.apply(object);
  const performance = profileOf('llama70bH200x2');
  return new ServedModel({
    api,
    clock: world.clock,
    monitoring: world.monitoring,
    service: {
      cluster: story.cluster,
      location,
      namespace,
      servedModelName: story.servedModelName,
      roles: [servedRole(name, 'prefill', performance), servedRole(name, 'decode', performance)],
      endpointPicker: servedPicker(name, true),
      objectives: story.objectives,
      kvTransfer: kvOverRdma,
      requests,
    },
  });
}

/** The form of infra/alerts.json, which holds the alerts of a project. */
interface Alerts {
  readonly evaluationInterval: string;
  readonly autoClose: string;
  readonly conditions: Readonly<
    Record<'queue' | 'held' | 'kv', { readonly displayName: string; readonly duration: string; readonly query: string }>
  >;
  readonly thresholds: Readonly<Record<string, number>>;
  readonly userLabels: Readonly<Record<string, string>>;
}

export interface AlertPlace {
  readonly root: string;
  readonly location: string;
  readonly topic: string;
}

/** One policy for what waits and one for full caches, both told to intake. They are hints: the sizes are decided without them. */
export function watchWithAlerts({ monitoring, project }: World, story: ServiceStory, place: AlertPlace): void {
  const text = readFileSync(join(place.root, 'infra/alerts.json'), 'utf8');
  const { thresholds } = JSON.parse(text) as Alerts; // our own file
  const { cluster, namespace, name, servedModelName } = story;
  const values = { ...thresholds, location: place.location, cluster, namespace, name, servedModelName };
  const alerts = JSON.parse(fill(text, values)) as Alerts; // the same, with its blanks filled in
  const parent = `projects/${project}`;
  const labels = { topic: `${parent}/topics/${place.topic}` };
  const channel = monitoring.channels.create(parent, { type: 'pubsub', displayName: 'inference-fleet', labels });
  const { queue, held, kv } = alerts.conditions;
  for (const [displayName, conditions] of [
    [`${name}: requests wait`, [queue, held]],
    [`${name}: KV cache`, [kv]],
  ] as const) {
    monitoring.policies.create(parent, {
      displayName,
      combiner: 'OR',
      notificationChannels: [textAt(channel, 'name')],
      userLabels: { ...alerts.userLabels },
      alertStrategy: { autoClose: alerts.autoClose },
      conditions: conditions.map(({ displayName: what, duration, query }) => ({
        displayName: what,
        conditionPrometheusQueryLanguage: {
          query,
          duration,
          evaluationInterval: alerts.evaluationInterval,
          // At first nothing has been scraped.
          disableMetricValidation: true,
        },
      })),
    });
  }
}

function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`filling the alert policies: nothing is known of ${name}`);
    return String(value);
  });
}
