/** A sample of the points over the wires: the functions' process gets a SIGKILL when a call of its has just taken effect. */
import { join } from 'node:path';
import type { JournalEntry } from '../../emulator/world/journal.ts';
import type { World } from '../../emulator/world/world.ts';
import { Progress, progressKey } from '#shared/ledger/records.ts';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import { type CloudUnderTest, startCloud } from '../support/local-cloud.ts';
import { noPause } from '../support/loop-ports.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { compareEnds, type End, endOf } from './ends.ts';
import { pointsOf, type Share } from './options.ts';
import { SETTLING_SECONDS } from './loose-ends.ts';

/** How many points are played. */
const SAMPLE = 20;

interface WireEnd extends End {
  readonly calls: readonly string[];
  readonly restarts: number;
  readonly trouble: readonly string[];
}

/** Exit code; tells the points as they go. */
export async function playWires(say: (line: string) => void, share: Share | undefined): Promise<number> {
  const uncut = await playOverWires(undefined);
  const amiss = [...uncut.loose, ...uncut.trouble];
  if (uncut.phase !== 'ready' || amiss.length > 0) {
    throw new Error(`playing the uncut run over the wires: ${uncut.phase}, ${amiss.join('; ')}`);
  }
  say(`uncut over the wires: ${uncut.standing.length} things standing, ${uncut.calls.length} calls with an effect`);
  const sample = pointsOf(chooseCalls(uncut.calls), share);
  let failed = 0;
  for (const call of sample) {
    const problems = compare(uncut, await playOverWires(call));
    say(`${problems.length === 0 ? 'ok    ' : 'FAILED'} SIGKILL at call ${call} (${uncut.calls[call]})`);
    for (const problem of problems) say(`  ${problem}`);
    if (problems.length > 0) failed++;
  }
  say(`${sample.length} points, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Kinds of calls in turn, so that the many timers do not crowd out the one cluster. */
function chooseCalls(calls: readonly string[]): readonly number[] {
  const byKind = Map.groupBy(calls.keys(), (call) => kindOf(calls[call] ?? ''));
  const rounds = Math.max(...[...byKind.values()].map((group) => group.length));
  const inTurn = Array.from({ length: rounds }, (_, round) =>
    [...byKind.values()].flatMap((group) => group[round] ?? []),
  );
  return inTurn.flat().slice(0, SAMPLE);
}

/** `compute.insert subnetworks`, `container.createCluster`, `kubernetes.apply networks`, … */
function kindOf(call: string): string {
  const [method = '', resource = ''] = call.split(' ');
  return /insert|apply/.test(method) ? `${method} ${resource.split('/').at(-2)}` : method;
}

async function playOverWires(killAt: number | undefined): Promise<WireEnd> {
  const cloud = await startCloud();
  const calls: string[] = [];
  cloud.publish(makeClusterDocument());
  cloud.world.journal.onEntry = (entry) => {
    if (!isOurs(entry)) return;
    if (calls.length === killAt) cloud.functions.kill();
    calls.push(`${entry.service}.${entry.method} ${entry.resource}`);
  };
  try {
    await cloud.untilPhase('cluster/demo', ['ready', 'failed', 'holding']);
    const untilReady = [...calls];
    await settle(cloud.world);
    return {
      ...(await readEnd(cloud)),
      calls: untilReady,
      restarts: cloud.functions.restarts,
      trouble: [...cloud.strayCalls, ...cloud.bugs.map(({ message }) => message)],
    };
  } finally {
    await cloud.stop();
  }
}

/** Calls of the functions: what controllers inside the cluster and the setting up do is not theirs. */
function isOurs({ service, method }: JournalEntry): boolean {
  return (
    /^(insert|createCluster|createNodePool|publish|createTask)$/.test(method) ||
    (service === 'kubernetes' && method === 'apply')
  );
}

/** Lets everything come that is still on its way. */
async function settle({ clock }: World): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.after(SETTLING_SECONDS * 1000, resolve);
  await promise;
}

/** Reads the functions' own ledger, beside them. */
async function readEnd({ world, home }: CloudUnderTest): Promise<End> {
  const ledger = openSqliteLedger({
    path: join(home, 'ledger.sqlite'),
    nowMs: () => world.clock.nowMs(),
    pause: noPause,
  });
  try {
    const progress = await ledger.get(progressKey({ automation: 'build-cluster', target: 'cluster/demo' }));
    return await endOf(Progress.parse(progress), ledger, world);
  } finally {
    ledger.close();
  }
}

function compare(uncut: WireEnd, cut: WireEnd): readonly string[] {
  const problems: string[] = [...compareEnds(uncut, cut), ...cut.trouble];
  if (cut.restarts !== 1) problems.push(`the process was started again ${cut.restarts} times, not once`);
  return problems;
}
