/** Google's own emulators for the second tier, started as `npm run emulators` starts them, on free ports of this machine. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GoogleEmulator } from '../../emulator/google-emulators/programs.ts';
import { startSuite } from '../../emulator/google-emulators/suite.ts';
import { component } from './components.ts';

export interface RunningGoogleEmulators {
  /** `127.0.0.1:port` of an emulator that was asked for; it is what `PUBSUB_EMULATOR_HOST` and `FIRESTORE_EMULATOR_HOST` expect. */
  readonly host: (emulator: GoogleEmulator) => string;
  /** Ends them; nothing is left running. */
  readonly stop: () => Promise<void>;
}

/** Starts the named ones and comes back when they answer. Each run begins empty: state is in memory. */
export async function startGoogleEmulators(options: {
  readonly only: readonly GoogleEmulator[];
}): Promise<RunningGoogleEmulators> {
  const suite = await startSuite({ only: options.only, port: 0, env: process.env });
  void suite.ended.then((said) => {
    if (said !== undefined)
      process.stderr.write(`Google’s emulators ended by themselves; firebase-tools said\n${said}\n`);
  });
  try {
    await suite.ready;
  } catch (thrown) {
    await suite.stop();
    throw thrown;
  }
  return {
    host: (emulator) => {
      const host = suite.variables[`${emulator.toUpperCase()}_EMULATOR_HOST`];
      if (host === undefined) throw new Error(`asking for the ${emulator} emulator: it was not started`);
      return host;
    },
    stop: suite.stop,
  };
}

/** `Google’s Pub/Sub emulator 0.8.20`: its version stands in the name of its .jar, where the Cloud SDK keeps that. */
export function pubSubEmulatorName(): string {
  const program = component('pubsub-emulator');
  const lib = program === undefined ? undefined : join(dirname(program), '../lib');
  const jars = lib !== undefined && existsSync(lib) ? readdirSync(lib) : [];
  const [version = 'of unknown version'] = jars.flatMap(
    (jar) => /^cloud-pubsub-emulator-([\d.]+)-all/.exec(jar)?.[1] ?? [],
  );
  return `Google’s Pub/Sub emulator ${version}`;
}
