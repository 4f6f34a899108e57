/**
 * Runs DisaggregatedSets in steady state and scales their roles (kubernetes-sigs/lws pkg/controllers/disaggregatedset). A changed
 * template is not rolled out: children keep the revision that they were made with.
 */
import type { KubernetesClient } from '../kubernetes/client.ts';
import { refOf } from '../kubernetes/client-types.ts';
import {
  isTerminating,
  type KubernetesObject,
  mapsAt,
  nameOf,
  namespaceOf,
  numberAt,
  textAt,
} from '../kubernetes/objects.ts';
import { rfc3339 } from '../kubernetes/state.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import type { JsonMap } from '../world/json.ts';
import {
  childSet,
  disaggregatedSetKind,
  revisionOfRoles,
  revisionService,
  roleScaler,
  roleScalerKind,
  roleSelector,
  setLabels,
} from './disaggregated-objects.ts';
import { Informer, keyOf, WorkQueue } from './informer.ts';
import { leaderWorkerSetKind } from './leader-worker-objects.ts';
import { OwnedObjects, wakeOwner } from './pods.ts';
import { labelOf } from './revisions.ts';
import { condition, writeStatus } from './status-writer.ts';

export function runDisaggregatedSets(client: KubernetesClient, clock: WorldClock): Cancel {
  const controller = new DisaggregatedSetController(client, clock);
  return () => controller.stop();
}

class DisaggregatedSetController {
  readonly #client: KubernetesClient;
  readonly #clock: WorldClock;
  readonly #queue: WorkQueue;
  readonly #sets: Informer;
  readonly #children: OwnedObjects;
  readonly #scalers: OwnedObjects;

  constructor(client: KubernetesClient, clock: WorldClock) {
    this.#client = client;
    this.#clock = clock;
    this.#queue = new WorkQueue(clock, (key) => this.#reconcile(key));
    const onChild = wakeOwner(this.#queue, disaggregatedSetKind);
    this.#sets = new Informer(client, disaggregatedSetKind, (_type, set) => this.#queue.add(keyOf(set)));
    this.#children = new OwnedObjects(client, leaderWorkerSetKind, onChild);
    this.#scalers = new OwnedObjects(client, roleScalerKind, onChild);
  }

  stop(): void {
    this.#queue.stop();
    for (const one of [this.#sets, this.#children, this.#scalers]) one.stop();
  }

  #reconcile(key: string): void {
    const set = this.#sets.get(key);
    if (set === undefined || isTerminating(set)) return;
    const children = this.#children.of(set);
    const roles = mapsAt(set, 'spec', 'roles').map((role) => this.#roleOf(set, role, children));
    for (const role of roles) this.#tendScaler(set, role);
    for (const role of roles) this.#tendChildren(set, role);
    const slices = numberAt(set, 'spec', 'slices');
    const surplus = children.filter((child) => Number(labelOf(child, setLabels.slice)) >= slices);
    for (const child of surplus) this.#client.delete(refOf(child));
    if (roles.every(({ children: own }) => own.some(isServing))) this.#publish(set, children);
    this.#writeStatuses(set, roles);
  }

  #roleOf(set: KubernetesObject, role: JsonMap, children: readonly KubernetesObject[]): Role {
    const name = textAt(role, 'name');
    const own = children.filter((child) => labelOf(child, setLabels.role) === name);
    const scaler = this.#scalers.get(`${namespaceOf(set)}/${nameOf(set)}-${name}`);
    const isExternal = textAt(role, 'scaling', 'mode') === 'External';
    // A new role starts with one replica, one that was static before with what it has.
    const current = own.reduce((sum, child) => sum + numberAt(child, 'spec', 'replicas'), 0);
    const seed = own.length === 0 ? 1 : current;
    const external = scaler === undefined ? seed : numberAt(scaler, 'spec', 'replicas');
    const wanted = isExternal ? external : numberAt(role, 'spec', 'replicas');
    return { name, role, children: own, scaler, isExternal, wanted };
  }

  #tendScaler(set: KubernetesObject, { name, scaler, isExternal, wanted }: Role): void {
    if (isExternal && scaler === undefined) this.#client.create(roleScaler(set, name, wanted));
    if (!isExternal && scaler !== undefined) this.#client.delete(refOf(scaler));
  }

  /** Only `replicas` is ever written to a child that exists. */
  #tendChildren(set: KubernetesObject, { role, children, wanted }: Role): void {
    for (let slice = 0; slice < numberAt(set, 'spec', 'slices'); slice++) {
      const child = children.find((one) => labelOf(one, setLabels.slice) === String(slice));
      if (child === undefined)
        this.#client.create(childSet(set, { role, slice, revision: revisionOfRoles(set) }, wanted));
      else if (numberAt(child, 'spec', 'replicas') !== wanted) {
        this.#client.patch(refOf(child), { spec: { replicas: wanted } });
      }
    }
  }

