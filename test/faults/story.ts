/** One build with one cut, and what must be true at its end. */
import type { World } from '../../emulator/world/world.ts';
import { makeFleet } from '../support/fleet.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { type Cut, type Effect, Effects } from '../support/process.ts';

export interface StoryEnd {
  readonly phase: string;
  readonly reason: string;
  readonly report: string;
  /** Everything that stands in the world: kind and name, sorted. */
  readonly standing: readonly string[];
  /** What was created more than once. */
  readonly twice: readonly string[];
  readonly effects: readonly Effect[];
  readonly deaths: number;
}

export async function playStory(cut?: Cut): Promise<StoryEnd> {
  const effects = new Effects(cut);
  const fleet = makeFleet({ effects, quick: true });
  fleet.publish(makeClusterDocument());
  const progress = await fleet.runUntil('cluster/demo', ['ready', 'failed', 'holding']);
  return {
    phase: progress.phase,
    reason: progress.reason,
    report: JSON.stringify(progress.report),
    standing: standing(fleet.world),
    twice: twice(fleet.world),
    effects: effects.seen,
    deaths: fleet.deaths(),
  };
}

/** What differs from the uncut run, in words; empty: nothing. */
export function compareEnds(uncut: StoryEnd, cut: StoryEnd): readonly string[] {
  const problems: string[] = [];
  if (cut.phase !== uncut.phase) problems.push(`ended ${cut.phase} (${cut.reason}), not ${uncut.phase}`);
  if (cut.report !== uncut.report) problems.push(`report ${cut.report}, not ${uncut.report}`);
  const missing = uncut.standing.filter((line) => !cut.standing.includes(line));
  const extra = cut.standing.filter((line) => !uncut.standing.includes(line));
  if (missing.length > 0) problems.push(`missing: ${missing.join(', ')}`);
  if (extra.length > 0) problems.push(`left over: ${extra.join(', ')}`);
  if (cut.twice.length > 0) problems.push(`created twice: ${cut.twice.join(', ')}`);
  if (cut.deaths !== 1)
    problems.push(`the process died ${cut.deaths} times, not once: the cut did not fall where it should`);
  return problems;
}

/** Everything that stands in the world: kind and name, sorted. */
export function standing(world: World): readonly string[] {
  const place = { region: 'us-central1' };
  const names = (list: { readonly items?: unknown }, kind: string) =>
    (Array.isArray(list.items) ? list.items : []).map((item: { name?: unknown }) => `${kind} ${String(item.name)}`);
  const parent = `projects/${world.project}/locations/us-central1`;
  const clusters = world.gke.listClusters(parent)['clusters'];
  return [
    ...names(world.compute.list('networks', {}), 'network'),
    ...names(world.compute.list('firewalls', {}), 'firewall'),
    ...names(world.compute.list('subnetworks', place), 'subnetwork'),
    ...names(world.compute.list('routers', place), 'router'),
    ...(Array.isArray(clusters) ? clusters : []).flatMap((cluster) => describeCluster(cluster)),
    ...objectsOf(world.journal.entries),
  ].sort();
}

function describeCluster(cluster: unknown): readonly string[] {
  const { name, status, nodePools } = cluster as {
    name: string;
    status: string;
    nodePools: readonly { name: string; status: string }[];
  };
  return [`cluster ${name} ${status}`, ...nodePools.map((pool) => `pool ${pool.name} ${pool.status}`)];
}

/** Objects that were applied inside the cluster. */
function objectsOf(entries: World['journal']['entries']): readonly string[] {
  const applied = entries.filter(({ service, method }) => service === 'kubernetes' && method === 'apply');
  return [...new Set(applied.map(({ resource }) => `object ${resource}`))];
}

/** Creations that took effect twice: repeated request ids and no-op applies have none. */
export function twice(world: World): readonly string[] {
  const created = world.journal.entries
    .filter(({ effect, method }) => effect && /^(insert|createCluster|createNodePool|apply)$/.test(method))
    .map(({ service, method, resource }) => `${service}.${method} ${resource}`);
  return [...new Set(created.filter((line, index) => created.indexOf(line) !== index))];
}
