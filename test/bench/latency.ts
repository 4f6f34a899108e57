/** Publish → first API call of the automation that it wakes, over the wires, with warm functions. */
import { systemTime } from '../../emulator/world/real-time.ts';
import { startCloud } from '../support/local-cloud.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import type { Say } from './part.ts';
import { quantile, type Row, round } from './row.ts';

/** Of so many the second slowest is the p99. */
const PUBLISHES = 100;

export async function latencyRows(say: Say): Promise<readonly Row[]> {
  let onCall = () => {};
  const cloud = await startCloud({ onCall: (call) => (call.includes('/compute/v1/') ? onCall() : undefined) });
  cloud.publish(makeClusterDocument());
  await cloud.untilPhase('cluster/demo', ['ready']);
  say('the cluster stands, the functions are warm');
  const times: number[] = [];
  for (let publish = 0; publish < PUBLISHES; publish++) {
    const { promise, resolve } = Promise.withResolvers<void>();
    onCall = resolve;
    const beganMs = systemTime.nowMs();
    // Other labels each time, so that every message is a new document; the build finds nothing to do.
    cloud.publish(makeClusterDocument({ metadata: { sequence: publish + 2 } }));
    await promise;
    times.push(systemTime.nowMs() - beganMs);
    await cloud.untilQuiet();
  }
  await cloud.stop();
  return [row('p50', 0.5, times), row('p99', 0.99, times)];
}

function row(which: string, ratio: number, times: readonly number[]): Row {
  return {
    name: `publish to first API call, ${which} of ${times.length}`,
    value: round(quantile(times, ratio)),
    unit: 'ms',
  };
}
