/**
 * Process start → first API call of each function, over process start → first 200 of a bare functions-framework app: both started in
 * the same way, by the local cloud, in turns, so that both meet the same load of the machine. The functions are the bundles of
 * `npm run build` with their compile cache filled, as the platform's build step does.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemTime } from '../../emulator/world/real-time.ts';
import { fillScript } from '../../infra/compile-cache.ts';
import { type CloudUnderTest, startCloud } from '../support/local-cloud.ts';
import { serveFirestore, type ServedFirestore } from '../support/served-firestore.ts';
import { type ColdFunction, coldFunctions, LEDGER_DATABASE, makeDue, send, withTwin } from './cold-functions.ts';
import type { Say } from './part.ts';
import { quantile, type Row, round } from './row.ts';

const root = new URL('../..', import.meta.url).pathname;
const framework = join(root, 'node_modules/@google-cloud/functions-framework/build/src/main.js');

/** Starts per function that count; the median does. */
const STARTS = 7;

interface Start {
  /** Wall clock. */
  readonly ms: number;
  /** Of all threads of the process. */
  readonly cpuMs: number;
}

interface UnderTest {
  readonly what: ColdFunction;
  readonly cloud: CloudUnderTest;
  readonly firestore: ServedFirestore;
  onEffect: (call?: string) => void;
  readonly starts: Start[];
}

export async function coldStartRows(say: Say): Promise<readonly Row[]> {
  for (const name of new Set(coldFunctions.map(({ name }) => name))) {
    if (name !== 'bare') execFileSync(process.execPath, [join(root, 'dist', name, fillScript)], { stdio: 'inherit' });
  }
  const firestore = await serveFirestore(() => systemTime.nowMs());
  const all: UnderTest[] = [];
  for (const what of coldFunctions.flatMap(withTwin)) all.push(await prepare(what, firestore));
  say(`${all.length} functions stand; ${STARTS} starts of each count`);
  // The first round is not counted: it fills the page cache.
  for (let round = 0; round <= STARTS; round++) {
    for (const one of all) {
      const start = await measure(one, round);
      if (round > 0) one.starts.push(start);
    }
    say(`round ${round} of ${STARTS}`);
  }
  for (const { cloud } of all) await cloud.stop();
  await firestore.stop();
  const bare = all[0]?.starts ?? [];
  return [
    ...all.flatMap(({ what, starts }) => toRows(what, starts, bare)),
    ...all.filter(({ what }) => what.ledger !== undefined).flatMap((one) => shareRows(one, all)),
  ];
}

/** What Firestore adds to the same start with SQLite, of the same round. */
function shareRows({ what, starts }: UnderTest, all: readonly UnderTest[]): readonly Row[] {
  const inSqlite = all.find(
    (other) =>
      other.what.name === what.name && other.what.remembered === what.remembered && other.what.ledger === undefined,
  );
  const added = (of: (start: Start) => number) =>
    starts.map((start, index) => of(start) - of(inSqlite?.starts[index] ?? { ms: Number.NaN, cpuMs: Number.NaN }));
  const name = `cold start: ${what.name}, share of the ledger when it is in Firestore`;
  return [
    {
      name,
      value: round(
        quantile(
          added(({ ms }) => ms),
          0.5,
        ),
        0,
      ),
      unit: 'ms',
    },
    {
      name: `${name}, CPU`,
      value: round(
        quantile(
          added(({ cpuMs }) => cpuMs),
          0.5,
        ),
        0,
      ),
      unit: 'ms',
    },
  ];
}

function toRows(
  { name, until, remembered, ledger, target, maxCpuRatio }: ColdFunction,
  starts: readonly Start[],
  bare: readonly Start[],
): readonly Row[] {
  const place = ledger === undefined ? '' : ', ledger in Firestore';
  const what = `cold start: ${name}${remembered === true ? ', cluster remembered' : ''}${place}`;
  const median = (of: (start: Start, index: number) => number) => quantile(starts.map(of), 0.5);
  const ms = median(({ ms: own }) => own);
  const time: Row = { name: `${what}, ${until}`, value: round(ms, 0), unit: 'ms' };
  if (name === 'bare') return [time];
  // Of each round its own ratio: what else the machine does then is in both.
  const timeRatio = median(({ ms: own }, index) => own / (bare[index]?.ms ?? Number.NaN));
  const cpuRatio = median(({ cpuMs }, index) => cpuMs / (bare[index]?.cpuMs ?? Number.NaN));
  return [
    time,
    {
      name: `${what}, over bare`,
      value: round(timeRatio, 2),
      unit: 'x',
      ...(target !== undefined && { target }),
    },
    {
      name: `${what}, CPU over bare`,
      value: round(cpuRatio, 2),
      unit: 'x',
      ...(maxCpuRatio !== undefined && { target: maxCpuRatio, holdsRun: true }),
    },
  ];
}

async function prepare(what: ColdFunction, firestore: ServedFirestore): Promise<UnderTest> {
  const source = what.name === 'bare' ? join(root, 'test/bench/bare') : join(root, 'dist', what.name);
  const cloud = await startCloud({
    functionsEntry: framework,
    functionsEnvironment: {
      FUNCTION_TARGET: what.name,
      FUNCTION_SOURCE: source,
      ...(what.ledger === 'firestore' && firestore.environment(LEDGER_DATABASE)),
    },
    onCall: (call) => under.onEffect(call),
  });
  const under: UnderTest = { what, cloud, firestore, onEffect: () => {}, starts: [] };
  // Time passes only while a start is measured: nobody else's timers and ticks come in between.
  cloud.world.clock.stop();
  return under;
}

async function measure(under: UnderTest, round: number): Promise<Start> {
  const { cloud, what } = under;
  await makeDue(under, what, round);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const beganMs = systemTime.nowMs();
  cloud.functions.kill();
  under.onEffect = resolve;
  send(cloud, what, { round, onAnswer: () => resolve(undefined) });
  cloud.world.clock.start();
  const call = await promise;
  under.onEffect = () => {};
  const start = { ms: systemTime.nowMs() - beganMs, cpuMs: cpuMsOf(cloud.functions.pid ?? 0) };
  cloud.world.clock.stop();
  // What a process still does after that call must neither be taken for its successor's nor take the next one's cores.
  await cloud.untilQuiet();
  if (what.call !== undefined && (call === undefined || !what.call.test(call))) {
    throw new Error(`measuring the start of ${what.name}: its first call was ${call ?? 'none'}`);
  }
  return start;
}

/** Linux, proc(5), `schedstat`: nanoseconds on a CPU, per thread. */
function cpuMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const spent = threads.map((thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return spent.reduce((sum, nanoseconds) => sum + Number(nanoseconds) / 1e6, 0);
}
