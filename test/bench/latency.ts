/** Publish → first API call of the automation that it wakes, over the wires, with warm functions. */
import { systemTime } from '../../emulator/world/real-time.ts';
import { startCloud } from '../support/local-cloud.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { quantile, type Row, round } from './row.ts';

const PUBLISHES = 200;

export async function latencyRows(): Promise<readonly Row[]> {
  let onCall = () => {};
  const cloud = await startCloud({ onCall: (call) => (call.includes('/compute/v1/') ? onCall() : undefined) });
  cloud.publish(makeClusterDocument());
  await cloud.untilPhase('cluster/demo', ['ready']);
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
  return [
    { name: 'publish to first API call, p50', value: round(quantile(times, 0.5)), unit: 'ms' },
    { name: 'publish to first API call, p99', value: round(quantile(times, 0.99)), unit: 'ms' },
  ];
}
