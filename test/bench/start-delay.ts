/** How long a step of a build waits for its look, and the whole build, in one process on the jumping clock: in world time. */
import { startDelays } from '../scenarios/start-delays.ts';
import { makeFleet } from '../support/fleet.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { type Row, round } from './row.ts';

/** Issue "One published message builds an RDMA GKE cluster"; world seconds. */
const MAX_START_DELAY_SECONDS = 30;

export async function startDelayRows(): Promise<readonly Row[]> {
  const fleet = makeFleet();
  const publishedAtMs = fleet.world.clock.nowMs();
  fleet.publish(makeClusterDocument());
  await fleet.runUntil('cluster/demo', ['ready', 'failed', 'holding']);
  const delays = await startDelays(fleet, publishedAtMs);
  const largest = Math.max(...delays.map(({ delaySeconds }) => delaySeconds));
  const buildSeconds = (fleet.world.clock.nowMs() - publishedAtMs) / 1000;
  return [
    {
      name: 'largest start delay of a step',
      value: round(largest),
      unit: 's of world time',
      target: MAX_START_DELAY_SECONDS,
      holdsRun: true,
    },
    { name: 'whole build, published to ready', value: round(buildSeconds / 60), unit: 'min of world time' },
  ];
}
