/** A sample of the points over the wires: the functions' process gets a SIGKILL when a call of its has just taken effect. */
import type { JournalEntry } from '../../emulator/world/journal.ts';
import { startCloud } from '../support/local-cloud.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { standing, twice } from './story.ts';

/** How many points are played. */
const SAMPLE = 20;

interface WireEnd {
  readonly standing: readonly string[];
  readonly twice: readonly string[];
  readonly calls: readonly string[];
  readonly restarts: number;
  readonly trouble: readonly string[];
}

/** Exit code; tells the points as they go. */
export async function playWires(say: (line: string) => void): Promise<number> {
  const uncut = await playOverWires(undefined);
  say(`uncut over the wires: ${uncut.standing.length} things standing, ${uncut.calls.length} calls with an effect`);
  const sample = chooseCalls(uncut.calls);
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
    return {
      standing: standing(cloud.world),
      twice: twice(cloud.world),
      calls,
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

function compare(uncut: WireEnd, cut: WireEnd): readonly string[] {
  const problems: string[] = [...cut.trouble];
  if (cut.standing.join('\n') !== uncut.standing.join('\n')) problems.push(`stands: ${cut.standing.join(', ')}`);
  if (cut.twice.length > 0) problems.push(`created twice: ${cut.twice.join(', ')}`);
  if (cut.restarts !== 1) problems.push(`the process was started again ${cut.restarts} times, not once`);
  return problems;
}