  #publish(set: KubernetesObject, children: readonly KubernetesObject[]): void {
    for (const child of children) {
      const service = revisionService(set, child);
      if (this.#client.get(refOf(service)) === undefined) this.#client.create(service);
    }
  }

  #writeStatuses(set: KubernetesObject, roles: readonly Role[]): void {
    const now = rfc3339(this.#clock.nowMs());
    for (const role of roles) if (role.isExternal) this.#writeScalerStatus(set, role, now);
    const slices = numberAt(set, 'spec', 'slices');
    const isAvailable = roles.every((role) => countsOf(role).every((count) => count === role.wanted * slices));
    writeStatus(this.#client, disaggregatedSetKind, set, {
      observedGeneration: numberAt(set, 'metadata', 'generation'),
      roleStatuses: roles.map((role) => {
        const [replicas, readyReplicas, updatedReplicas] = countsOf(role);
        return { name: role.name, replicas, readyReplicas, updatedReplicas };
      }),
      conditions: conditionsOf(set, isAvailable, now),
    });
  }

  #writeScalerStatus(set: KubernetesObject, { name, scaler, ...role }: Role, now: string): void {
    if (scaler === undefined) return;
    const [replicas] = countsOf(role);
    const bound = { isTrue: true, reason: 'Bound', message: 'Bound to its DisaggregatedSet role', now };
    writeStatus(this.#client, roleScalerKind, scaler, {
      observedGeneration: numberAt(scaler, 'metadata', 'generation'),
      replicas,
      selector: roleSelector(set, name),
      conditions: [condition(scaler, 'Ready', bound)],
    });
  }
}

interface Role {
  readonly name: string;
  readonly role: JsonMap;
  readonly children: readonly KubernetesObject[];
  readonly scaler: KubernetesObject | undefined;
  readonly isExternal: boolean;
  /** Of one slice. */
  readonly wanted: number;
}

/** replicas, readyReplicas and updatedReplicas of a role over all its children. */
function countsOf({ children }: Pick<Role, 'children'>): readonly [number, number, number] {
  const sum = (field: string): number => children.reduce((total, child) => total + numberAt(child, 'status', field), 0);
  return [sum('replicas'), sum('readyReplicas'), sum('updatedReplicas')];
}

const isServing = (child: KubernetesObject): boolean => numberAt(child, 'status', 'readyReplicas') > 0;

/** Both are there from the first time on and carry the same reason; the message is assumed. */
function conditionsOf(set: KubernetesObject, isAvailable: boolean, now: string): JsonMap[] {
  const texts = isAvailable
    ? { reason: 'AllRolesReady', message: 'All roles are ready' }
    : { reason: 'RolloutInProgress', message: 'Roles are progressing' };
  return [
    condition(set, 'Available', { ...texts, isTrue: isAvailable, now }),
    condition(set, 'Progressing', { ...texts, isTrue: !isAvailable, now }),
  ];
}
