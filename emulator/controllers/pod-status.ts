/** What a kubelet writes about a pod on its way (pkg/kubelet/status and container states of kubernetes/kubernetes). */
import { type KubernetesObject, mapsAt, textAt } from '../kubernetes/objects.ts';
import type { JsonMap } from '../world/json.ts';
import { conditionOf } from './pods.ts';

/** What is known of a pod on a node. */
export interface PodPlace {
  /** RFC 3339. */
  readonly now: string;
  readonly hostIP: string;
  /** Empty before the pod has its network. */
  readonly podIP: string;
}

/** Images are pulled; `kubectl get pods` shows ContainerCreating, or Init:0/1. */
export function creatingStatus(pod: KubernetesObject, { now, hostIP }: PodPlace): JsonMap {
  const hasInits = initContainers(pod).length > 0;
  const waiting = { waiting: { reason: hasInits ? 'PodInitializing' : 'ContainerCreating' } };
  const flags = { ready: false, started: false };
  return {
    phase: 'Pending',
    conditions: conditions(pod, now, { Initialized: !hasInits, Ready: false, ContainersReady: false }),
    startTime: now,
    ...hostFields(hostIP),
    ...initStatuses(initContainers(pod).map((one) => containerStatus(one, { waiting: waiting.waiting }, flags))),
    containerStatuses: containersOf(pod).map((one) => containerStatus(one, waiting, flags)),
  };
}

/** All containers run; whether they serve yet is another matter. */
export function runningStatus(pod: KubernetesObject, { now, hostIP, podIP }: PodPlace, isReady: boolean): JsonMap {
  const running = { running: { startedAt: now } };
  const done = { terminated: { exitCode: 0, reason: 'Completed', startedAt: now, finishedAt: now } };
  const inits = initContainers(pod).map((container) => {
    const isSidecar = container['restartPolicy'] === 'Always';
    return containerStatus(container, isSidecar ? running : done, { ready: true, started: isSidecar });
  });
  return {
    phase: 'Running',
    conditions: conditions(pod, now, { Initialized: true, Ready: isReady, ContainersReady: isReady }),
    ...hostFields(hostIP),
    ...(podIP !== '' && { podIP, podIPs: [{ ip: podIP }] }),
    ...initStatuses(inits),
    containerStatuses: containersOf(pod).map((one) =>
      containerStatus(one, running, { ready: isReady, started: isReady }),
    ),
  };
}

/** The readiness probes succeed. */
export function readyStatus(pod: KubernetesObject, now: string): JsonMap {
  const statuses = mapsAt(pod, 'status', 'containerStatuses').map((one) => ({ ...one, ready: true, started: true }));
  return {
    conditions: conditions(pod, now, { Initialized: true, Ready: true, ContainersReady: true }),
    containerStatuses: statuses,
  };
}

const containersOf = (pod: KubernetesObject): readonly JsonMap[] => mapsAt(pod, 'spec', 'containers');
const initContainers = (pod: KubernetesObject): readonly JsonMap[] => mapsAt(pod, 'spec', 'initContainers');

const hostFields = (hostIP: string): JsonMap => (hostIP === '' ? {} : { hostIP, hostIPs: [{ ip: hostIP }] });
const initStatuses = (statuses: readonly JsonMap[]): JsonMap =>
  statuses.length === 0 ? {} : { initContainerStatuses: [...statuses] };

/** The conditions that a kubelet keeps, with the time at which each became what it is. */
function conditions(pod: KubernetesObject, now: string, states: Readonly<Record<string, boolean>>): JsonMap[] {
  const kept = Object.entries({ ...states, PodScheduled: true }).map(([type, isTrue]): JsonMap => {
    const status = isTrue ? 'True' : 'False';
    const before = conditionOf(pod, type);
    const since = before?.['status'] === status ? textAt(before, 'lastTransitionTime') : now;
    return { type, status, lastProbeTime: null, lastTransitionTime: since, ...(!isTrue && reasonFor(pod, type)) };
  });
  const others = mapsAt(pod, 'status', 'conditions').filter(
    (known) => !kept.some((one) => one['type'] === known['type']),
  );
  return [...kept, ...others];
}

function reasonFor(pod: KubernetesObject, type: string): JsonMap {
  const names = (containers: readonly JsonMap[]): string => containers.map((one) => textAt(one, 'name')).join(' ');
  if (type === 'Initialized') {
    const message = `containers with incomplete status: [${names(initContainers(pod))}]`;
    return { reason: 'ContainersNotInitialized', message };
  }
  return { reason: 'ContainersNotReady', message: `containers with unready status: [${names(containersOf(pod))}]` };
}

function containerStatus(container: JsonMap, state: JsonMap, flags: { ready: boolean; started: boolean }): JsonMap {
  const { name, image } = container;
  return { name, image, imageID: '', ...flags, restartCount: 0, state };
}
