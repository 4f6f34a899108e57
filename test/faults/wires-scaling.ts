/** A scale-up over the wires: the functions' process gets a SIGKILL when a call of its has just taken effect. */
import type { JournalEntry } from '../../emulator/world/journal.ts';
import { KubernetesClient } from '../../emulator/kubernetes/client.ts';
import { at } from '#shared/domain/compare.ts';
import { type CloudUnderTest, startCloud } from '../support/local-cloud.ts';
import { makeOverride } from '../support/make-command.ts';
import { deploymentRef, silence } from '../support/scaling-story.ts';
import { deployServed, MODEL, POOL, servedDocuments } from '../support/served-fleet.ts';
import { pointsOf, type Share } from './options.ts';
import { SETTLING_SECONDS } from './loose-ends.ts';

/** How many points are played. */
const SAMPLE = 10;

/** World time, s: between two looks whether it is over, and within which it must be. */
const POLL_SECONDS = 30;
const DEADLINE_SECONDS = 3_600;

interface WireEnd {
  /** Calls of the functions from the command on, one line each. */
  readonly calls: readonly string[];
  /** What stands and how often each size was set. */
  readonly end: string;
  readonly restarts: number;
  readonly trouble: readonly string[];
}

/** Exit code; tells the points as they go. */
export async function playScalingWires(say: (line: string) => void, share: Share | undefined): Promise<number> {
  const uncut = await play(undefined);
  if (uncut.trouble.length > 0) throw new Error(`scaling up over the wires: ${uncut.trouble.join('; ')}`);
  say(`scale-up, uncut over the wires: ${uncut.end}, ${uncut.calls.length} calls with an effect`);
  const sample = pointsOf(chooseCalls(uncut.calls), share);
  let failed = 0;
  for (const call of sample) {
    const cut = await play(call);
    const problems = [
      ...(cut.end === uncut.end ? [] : [`ended with ${cut.end}`]),
      ...(cut.restarts === 1 ? [] : [`the process was started again ${cut.restarts} times, not once`]),
      ...cut.trouble,
    ];
    say(`${problems.length === 0 ? 'ok    ' : 'FAILED'} SIGKILL at call ${call} (${uncut.calls[call]})`);
    for (const problem of problems) say(`  ${problem}`);
    if (problems.length > 0) failed++;
  }
  say(`scale-up: ${sample.length} points, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** Those that set a size, and the ones around each. */
function chooseCalls(calls: readonly string[]): readonly number[] {
  const pivotal = [...calls.keys()].filter((call) => /scale$|setNodePoolSize/.test(calls[call] ?? ''));
  const near = pivotal.flatMap((call) => [0, 1, -1, 2, -2, 3, 4].map((offset) => call + offset));
  return [...new Set(near)].filter((call) => call >= 0 && call < calls.length).slice(0, SAMPLE);
}

async function play(killAt: number | undefined): Promise<WireEnd> {
  const cloud = await startCloud();
  try {
    await setUp(cloud);
    const calls: string[] = [];
    cloud.world.journal.onEntry = (entry) => {
      if (!isOurs(entry)) return;
      if (calls.length === killAt) cloud.functions.kill();
      calls.push(`${entry.service}.${entry.method} ${entry.resource}`);
    };
    cloud.publish(makeOverride({ sizes: { prefill: 3, decode: 1 }, forSeconds: 7 * 86_400 }));
    await untilOver(cloud);
    const untilThen = [...calls];
    await pass(cloud, SETTLING_SECONDS);
    const sizes = calls
      .filter((line) => /scale$|setNodePoolSize/.test(line))
      .map((line) => line.split('/').slice(-2).join('/'));
    return {
      calls: untilThen,
      end: `${standing(cloud).join(', ')}; ${sizes.join(', ')}`,
      restarts: cloud.functions.restarts,
      trouble: [...cloud.strayCalls, ...cloud.bugs.map(({ message }) => message)],
    };
  } finally {
    await cloud.stop();
  }
}

async function setUp(cloud: CloudUnderTest): Promise<void> {
  const documents = servedDocuments({ nodes: 1 });
  cloud.publish(documents.cluster);
  await cloud.untilPhase('cluster/demo', ['ready']);
  const apiOf = () => clientApi(cloud);
  await deployServed({ world: cloud.world, apiOf, runFor: (seconds) => pass(cloud, seconds) }, { requests: silence() });
  cloud.publish(documents.model);
  await cloud.untilPhase(MODEL, ['ready']);
  await cloud.untilPhase(POOL, ['ready']);
}

function clientApi({ clusters }: CloudUnderTest) {
  const api = clusters.apiOf('demo');
  if (api === undefined) throw new Error('scaling over the wires: cluster demo has no API');
  return api;
}

async function untilOver(cloud: CloudUnderTest): Promise<void> {
  for (let second = 0; second < DEADLINE_SECONDS; second += POLL_SECONDS) {
    await pass(cloud, POLL_SECONDS);
    if (standing(cloud).join() === '3 of 3 prefill,2 nodes') return;
  }
}

function standing(cloud: CloudUnderTest): readonly string[] {
  const client = new KubernetesClient(clientApi(cloud), 'somebody');
  const prefill = client.get(deploymentRef('prefill')) ?? {};
  const count = (path: string) => String(at(JSON.parse(JSON.stringify(prefill)), path) ?? 0);
  const labelSelector = 'cloud.google.com/gke-nodepool=h200';
  const nodes = client.list({ apiVersion: 'v1', kind: 'Node' }, { labelSelector });
  return [`${count('status.readyReplicas')} of ${count('spec.replicas')} prefill`, `${nodes.length} nodes`];
}

/** Timers, wakes and sizes; what runs inside the cluster is not recorded. */
function isOurs({ service, method, effect }: JournalEntry): boolean {
  return effect && (service === 'kubernetes' || /^(publish|createTask|setNodePoolSize)$/.test(method));
}

async function pass({ world: { clock } }: CloudUnderTest, seconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.after(seconds * 1000, resolve);
  await promise;
}
