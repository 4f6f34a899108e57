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
}

export type ParsedOptions =
  | { readonly ok: true; readonly options: StartOptions }
  | { readonly ok: false; readonly message: string };

/** World seconds per real second in idle gaps: an hour's build passes within a minute. */
const DEFAULT_SPEED = 150;

const DEFAULT_PORT = 8085;

export function parseOptions(argv: readonly string[], sampleDocument: string): ParsedOptions {
  try {
    const { values } = parseArgs({ args: [...argv], options: flags, allowPositionals: false });
    const speed: Speed = values.speed === 'max' ? 'max' : Number(values.speed);
    const port = Number(values.port);
    const document = values.document ?? sampleDocument;
    const options = { ...values, speed, port, document };
    const problem = checkSpeed(speed, values.speed) ?? checkPort(port, values.port) ?? checkScenario(values.scenario);
    return problem === undefined ? { ok: true, options } : { ok: false, message: problem };
  } catch (thrown) {
    // parseArgs says which flag it does not know or which value is missing.
    return { ok: false, message: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

function checkSpeed(speed: Speed, text: string): string | undefined {
  if (speed === 'max' || speed >= 1) return undefined;
  return `--speed ${text}: must be a number of at least 1, or max`;
}

/** Two more ports follow the first. */
function checkPort(port: number, text: string): string | undefined {
  if (Number.isInteger(port) && port >= 0 && port <= 65_533) return undefined;
  return `--port ${text}: must be 0..65533`;
}

function checkScenario(name: string): string | undefined {
  if (scenarios.some((scenario) => scenario.name === name)) return undefined;
  return `--scenario ${name}: must be one of ${scenarios.map((scenario) => scenario.name).join(', ')}`;
}

const flags = {
  help: { type: 'boolean', short: 'h', default: false },
  once: { type: 'boolean', default: false },
  verbose: { type: 'boolean', short: 'v', default: false },
  speed: { type: 'string', default: String(DEFAULT_SPEED) },
  document: { type: 'string' },
  scenario: { type: 'string', default: 'build' },
  port: { type: 'string', default: String(DEFAULT_PORT) },
  seed: { type: 'string', default: 'inference-fleet' },
} as const;

export function usage(): string {
  const stories = scenarios.map(({ name, summary }) => `                     ${name.padEnd(11)} ${summary}`).join('\n');
  return `npm start -- [options]

  --once             end when the build has ended: exit code 0 if it stands, 1 if not
  --speed N|max      world seconds per real second while nothing is in flight (default ${DEFAULT_SPEED});
                     max jumps from event to event
  --document FILE    the document to publish (default: manifests/examples/a3-ultra.yaml)
  --scenario NAME    what happens meanwhile (default build)
${stories}
  --port N           HTTP port; gRPC is on N+1, the Kubernetes API on N+2 (default ${DEFAULT_PORT}; 0: free ports)
  --seed TEXT        of everything random in the world
  --verbose          show the log lines of the functions
`;
}
