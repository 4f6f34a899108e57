/** A service that grows by a node and one that shrinks by one, each with one fault, and how it ended. */
import type { JournalEntry } from '../../emulator/world/journal.ts';
import { Progress, progressKey } from '#shared/ledger/records.ts';
import { type Effect, type EffectFault, Effects } from '../support/effects.ts';
import { makeOverride } from '../support/make-command.ts';
import { deployCompanion, silence } from '../support/scaling-story.ts';
import { makeServedFleet, MODEL, POOL, type ServedFleet } from '../support/served-fleet.ts';
import { callFaults, effectFaults, everyDelivery, type Point } from './points.ts';
import { looseEnds, SETTLING_SECONDS } from './loose-ends.ts';
import type { StoryEnd } from './ends.ts';

export type Direction = 'up' | 'down';

const roles = ['prefill', 'decode'] as const;

interface State {
  readonly nodes: number;
  readonly replicas: { readonly prefill: number; readonly decode: number };
}

/**
 * Eight GPUs a node, four a replica. A person's word starts it, so no measurement blurs the comparison. On the way down one node is left
 * with a replica of somebody's workload, which has to move; the other replica goes on serving.
 */
const courses: Readonly<Record<Direction, { readonly from: State; readonly to: State }>> = {
  up: {
    from: { nodes: 1, replicas: { prefill: 1, decode: 1 } },
    to: { nodes: 2, replicas: { prefill: 3, decode: 1 } },
  },
  down: {
    from: { nodes: 2, replicas: { prefill: 2, decode: 2 } },
    to: { nodes: 1, replicas: { prefill: 1, decode: 1 } },
  },
};

/** World time (s) between two looks whether it is over, and within which it must be. */
const POLL_SECONDS = 20;
const DEADLINE_SECONDS = 2 * 3_600;

export interface ScalingEnd extends StoryEnd {
  /** Deliveries that made one of the calls, and those right after them. */
  readonly pivotal: readonly number[];
}

export async function playScaling(direction: Direction, point?: Point): Promise<ScalingEnd> {
  const { from, to } = courses[direction];
  const effects = new Effects(point?.at === 'effect' ? point : undefined);
  const fleet = await makeServedFleet({
    effects,
    nodes: from.nodes,
    replicas: from.replicas,
    requests: silence(),
    ...(point?.at === 'delivery' && { disturbed: point }),
  });
  if (direction === 'down') deployCompanion(fleet);
  await fleet.runFor(POLL_SECONDS);
  const began = { effects: effects.seen.length, entries: fleet.world.journal.entries.length };
  const pivotal = new Set<number>();
  fleet.world.journal.onEntry = (entry) => {
    const delivery = fleet.deliveries.seen.length - 1;
    if (isOurs(entry)) for (const index of [delivery, delivery + 1]) pivotal.add(index);
  };
  fleet.publish(makeOverride({ sizes: to.replicas, forSeconds: 7 * 86_400 }));
  await untilOver(fleet, to);
  const seen = { effects: effects.seen.slice(began.effects), deliveries: [...fleet.deliveries.seen] };
  await fleet.runFor(SETTLING_SECONDS);
  const struck = effects.struck ?? fleet.deliveries.struck;
  return {
    ...(await endOf(fleet, began.entries)),
    ...seen,
    pivotal: [...pivotal],
    breaches: effects.writers.breaches,
    ...(struck !== undefined && { struck }),
    deaths: fleet.deaths(),
  };
}

async function untilOver(fleet: ServedFleet, { nodes, replicas }: State): Promise<void> {
  for (let second = 0; second < DEADLINE_SECONDS; second += POLL_SECONDS) {
    await fleet.runFor(POLL_SECONDS);
    const [prefill, decode] = await Promise.all(roles.map((role) => fleet.deployment(`llama-70b-${role}`)));
    if (prefill?.ready !== replicas.prefill || decode?.ready !== replicas.decode) continue;
    if ((await fleet.nodes()).length !== nodes) continue;
    const [model, pool] = await Promise.all([
      fleet.progressOf('scale-replicas', MODEL),
      fleet.progressOf('scale-node-pool', POOL),
    ]);
    if (model.phase === 'ready' && pool.phase === 'ready') return;
  }
}

async function endOf(fleet: ServedFleet, fromEntry: number) {
  const records = await Promise.all([
    readProgress(fleet, 'scale-replicas', MODEL),
    readProgress(fleet, 'scale-node-pool', POOL),
  ]);
  const workloads = await Promise.all(
    roles.map(async (role) => `${role} ${JSON.stringify(await fleet.deployment(`llama-70b-${role}`))}`),
  );
  const nodes = await fleet.nodes();
  const made = fleet.world.journal.entries.slice(fromEntry).filter(isOurs).map(lineOf);
  return {
    phase: records.map(({ phase }) => phase).join(', '),
    reason: records.map(({ reason }) => reason).join('; '),
    report: JSON.stringify(records.map(({ report }) => report)),
    steps: {},
    standing: [...workloads, ...nodes.map((node) => `node ${node}`)],
    changes: made.map((line) => line.replace(/pods\/\S+\/eviction/, 'pods/…/eviction')).toSorted(),
    twice: made.filter((line, index) => made.indexOf(line) !== index),
    loose: [...(await looseEnds(fleet.ledger, fleet.world)), ...wronglyDeleted(fleet)],
  };
}

async function readProgress({ ledger }: ServedFleet, automation: string, target: string): Promise<Progress> {
  return Progress.parse(await ledger.get(progressKey({ automation, target })));
}

/** What the functions changed of sizes; controllers inside the cluster are not recorded, and timers and wakes are no sizes. */
function isOurs({ service, method, resource, effect }: JournalEntry): boolean {
  if (!effect) return false;
  if (service === 'kubernetes') return /\/scale$|\/eviction$|\/nodes\//.test(resource);
  return /^(setNodePoolSize|deleteInstances|setNodePoolAutoscaling)$/.test(method);
}

const lineOf = ({ service, method, resource }: JournalEntry): string => `${service}.${method} ${resource}`;

/** A machine goes only after its node was cordoned, and no other one goes. */
function wronglyDeleted({ effects }: ServedFleet): readonly string[] {
  const cordoned = effects.seen.flatMap(({ label }) => /setUnschedulable (\S+) true$/.exec(label)?.[1] ?? []);
  const deleted = effects.seen.flatMap(({ label }) => /deleteInstances (.*)$/.exec(label)?.[1]?.split(' ') ?? []);
  return deleted.filter((node) => !cordoned.includes(node)).map((node) => `machine ${node} was deleted uncordoned`);
}

/** Effects so near to a call that they decide what becomes of it: its plan, its result, the lease, the timer, the wake. */
const NEAR_A_CALL = 4;

/** All faults at every call, those of a process at every effect near one, and those of deliveries at the pivotal ones. */
export function scalingPoints(uncut: ScalingEnd): readonly Point[] {
  const calls = uncut.effects.filter(({ kind }) => kind === 'call');
  const isNear = ({ index }: Effect) => calls.some((call) => Math.abs(call.index - index) <= NEAR_A_CALL);
  const faultsOf = ({ kind }: Effect): readonly EffectFault[] => (kind === 'call' ? callFaults : effectFaults);
  return [
    ...uncut.effects
      .filter(isNear)
      .flatMap((effect) => faultsOf(effect).map((fault): Point => ({ at: 'effect', ...effect, fault }))),
    ...uncut.pivotal.flatMap((index) =>
      everyDelivery.map((fault): Point => ({ at: 'delivery', index, fault, label: uncut.deliveries[index] ?? '' })),
    ),
  ];
}
