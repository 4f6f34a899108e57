import { expect, it } from 'vitest';
import { makeCallWatcher } from '../../../emulator/wires/watched-calls.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';

it('a call of the functions is stray only while nothing is in flight; calls of others never are', () => {
  const clock = new WorldClock({ startMs: 0, speed: 'max' });
  const stray: string[] = [];
  const calls: string[] = [];
  const watcher = makeCallWatcher(clock, { stray, onCall: (call) => void calls.push(call) });

  const release = clock.hold();
  watcher('gl-node/24 inference-fleet/0.1.0', 'during');
  release();
  watcher('gl-node/24 inference-fleet/0.1.0', 'after');
  watcher('inferctl/0.1.0', 'by a person');

  expect(stray).toEqual(['after']);
  expect(calls).toEqual(['during', 'after']);
});
