/** What a LeaderWorkerSet says of itself (kubernetes-sigs/lws updateStatus and updateConditions). */
import { type KubernetesObject, mapAt, mapsAt, nameOf, numberAt } from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';
import { groupLabels } from './leader-worker-objects.ts';
import { condition } from './status-writer.ts';

/** A group whose leader exists. */
export interface Group {
  readonly index: number;
  readonly ready: boolean;
  readonly updated: boolean;
  /** False while a group of several pods has no worker set: such groups are not counted at all. */
  readonly isCounted: boolean;
}

export interface GroupsView {
  readonly groups: readonly Group[];
  /** Pods of the leader set, surge and terminating ones included. */
  readonly leaderCount: number;
  /** RFC 3339. */
  readonly now: string;
}

export function leaderWorkerStatus(lws: KubernetesObject, { groups, leaderCount, now }: GroupsView): JsonMap {
  const counted = groups.filter(({ isCounted }) => isCounted);
  const name = nameOf(lws);
  return {
    observedGeneration: numberAt(lws, 'metadata', 'generation'),
    hpaPodSelector: `${groupLabels.set}=${name},${groupLabels.workerIndex}=0`,
    replicas: leaderCount,
    readyReplicas: counted.filter(({ ready }) => ready).length,
    updatedReplicas: counted.filter(({ updated }) => updated).length,
    conditions: conditionsOf(lws, phaseOf(lws, counted), now),
  };
}

type Phase = 'updating' | 'available' | 'progressing';

function phaseOf(lws: KubernetesObject, counted: readonly Group[]): Phase {
  const wanted = numberAt(lws, 'spec', 'replicas');
  const from = numberAt(lws, 'spec', 'rolloutStrategy', 'rollingUpdateConfiguration', 'partition');
  const inside = counted.filter(({ index }) => index < wanted);
  const rolled = inside.filter(({ index }) => index >= from);
  if (rolled.some(({ updated }) => !updated)) return 'updating';
  const isServing = inside.filter(({ ready }) => ready).length === wanted;
  return isServing && rolled.every(({ ready }) => ready) ? 'available' : 'progressing';
}

const facts = {
  Available: { reason: 'AllGroupsReady', message: 'All replicas are ready' },
  Progressing: { reason: 'GroupsProgressing', message: 'Replicas are progressing' },
  UpdateInProgress: { reason: 'GroupsUpdating', message: 'Rolling Upgrade is in progress' },
} as const;

const trueIn: Readonly<Record<Phase, readonly string[]>> = {
  available: ['Available'],
  progressing: ['Progressing'],
  updating: ['Progressing', 'UpdateInProgress'],
};

/** A condition appears when it is first true, and keeps its reason and message when it is not true any more. */
function conditionsOf(lws: KubernetesObject, phase: Phase, now: string): JsonMap[] {
  const known = new Set(mapsAt(mapAt(lws, 'status'), 'conditions').map((one) => one['type']));
  return Object.entries(facts)
    .map(([type, texts]) => ({ type, texts, isTrue: trueIn[phase].includes(type) }))
    .filter(({ type, isTrue }) => isTrue || known.has(type))
    .map(({ type, texts, isTrue }) => condition(lws, type, { ...texts, isTrue, now }));
}
