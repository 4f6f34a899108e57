/** World time of a cloud whose clock stands still otherwise. */
import { systemTime } from '../../emulator/world/real-time.ts';
import type { CloudUnderTest } from '../support/local-cloud.ts';

export async function runClock(cloud: CloudUnderTest, pollMs: number, isOver: () => boolean): Promise<void> {
  const { clock } = cloud.world;
  clock.start();
  while (!isOver()) await pause(pollMs);
  clock.stop();
  await cloud.untilQuiet();
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => void systemTime.setTimer(delayMs, resolve));
}

export async function pass(cloud: CloudUnderTest, seconds: number): Promise<void> {
  const { clock } = cloud.world;
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.after(seconds * 1000, resolve);
  clock.start();
  await promise;
  clock.stop();
  await cloud.untilQuiet();
}
