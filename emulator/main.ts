/** `npm start`: the local cloud, one document published into it, the build shown live, and the story that goes on from there. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type Inferctl, inferctl } from './inferctl.ts';
import { writeLocalContext } from './local-context.ts';
import { type LocalCloud, startLocalCloud } from './local-cloud.ts';
import { parseOptions, type StartOptions, usage } from './options.ts';
import { scenarios } from './scenarios/index.ts';
import type { Scenario, Story } from './scenarios/scenario.ts';
import { makeScreen } from './screen.ts';

const root = new URL('..', import.meta.url).pathname;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseOptions(argv, join(root, 'manifests/examples/a3-ultra.yaml'));
  if (!parsed.ok) {
    process.stderr.write(`${parsed.message}\n\n${usage()}`);
    return 2;
  }
  if (parsed.options.help) {
    process.stdout.write(usage());
    return 0;
  }
  const missing = [parsed.options.document, parsed.options.trace].find(
    (file) => file !== undefined && !existsSync(file),
  );
  if (missing !== undefined) {
    // Said before a cluster is built for half a minute.
    process.stderr.write(`${missing}: there is no such file\n`);
    return 2;
  }
  return await run(parsed.options);
}

async function run(options: StartOptions): Promise<number> {
  const story = readStory(options.document);
  const scenario = scenarios.find(({ name }) => name === options.scenario) ?? scenarios[0];
  if (scenario === undefined) throw new Error('starting: there is no scenario');
  const home = process.env['INFERCTL_HOME'] ?? join(homedir(), '.config', 'inference-fleet');
  const cloud = await startLocalCloud({
    port: options.port,
    speed: options.speed,
    seed: options.seed,
    project: story.project,
    startMs: startOf(scenario),
    home: join(home, 'local'),
    functionsEntry: join(root, 'functions/server.ts'),
    onFunctionLine: ({ text }) => (options.verbose ? process.stderr.write(`${text}\n`) : undefined),
    onBug: (error) => process.stderr.write(`local cloud: ${error.stack ?? error.message}\n`),
  });
  writeLocalContext(home, cloud, story);
  say(`Local cloud: ${cloud.addresses.http} (scenario ${scenario.name}: ${scenario.summary}; speed ${options.speed})`);

  const cli = inferctl(root, home);
  const place = { cluster: story.name, location: `projects/${story.project}/locations/${story.region}` };
  const { published, ended } = await tellStory({ cloud, scenario, options, cli }, place);
  for (const call of cloud.strayCalls) say(`The functions called after their response: ${call}`);
  if (!options.once && published === 0) {
    say('The local cloud keeps running; press Ctrl-C to end it.');
    await interrupted();
  }
  await cloud.stop();
  return cloud.strayCalls.length > 0 ? 1 : ended;
}

interface StoryParts {
  readonly cloud: LocalCloud;
  readonly scenario: Scenario;
  readonly options: StartOptions;
  readonly cli: Inferctl;
}

/** Exit codes: of publishing the document, and of the whole story. */
async function tellStory(
  { cloud, scenario, options, cli }: StoryParts,
  place: Story,
): Promise<{ readonly published: number; readonly ended: number }> {
  const tell = scenario.begin(cloud, place);
  const published = await cli(['apply', '-f', options.document]);
  if (published !== 0) return { published, ended: published };
  const built = await cli(['get', `cluster/${place.cluster}`, '-w', '--until-ended']);
  for (const line of tell()) say(line);
  if (built !== 0 || scenario.goOn === undefined) return { published, ended: built };
  const { hours, trace, seed } = options;
  const screen = makeScreen(process.stdout);
  const isWell = await scenario.goOn(cloud, {
    ...place,
    root,
    hours,
    seed,
    screen,
    cli,
    ...(trace !== undefined && { trace }),
  });
  return { published, ended: isWell ? 0 : 1 };
}

/** World time at which a story begins: now, or an hour of today. */
function startOf({ beginsAtHour }: Scenario): number {
  const nowMs = Math.round(performance.timeOrigin + performance.now());
  return beginsAtHour === undefined ? nowMs : nowMs - (nowMs % DAY_MS) + beginsAtHour * HOUR_MS;
}

interface DocumentStory {
  readonly name: string;
  readonly project: string;
  readonly region: string;
}

/** What the local cloud itself must know of the document; whether it is valid is for `inferctl apply` to say. */
function readStory(file: string): DocumentStory {
  const document: unknown = parse(readFileSync(file, 'utf8'));
  const text = (value: unknown, fallback: string) => (typeof value === 'string' ? value : fallback);
  const field = (value: unknown, key: string): unknown =>
    typeof value === 'object' && value !== null ? Object.entries(value).find(([name]) => name === key)?.[1] : undefined;
  const spec = field(document, 'spec');
  return {
    name: text(field(field(document, 'metadata'), 'name'), 'demo'),
    project: text(field(spec, 'project'), 'demo'),
    region: text(field(spec, 'region'), 'us-central1'),
  };
}

function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

process.exitCode = await main(process.argv.slice(2));
// Sockets of clients that are still connected must not keep the process.
process.exit();
