import { parseArgs } from 'node:util';
import { scenarios } from './scenarios/index.ts';
import type { Speed } from './world/clock.ts';

export interface StartOptions {
  readonly help: boolean;
  readonly once: boolean;
  readonly speed: Speed;
  readonly document: string;
  readonly scenario: string;
  readonly port: number;
  readonly seed: string;
  readonly verbose: boolean;
  /** How long a story that goes on after the build lasts, world hours. */
  readonly hours: number;
  /** File with recorded requests. */
  readonly trace?: string;
  /** HOST:PORT of Google's Firestore emulator, which is to hold the ledger. */
  readonly firestore?: string;
  /** What clusters run on. */
  readonly kubernetes: 'emulated' | 'real';
}

export type ParsedOptions =
  | { readonly ok: true; readonly options: StartOptions }
  | { readonly ok: false; readonly message: string };

/** World seconds per real second in idle gaps: an hour's build passes within a minute. */
const DEFAULT_SPEED = 150;

const DEFAULT_PORT = 8085;

const DEFAULT_HOURS = 24;

export function parseOptions(argv: readonly string[], sampleDocument: string): ParsedOptions {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags, allowPositionals: false });
    const speed = speedOf(values);
    const port = Number(values.port);
    const hours = Number(values.hours ?? DEFAULT_HOURS);
    const document = values.document ?? sampleDocument;
    const kubernetes = kubernetesOf(values);
    const options = { ...values, speed, port, hours, document, kubernetes };
    const problem =
      checkSpeed(speed, values.speed) ??
      checkPort(port, values.port) ??
      checkHours(hours, values.hours) ??
      checkScenario(values.scenario) ??
      checkLasting(values) ??
      checkFirestore(values.firestore) ??
      checkKubernetes(values);
    return problem === undefined ? { ok: true, options } : { ok: false, message: problem };
  } catch (thrown) {
    // parseArgs says which flag it does not know or which value is missing.
    return { ok: false, message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function speedOf({ speed, scenario }: { readonly speed?: string; readonly scenario: string }): Speed {
  if (speed === undefined) return scenarios.find(({ name }) => name === scenario)?.speed ?? DEFAULT_SPEED;
  return speed === 'max' ? 'max' : Number(speed);
}

function checkSpeed(speed: Speed, text = ''): string | undefined {
  if (speed === 'max' || speed >= 1) return undefined;
  return `--speed ${text}: must be a number of at least 1, or max`;
}

/** Two more ports follow the first. */
function checkPort(port: number, text: string): string | undefined {
  if (Number.isInteger(port) && port >= 0 && port <= 65_533) return undefined;
  return `--port ${text}: must be 0..65533`;
}

/** A week is the longest that anybody has tried. */
const MAX_HOURS = 168;

function checkHours(hours: number, text = ''): string | undefined {
  if (hours > 0 && hours <= MAX_HOURS) return undefined;
  return `--hours ${text}: must be more than 0 and at most ${MAX_HOURS}`;
}

function checkScenario(name: string): string | undefined {
  if (scenarios.some((scenario) => scenario.name === name)) return undefined;
  return `--scenario ${name}: must be one of ${scenarios.map((scenario) => scenario.name).join(', ')}`;
}

/** Options of the stories that go on after the build, refused where they would do nothing. */
function checkLasting(values: {
  readonly scenario: string;
  readonly hours?: string;
  readonly trace?: string;
}): string | undefined {
  const lasting = scenarios.filter(({ goOn }) => goOn !== undefined).map(({ name }) => name);
  const given = (['hours', 'trace'] as const).find((option) => values[option] !== undefined);
  if (given === undefined || lasting.includes(values.scenario)) return undefined;
  return `--${given} ${values[given] ?? ''}: only with --scenario ${lasting.join(' or ')}, not with ${values.scenario}`;
}

function checkFirestore(host: string | undefined): string | undefined {
  const port = /^[\w.-]+:(\d+)$/.exec(host ?? '')?.[1];
  if (host === undefined || (port !== undefined && Number(port) >= 1 && Number(port) <= 65_535)) return undefined;
  return `--firestore ${host}: must be HOST:PORT, as npm run emulators prints it (FIRESTORE_EMULATOR_HOST)`;
}

function kubernetesOf({ kubernetes }: { readonly kubernetes: string }): StartOptions['kubernetes'] {
  return kubernetes === 'real' ? 'real' : 'emulated';
}

/** Stories that go on after the build look into the clusters, and what their pods answer is of this world. */
function checkKubernetes({ kubernetes, scenario }: { readonly kubernetes: string; readonly scenario: string }) {
  if (kubernetes !== 'real' && kubernetes !== 'emulated') return `--kubernetes ${kubernetes}: must be emulated or real`;
  const goesOn = scenarios.some(({ name, goOn }) => name === scenario && goOn !== undefined);
  return kubernetes === 'real' && goesOn ? `--kubernetes real: not with --scenario ${scenario}` : undefined;
}

const flags = {
  help: { type: 'boolean', short: 'h', default: false },
  once: { type: 'boolean', default: false },
  verbose: { type: 'boolean', short: 'v', default: false },
  speed: { type: 'string' },
  document: { type: 'string' },
  scenario: { type: 'string', default: 'build' },
  port: { type: 'string', default: String(DEFAULT_PORT) },
  seed: { type: 'string', default: 'inference-fleet' },
  hours: { type: 'string' },
  trace: { type: 'string' },
  firestore: { type: 'string' },
  kubernetes: { type: 'string', default: 'emulated' },
} as const;

export function usage(): string {
  const stories = scenarios.map(({ name, summary }) => `                     ${name.padEnd(11)} ${summary}`).join('\n');
  return `npm start -- [options]

  --once             end when the story has ended
  --speed N|max      world seconds per real second while nothing is in flight (default ${DEFAULT_SPEED}; traffic: max);
                     max jumps from event to event
  --document FILE    the document to publish (default: manifests/examples/a3-ultra.yaml)
  --scenario NAME    what happens meanwhile (default build)
${stories}
  --port N           HTTP port; gRPC is on N+1, the Kubernetes API on N+2 (default ${DEFAULT_PORT}; 0: free ports)
  --seed TEXT        of everything random in the world
  --hours N          traffic: how long it lasts, world time (default ${DEFAULT_HOURS})
  --trace FILE       traffic: recorded requests instead of the daily curve (CSV: t_s, input_tokens, output_tokens)
  --firestore H:P    keep the ledger in Google's Firestore emulator there (npm run emulators), not in a SQLite file
  --kubernetes KIND  what clusters run on: emulated (default), or real: etcd and Kubernetes themselves, which
                     npm run control-plane builds once; not for the stories that go on after the build
  --verbose          show the log lines of the functions

Exit codes: 0 it went well, 1 it did not or could not start, 2 an option or the document is wrong, 3 the status could not be read
any more (e.g. since the ledger does not answer).
`;
}
