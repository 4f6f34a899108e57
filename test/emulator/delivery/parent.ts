/** A local cloud in small, to be ended from outside: it starts the functions and waits. */
import { FunctionsProcess } from '../../../emulator/delivery/functions-process.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';

const functions = new FunctionsProcess({
  entry: new URL('child.ts', import.meta.url).pathname,
  env: { NOTIFY_PORT: process.env['NOTIFY_PORT'] ?? '' },
  clock: new WorldClock({ startMs: 0, speed: 'max' }),
  onLine: () => {},
});
await functions.start();
if (process.env['END'] === 'throw') throw new Error('an uncaught error');
process.stdout.write('ready\n');
