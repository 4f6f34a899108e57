import type { ReplicaState } from '../../shared/simulation/replica.ts';
import { Informer } from '../controllers/informer.ts';
import { groupLabels } from '../controllers/leader-worker-objects.ts';
import { isFinished, isRunningAndReady, nodeNameOf, podKind } from '../controllers/pods.ts';
import { requestsOf } from '../controllers/quantities.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import {
  isTerminating,
  type KubernetesObject,
  mapAt,
  nameOf,
  namespaceOf,
  stringsAt,
  textAt,
  uidOf,
} from '../kubernetes/objects.ts';
import type { WorldClock } from '../world/clock.ts';
import type { PodLabels, ServedRoleFacts, ServedService } from './service.ts';

const GPU = 'nvidia.com/gpu';
const MS_PER_HOUR = 3_600_000;

export interface ServicePodsParts {
  readonly client: KubernetesClient;
  readonly clock: WorldClock;
  readonly service: ServedService;
  /** Called when any pod of the service's namespace has changed. */
  readonly onChange: () => void;
}

/** The pods of one service, as its cluster tells of them. */
export class ServicePods {
  readonly #service: ServedService;
  readonly #clock: WorldClock;
  readonly #informer: Informer;
  /** Replicas that have been ready: on their way out they finish what they have. */
  readonly #served = new Set<string>();
  #gpuHours = 0;
  #gpuCount = 0;
  #countedAtMs: number;

  constructor({ client, clock, service, onChange }: ServicePodsParts) {
    this.#service = service;
    this.#clock = clock;
    this.#countedAtMs = clock.nowMs();
    this.#informer = new Informer(client, podKind, (_type, pod) => {
      if (namespaceOf(pod) !== service.namespace) return;
      this.#countGpus();
      onChange();
    });
  }

  /** GPU hours that pods of the service have had nodes for since the beginning, serving or not. */
  get gpuHours(): number {
    this.#addGpuHours();
    return this.#gpuHours;
  }

  /** Replicas that serve, and those that finish what they have. What was never ready, or broke, is not there. */
  replicas(): readonly ReplicaState[] {
    const states = this.#service.roles.flatMap((facts) => this.#replicasOf(facts));
    for (const { id, accepts } of states) if (accepts) this.#served.add(id);
    return states.filter(({ id }) => this.#served.has(id));
  }

  /** The ready pod of the endpoint picker; of several the eldest leads. */
  picker(): KubernetesObject | undefined {
    const { endpointPicker } = this.#service;
    if (endpointPicker === undefined) return undefined;
    return this.#withLabels(endpointPicker.pods).find((pod) => isRunningAndReady(pod) && !isTerminating(pod));
  }

  stop(): void {
    this.#informer.stop();
  }

  #replicasOf({ role, pods }: ServedRoleFacts): readonly ReplicaState[] {
    const all = this.#withLabels(pods);
    return all.filter(isLeader).flatMap((leader): ReplicaState[] => {
      const group = groupOf(leader, this.#all());
      const isWhole = group.length === groupSize(leader) && group.every((pod) => !isFinished(pod));
      const isReady = isWhole && group.every(isRunningAndReady);
      const isLeaving = group.some(isTerminating);
      // Not ready and not on its way out is broken: a node that is gone, a worker that is missing.
      if (!isReady && !(isLeaving && isWhole)) return [];
      return [{ id: uidOf(leader), endpoint: nameOf(leader), role, accepts: isReady && !isLeaving }];
    });
  }

  #withLabels(labels: PodLabels): readonly KubernetesObject[] {
    return this.#all().filter((pod) => {
      const own = stringsAt(pod, 'metadata', 'labels');
      return Object.entries(labels).every(([name, value]) => own[name] === value);
    });
  }

  #all(): readonly KubernetesObject[] {
    return this.#informer.all().filter((pod) => namespaceOf(pod) === this.#service.namespace);
  }

  #countGpus(): void {
    this.#addGpuHours();
    const pods = this.#service.roles.flatMap(({ pods: labels }) => this.#members(labels));
    const held = pods.filter((pod) => nodeNameOf(pod) !== '' && !isFinished(pod));
    this.#gpuCount = held.reduce((sum, pod) => sum + (requestsOf(mapAt(pod, 'spec')).get(GPU) ?? 0), 0);
  }

  /** The pods of a role with all workers of their groups. */
  #members(labels: PodLabels): readonly KubernetesObject[] {
    return this.#withLabels(labels)
      .filter(isLeader)
      .flatMap((leader) => groupOf(leader, this.#all()));
  }

  #addGpuHours(): void {
    const nowMs = this.#clock.nowMs();
    this.#gpuHours += (this.#gpuCount * (nowMs - this.#countedAtMs)) / MS_PER_HOUR;
    this.#countedAtMs = nowMs;
  }
}

const labelOf = (pod: KubernetesObject, label: string): string => textAt(pod, 'metadata', 'labels', label);

/** Of a LeaderWorkerSet group only the leader answers HTTP. */
const isLeader = (pod: KubernetesObject): boolean => ['', '0'].includes(labelOf(pod, groupLabels.workerIndex));

function groupSize(leader: KubernetesObject): number {
  return Number(textAt(leader, 'metadata', 'annotations', groupLabels.size) || 1);
}

function groupOf(leader: KubernetesObject, all: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const key = labelOf(leader, groupLabels.groupKey);
  return key === '' ? [leader] : all.filter((pod) => labelOf(pod, groupLabels.groupKey) === key);
}
