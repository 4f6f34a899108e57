/**
 * `npm run emulators`: Google's own emulators of Pub/Sub and Firestore, started by firebase-tools, offline. They are no part of the
 * local cloud; the second tier of the tests holds it against them.
 */
import { parseArgs } from 'node:util';
import { CannotStart } from '../claims.ts';
import { PROJECT } from './launch-folder.ts';
import { type GoogleEmulator, googleEmulators } from './programs.ts';
import { startSuite, type Suite } from './suite.ts';

/** Beside the local cloud's ports (8085 to 8087), which may run at the same time. */
const DEFAULT_PORT = 8185;

const usage = `npm run emulators -- [options]

  --only NAMES   pubsub, firestore or both (default: pubsub,firestore)
  --port N       port of the first one, the second has the next (default ${DEFAULT_PORT}; 0: free ports)
`;

async function main(argv: readonly string[]): Promise<number> {
  try {
    const { help, only, port } = parseOptions(argv);
    if (help) say(usage);
    else await run(only, port);
    return 0;
  } catch (thrown) {
    if (!(thrown instanceof CannotStart)) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    return thrown.exitCode;
  }
}

async function run(only: readonly GoogleEmulator[], port: number): Promise<void> {
  const interrupted = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  const suite = await startSuite({ only, port, env: process.env });
  try {
    const isReady = await Promise.race([suite.ready.then(() => true), interrupted.then(() => false)]);
    if (!isReady) return;
    describe(suite);
    const said = await Promise.race([suite.ended, interrupted.then(() => undefined)]);
    if (said !== undefined) throw new CannotStart(`Google’s emulators have ended; firebase-tools said\n${said}`);
  } finally {
    await suite.stop();
  }
}

function describe({ variables }: Suite): void {
  say(`Google’s emulators are running (firebase-tools, project ${PROJECT}, offline). For their clients:\n`);
  for (const [name, host] of Object.entries(variables)) say(`  export ${name}='${host}'`);
  say('\nTheir data is in memory. Press Ctrl-C to end them.');
}

function parseOptions(argv: readonly string[]) {
  const { values } = parse(argv);
  const only = values.only.split(',');
  const unknown = only.find((name) => !googleEmulators.some((emulator) => emulator === name));
  if (unknown !== undefined) throw wrong(`--only ${values.only || '""'}: must be of ${googleEmulators.join(', ')}`);
  const port = Number(values.port);
  const valid = /^\d+$/.test(values.port) && port <= 65_534;
  if (!valid) throw wrong(`--port ${values.port || '""'}: must be 0..65534`);
  return { help: values.help, only: googleEmulators.filter((emulator) => only.includes(emulator)), port };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        only: { type: 'string', default: googleEmulators.join(',') },
        port: { type: 'string', default: String(DEFAULT_PORT) },
      },
    });
  } catch (thrown) {
    // parseArgs says which option it does not know.
    throw wrong(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const wrong = (what: string) => new CannotStart(`${what} (npm run emulators -- --help lists the options)`, 2);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main(process.argv.slice(2));
// A client's open connection must not keep the process.
process.exit();
