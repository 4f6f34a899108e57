/** Rolling updates. */
import { counted } from '../../../shared/domain/counted.ts';
import type { Check, Fault } from '../check.ts';
import { type CheckedSet, type ServedPod } from '../checked-set.ts';
import { gpuCount } from '../gpus.ts';
import { at, isThere, type Place, textOf } from '../place.ts';
import { podsOf } from '../quantity.ts';

interface Rollout {
  /** What holds maxSurge and maxUnavailable. */
  readonly at: Place;
  readonly replicas: number;
  readonly surge: number;
  readonly unavailable: number;
}

/** Kubernetes' own defaults; kubernetes-sigs/lws: 0 and 1. */
const defaults = {
  Deployment: { maxSurge: '25%', maxUnavailable: '25%' },
  LeaderWorkerSet: { maxSurge: 0, maxUnavailable: 1 },
} as const;

/** Undefined: the object does not roll its pods, replaces them all at once, or says what is unknown here. */
function rolloutOf({ pod }: Pick<ServedPod, 'pod'>): Rollout | undefined {
  const kind = pod.group === undefined ? pod.object.kind : 'LeaderWorkerSet';
  if (kind !== 'Deployment' && kind !== 'LeaderWorkerSet') return undefined;
  const place =
    pod.group === undefined
      ? at(pod.object.place, 'spec', 'strategy', 'rollingUpdate')
      : at(pod.group.spec, 'rolloutStrategy', 'rollingUpdateConfiguration');
  const { maxSurge, maxUnavailable } = defaults[kind];
  if (kind === 'Deployment' && textOf(at(pod.object.place, 'spec', 'strategy', 'type')) === 'Recreate')
    return undefined;
  const replicas = pod.replicas ?? 1;
  const surge = podsOf(at(place, 'maxSurge').value ?? maxSurge, replicas, 'up');
  const unavailable = podsOf(at(place, 'maxUnavailable').value ?? maxUnavailable, replicas, 'down');
  return surge === undefined || unavailable === undefined ? undefined : { at: place, replicas, surge, unavailable };
}

/** One for each object: the templates of a group share their rollout. */
function once(servers: readonly ServedPod[]): readonly ServedPod[] {
  const seen = new Set<string>();
  return servers.filter(({ pod }) => {
    const key = JSON.stringify([pod.object.place.object, (pod.group?.spec ?? pod.object.place).path]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

const surgeOrUnavailable: Check = {
  id: 'surge-or-unavailable',
  severity: 'error',
  title:
    'maxSurge and maxUnavailable are not both zero: no rollout could take its first step, and the API server refuses it.',
  source: 'Kubernetes documentation, "Deployments" (maxUnavailable); kubernetes-sigs/lws pkg/webhooks',
  run: ({ servers }) =>
    once(servers).flatMap((server): readonly Fault[] => {
      const rollout = rolloutOf(server);
      if (rollout === undefined || rollout.replicas === 0 || rollout.surge > 0 || rollout.unavailable > 0) return [];
      // 25 % of few pods, rounded down, is a Deployment's own business: Kubernetes takes one then.
      if (server.pod.group === undefined && !areBothZero(rollout.at)) return [];
      return [
        {
          at: rollout.at,
          message: `of ${counted(rollout.replicas, 'replica')} maxSurge is ${rollout.surge} and maxUnavailable ${rollout.unavailable}`,
          fix: 'write maxUnavailable: 1 where no GPUs are spare, or maxSurge: 1 where they are',
        },
      ];
    }),
};

/** As written: 10 % of few pods is a zero that nobody wrote. */
function areBothZero(place: Place): boolean {
  return ['maxSurge', 'maxUnavailable'].every((name) => [0, '0', '0%'].includes(String(at(place, name).value)));
}

const surgeFitsSpareGpus: Check = {
  id: 'surge-fits-spare-gpus',
  severity: 'error',
  title: 'The pods that a rollout adds fit the GPUs that are spare (only where somebody says how many are).',
  source: 'Kubernetes documentation, "Deployments" (maxSurge, 25 % by default)',
  run: (set) =>
    set.facts.spareGpus === undefined
      ? []
      : once(set.servers).flatMap((server) => surgeFault(set, server, set.facts.spareGpus ?? 0)),
};

/** A group comes as a whole, so all its pods count. */
function surgeFault(set: CheckedSet, server: ServedPod, spare: number): readonly Fault[] {
  const [rollout, gpus] = [rolloutOf(server), gpuCount(set, server.container)];
  if (rollout === undefined || gpus === undefined) return [];
  const pods = rollout.surge * (server.pod.group?.size ?? 1);
  if (pods * gpus <= spare) return [];
  const { object } = server.pod;
  return [
    {
      at: isThere(rollout.at) ? rollout.at : at(object.place, 'spec'),
      message: `a rollout adds ${counted(pods, 'pod')} of ${counted(gpus, 'GPU')}, and ${spare} ${spare === 1 ? 'is' : 'are'} spare`,
      fix: 'write maxSurge: 0 and maxUnavailable: 1',
    },
  ];
}

const leaderReadyDeadlock: Check = {
  id: 'leader-ready-deadlock',
  severity: 'error',
  title: 'Workers of a multi-node server are created with their leader: it waits for them before it is ready.',
  source: 'kubernetes-sigs/lws api/leaderworkerset/v1/leaderworkerset_types.go (startupPolicy)',
  run: ({ servers }) =>
    once(servers).flatMap(({ pod }) => {
      if (pod.group === undefined || pod.group.size < 2) return [];
      const policy = at(pod.group.spec, 'startupPolicy');
      if (textOf(policy) !== 'LeaderReady') return [];
      const message = `the leader waits for its ${counted(pod.group.size - 1, 'worker')}, created only when it is ready`;
      return [{ at: policy, message, fix: 'write startupPolicy: LeaderCreated' }];
    }),
};

const barePod: Check = {
  id: 'bare-pod',
  severity: 'warning',
  title:
    'What serves a model is a Deployment, LeaderWorkerSet or the like: a bare Pod goes with its node, and nobody brings it back.',
  source: 'Kubernetes documentation, "Pods" (working with Pods)',
  run: ({ servers }) =>
    servers
      .filter(({ pod }) => pod.object.kind === 'Pod')
      .map(({ pod }) => ({
        at: at(pod.object.place, 'kind'),
        message: `Pod ${pod.object.name} is replaced by nobody when its node goes, and cannot be rolled out`,
        fix: 'write a Deployment with this pod as its template',
      })),
};

export const rolloutChecks: readonly Check[] = [surgeOrUnavailable, surgeFitsSpareGpus, leaderReadyDeadlock, barePod];
