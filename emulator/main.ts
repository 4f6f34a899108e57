/** `npm start`: the local cloud, one document published into it, the build shown live, and the story that goes on from there. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { CannotStart } from './claims.ts';
import { clusterPrograms, whyNotBuilt } from './control-plane/programs.ts';
import { type FirestoreLedger, watchLedger, whyNoFirestore } from './firestore-ledger.ts';
import { ledgerInFirestore } from './functions-environment.ts';
import { type Inferctl, inferctl } from './inferctl.ts';
import { checkTrace, type DocumentStory, readStory } from './inputs.ts';
import { contextLine, readStoredContexts, writeLocalContext } from './local-context.ts';
import { type LocalCloud, startLocalCloud } from './local-cloud.ts';
import { parseOptions, type StartOptions, usage } from './options.ts';
import { scenarios } from './scenarios/index.ts';
import type { Scenario, Story } from './scenarios/scenario.ts';
import { makeScreen } from './screen.ts';

const root = new URL('..', import.meta.url).pathname;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * How long after the last change the world of a cloud that keeps running goes on hurrying. Longer than what the product waits for before
 * it takes a node back (10 min), and short beside an override that is to last for hours.
 */
const CALM_AFTER_MS = 15 * 60_000;

async function main(argv: readonly string[]): Promise<number> {
  const parsed = parseOptions(argv, join(root, 'manifests/examples/a3-ultra.yaml'));
  if (!parsed.ok) {
    process.stderr.write(`${parsed.message} (npm start -- --help lists the options)\n`);
    return 2;
  }
  if (parsed.options.help) {
    process.stdout.write(usage());
    return 0;
  }
  try {
    return await run(parsed.options);
  } catch (thrown) {
    if (!(thrown instanceof CannotStart)) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    return thrown.exitCode;
  }
}

async function run(options: StartOptions): Promise<number> {
  const home = process.env['INFERCTL_HOME'] || join(homedir(), '.config', 'inference-fleet');
  const story = readStory(options.document);
  if (options.trace !== undefined) checkTrace(options.trace);
  readStoredContexts(home);
  if (options.kubernetes === 'real') checkControlPlane();
  const ledger = await findLedger(options);
  const scenario = findScenario(options);
  const cloud = await start(options, { scenario, home, story, ledger });
  const inFile = writeLocalContext(home, cloud, story);
  // Whoever has set the variable here has most likely set it where the next command is typed, too.
  const chosen = process.env['INFERCTL_CONTEXT'] || inFile;
  say(`Local cloud: ${cloud.addresses.http} (scenario ${scenario.name}: ${scenario.summary}; speed ${options.speed})`);
  const watched = ledger && tellOfLedger(ledger);
  say(contextLine(chosen));

  const namesContext = chosen !== 'local';
  const cli = inferctl({
    root,
    home,
    namesContext,
    isPlain: scenario.speaksMeanwhile === true || ledger !== undefined,
  });
  const place = { cluster: story.name, location: `projects/${story.project}/locations/${story.region}` };
  const { published, ended } = await tellStory({ cloud, scenario, options, cli }, place);
  for (const call of cloud.strayCalls) say(`The functions called after their response: ${call}`);
  if (options.once) say(lastLine(ended));
  else if (published === 0) {
    cloud.world.clock.restWhenCalm(CALM_AFTER_MS);
    say('The local cloud keeps running; press Ctrl-C to end it.');
    await interrupted();
  }
  watched?.();
  await cloud.stop();
  return cloud.strayCalls.length > 0 ? 1 : ended;
}

function findScenario(options: StartOptions): Scenario {
  const scenario = scenarios.find(({ name }) => name === options.scenario) ?? scenarios[0];
  if (scenario === undefined) throw new Error('starting: there is no scenario');
  return scenario;
}

/** Whoever has seen it fail wants to know why, not how to go on. */
function lastLine(ended: number): string {
  const more = ended === 0 ? '; without --once it keeps running, for inferctl and kubectl' : '';
  return `The local cloud ends here (--once)${more}.`;
}

interface StartParts {
  readonly scenario: Scenario;
  readonly home: string;
  readonly story: DocumentStory;
  /** Undefined: a SQLite file. */
  readonly ledger: FirestoreLedger | undefined;
}

function start(options: StartOptions, { scenario, home, story, ledger }: StartParts): Promise<LocalCloud> {
  return startLocalCloud({
    port: options.port,
    speed: options.speed,
    seed: options.seed,
    project: story.project,
    realKubernetes: options.kubernetes === 'real',
    startMs: startOf(scenario),
    home: join(home, 'local'),
    functionsEntry: join(root, 'functions/server.ts'),
    ...(ledger !== undefined && { functionsEnvironment: ledgerInFirestore(ledger) }),
    onFunctionLine: ({ text }) => (options.verbose ? process.stderr.write(`${text}\n`) : undefined),
    onBug: (error) => process.stderr.write(`local cloud: ${error.stack ?? error.message}\n`),
  });
}

/** Not built on the way: it takes minutes, and needs what nothing else here does. */
function checkControlPlane(): void {
  const missing = whyNotBuilt(clusterPrograms);
  if (missing !== undefined) throw new CannotStart(`--kubernetes real: ${missing}`);
}

/** Without one each message would be tried in vain until it is put aside. */
async function findLedger({ firestore: host }: StartOptions): Promise<FirestoreLedger | undefined> {
  if (host === undefined) return undefined;
  const why = await whyNoFirestore(host);
  if (why !== undefined) {
    throw new CannotStart(
      `--firestore ${host}: no Firestore answers there (${why}); npm run emulators starts one, and prints where it is`,
    );
  }
  return { host, database: `local-${Math.floor(performance.timeOrigin)}` };
}

/** Returns what ends the watch over it. */
function tellOfLedger(ledger: FirestoreLedger): () => void {
  say(`Ledger: Firestore at ${ledger.host}, database ${ledger.database}`);
  return watchLedger(ledger, say);
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
  // Nobody can type what is suggested to a cloud that ends with the story.
  const hints = options.once ? ['--no-hints'] : [];
  const tell = scenario.begin(cloud, place, say);
  const published = await cli(['apply', '-f', options.document, ...hints]);
  if (published !== 0) return { published, ended: published };
  const built = await cli(['get', `cluster/${place.cluster}`, '-w', '--until-ended', '-f', options.document, ...hints]);
  for (const line of tell()) say(line);
  if (built !== 0 || scenario.goOn === undefined) return { published, ended: built };
  const { hours, trace, seed } = options;
  const screen = makeScreen(process.stdout);
  const isWell = await scenario.goOn(cloud, {
    ...place,
    root,
    goesOn: !options.once,
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
