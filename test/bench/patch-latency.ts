/** Alert published → patch accepted by the cluster's API server: intake, wake, look, decision, PUT, all over the wires, functions warm. */
import { names } from '../../emulator/provision.ts';
import { systemTime } from '../../emulator/world/real-time.ts';
import type { Say } from './part.ts';
import { quantile, type Row, round } from './row.ts';
import type { StandingModel } from './standing-clusters.ts';
import { type StandingFleet, startStandingFleet } from './standing-fleet.ts';

const CLUSTERS = 2;
const MODELS_PER_CLUSTER = 80;
/** Looks of a process that is not warm yet; not counted. */
const WARM_UP = 30;

/** Issue "An alert scales a running llm-d deployment and its node pool", proof; ms. */
const MAX_P50_MS = 50;
const MAX_P99_MS = 200;

export async function patchLatencyRows(say: Say): Promise<readonly Row[]> {
  const fleet = await startStandingFleet({ clusters: CLUSTERS, modelsPerCluster: MODELS_PER_CLUSTER });
  // Each model is measured once: its alert finds a look that is long ago.
  await fleet.settle();
  say(`${fleet.models.length} models stand`);
  const times: number[] = [];
  for (const model of fleet.models) times.push(await alertToPatch(fleet, model));
  await fleet.cloud.stop();
  const warm = times.slice(WARM_UP);
  return [
    row(`p50 of ${warm.length}`, quantile(warm, 0.5), MAX_P50_MS),
    row(`p99 of ${warm.length}`, quantile(warm, 0.99), MAX_P99_MS),
  ];
}

function row(which: string, value: number, target: number): Row {
  return { name: `alert published to patch accepted, ${which}`, value: round(value), unit: 'ms', target };
}

async function alertToPatch(fleet: StandingFleet, model: StandingModel): Promise<number> {
  const { world } = fleet.cloud;
  fleet.setQueue(model, 3);
  const { promise, resolve } = Promise.withResolvers<number>();
  world.journal.onEntry = ({ service, resource }) => {
    if (service === 'kubernetes' && resource.includes(`/deployments/${model.name}/scale`)) resolve(systemTime.nowMs());
  };
  const beganMs = systemTime.nowMs();
  publishAlert(fleet, model);
  world.clock.start();
  const patchedMs = await promise;
  world.clock.stop();
  await fleet.cloud.untilQuiet();
  return patchedMs - beganMs;
}

/** A notification of Cloud Monitoring, schema 1.2. */
export function publishAlert({ cloud }: StandingFleet, { cluster, name }: StandingModel, incident = name): void {
  const notification = {
    version: '1.2',
    incident: {
      incident_id: `${cluster}-${incident}`,
      state: 'open',
      policy_name: 'queue',
      policy_user_labels: { fleet_cluster: cluster, fleet_namespace: 'serving', fleet_model: name },
    },
  };
  const data = Buffer.from(JSON.stringify(notification)).toString('base64');
  cloud.world.pubsub.publish(`projects/demo/topics/${names.alerts}`, [{ data }]);
}
