/** What a Deployment says of itself (pkg/controller/deployment/{sync,progress}.go of kubernetes/kubernetes). */
import { type KubernetesObject, mapAt, nameOf, numberAt } from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';
import { limitsOf } from './deployment-rollout.ts';
import { condition, type ConditionState } from './status-writer.ts';

export interface DeploymentView {
  readonly sets: readonly KubernetesObject[];
  /** The set of the current template; undefined before it is made. */
  readonly current: KubernetesObject | undefined;
  /** RFC 3339. */
  readonly now: string;
}

export function deploymentStatus(deployment: KubernetesObject, view: DeploymentView): JsonMap {
  const { sets, current, now } = view;
  const sum = (field: string): number => sets.reduce((total, set) => total + numberAt(set, 'status', field), 0);
  const counts = {
    observedGeneration: numberAt(deployment, 'metadata', 'generation'),
    replicas: sum('replicas'),
    updatedReplicas: current === undefined ? 0 : numberAt(current, 'status', 'replicas'),
    readyReplicas: sum('readyReplicas'),
    availableReplicas: sum('availableReplicas'),
  };
  const wanted = sets.reduce((total, set) => total + numberAt(set, 'spec', 'replicas'), 0);
  const states = {
    Available: availability(deployment, counts.availableReplicas),
    Progressing: progress(deployment, current, counts),
  };
  return {
    ...counts,
    unavailableReplicas: Math.max(0, wanted - counts.availableReplicas),
    conditions: Object.entries(states).map(([type, state]) => deploymentCondition(deployment, type, { ...state, now })),
  };
}

/** `apps/v1` conditions also say when they were last looked at. */
function deploymentCondition(object: KubernetesObject, type: string, state: ConditionState & { now: string }): JsonMap {
  const made = condition(object, type, state);
  return made['lastUpdateTime'] === undefined ? { ...made, lastUpdateTime: state.now } : made;
}

function availability(deployment: KubernetesObject, available: number): ConditionState {
  const wanted = numberAt(deployment, 'spec', 'replicas');
  const { maxSurge, maxUnavailable } = mapAt(deployment, 'spec', 'strategy', 'rollingUpdate');
  const none = { name: '', replicas: 0, available: 0 };
  const { unavailable } = limitsOf({ wanted, maxSurge, maxUnavailable, current: none, old: [] });
  return available >= wanted - unavailable
    ? { isTrue: true, reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        isTrue: false,
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

interface Counts {
  readonly replicas: number;
  readonly updatedReplicas: number;
  readonly availableReplicas: number;
}

/** The deadline (`progressDeadlineSeconds`) is not watched: a rollout that is stuck stays ReplicaSetUpdated. */
function progress(deployment: KubernetesObject, current: KubernetesObject | undefined, counts: Counts): ConditionState {
  const wanted = numberAt(deployment, 'spec', 'replicas');
  const isComplete =
    counts.updatedReplicas === wanted && counts.replicas === wanted && counts.availableReplicas === wanted;
  if (current === undefined) {
    const message = 'Created new replica set for the current template';
    return { isTrue: true, reason: 'NewReplicaSetCreated', message };
  }
  const set = `ReplicaSet "${nameOf(current)}"`;
  return isComplete
    ? { isTrue: true, reason: 'NewReplicaSetAvailable', message: `${set} has successfully progressed.` }
    : { isTrue: true, reason: 'ReplicaSetUpdated', message: `${set} is progressing.` };
}
