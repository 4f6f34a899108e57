/** Managed instance groups: one for each zone of a GKE node pool. Who owns the machines is asked; nothing of them is kept here. */
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { defineRejection, reject } from '../world/rejection.ts';
import { type ComputePlace, linkOf, resourcePath, scopeText, timestampOf } from './collections.ts';
import { textsField } from './fields.ts';
import { parseFilter } from './filters.ts';
import { randomFingerprint, randomId } from './identity.ts';
import type { OperationBook, OperationFailure } from './operations.ts';
import { invalidField, missingField, notFound } from './rejections.ts';
import { checkBody } from './schema.ts';
import type { Resource } from './store.ts';

export interface GroupMachine {
  readonly name: string;
  /** A subset of ManagedInstance.CurrentAction. */
  readonly action: 'NONE' | 'DELETING' | 'RECREATING';
}

export interface MachineGroup {
  /** Of the manager: `gke-demo-gpu-97da88a9-grp`. */
  readonly name: string;
  readonly zone: string;
  readonly baseName: string;
  readonly createdAtMs: number;
  readonly targetSize: number;
  /** Short name of the specific reservation that its machines are taken from. */
  readonly reservation?: string;
  readonly machines: readonly GroupMachine[];
}

/** Whose machines they are. */
export interface GroupSource {
  all(): readonly MachineGroup[];
  /** The group shrinks by as many at once; the machines go later. All of them are members that stay so far. */
  deleteInstances(group: MachineGroup, names: readonly string[]): void;
}

const badInstanceUrl = defineRejection({
  id: 'compute.badInstanceUrl',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'googleapis/nodejs-compute #522 (a malformed URL; one of another zone by analogy); compute.proto, ' +
    'skip_instances_on_validation_error: both always fail',
  message: (index: number, value: string) =>
    invalidField(`resource.instances[${index}]`, value, 'The URL is malformed.'),
});

const tooManyInstances = defineRejection({
  id: 'compute.tooManyInstances',
  code: 'INVALID_ARGUMENT',
  reason: 'invalid',
  source:
    'assumed: wording; compute.proto, InstanceGroupManagers.DeleteInstances: a maximum of 1000 instances per request',
  message: (count: number) => invalidField('resource.instances', String(count), 'Must be at most 1000 instances.'),
});

const mostInstances = 1_000;

/** Ms of world time. Our estimate; the operation is over when the deletion is scheduled (compute.proto, DeleteInstances). */
const schedulingMs = [3_000, 8_000] as const;

export class InstanceGroups {
  readonly #base: WorldBase;
  readonly #operations: OperationBook;
  #source: GroupSource = { all: () => [], deleteInstances: () => {} };

  constructor(base: WorldBase, operations: OperationBook) {
    this.#base = base;
    this.#operations = operations;
  }

  connect(source: GroupSource): void {
    this.#source = source;
  }

  /** The managers as resources, ordered as lists show them. */
  resources(): readonly Resource[] {
    return this.#source
      .all()
      .map((group) => this.#toResource(group))
      .sort((one, other) => (one.path < other.path ? -1 : 1));
  }

  /** Machines that are there and taken from a specific reservation of the zone, until they are gone. */
  inReservation(zone: string, reservation: string): number {
    const groups = this.#source.all().filter((group) => group.zone === zone && group.reservation === reservation);
    return groups.reduce((sum, { machines }) => sum + machines.length, 0);
  }

  /** Without pages: the groups of GKE have `listManagedInstancesResults` PAGELESS, the default. */
  listManaged(place: ComputePlace, name: string, filter: string | undefined): JsonMap {
    const group = this.#find(place, name);
    const matches = filter === undefined ? () => true : parseFilter(filter);
    const managedInstances = group.machines.map((machine) => this.#toManaged(group, machine)).filter(matches);
    return managedInstances.length === 0 ? {} : { managedInstances };
  }

  /**
   * Deletes exactly these machines. One that is no member or is being deleted already makes the operation fail, unless the request
   * says to skip it (compute.proto, skip_instances_on_validation_error).
   */
  deleteInstances(place: ComputePlace, name: string, request: DeletionRequest): JsonMap {
    const type = 'compute.instanceGroupManagers.deleteInstances';
    checkBody('InstanceGroupManagersDeleteInstancesRequest', request.body);
    const path = this.#path(place, name);
    const earlier = this.#operations.repeated(type, path, request.requestId);
    if (earlier !== undefined) return earlier;
    const group = this.#find(place, name);
    const names = namesOf(request.body, group.zone);
    const staying = group.machines.filter(({ action }) => action !== 'DELETING').map((machine) => machine.name);
    const [stranger] = names.filter((one) => !staying.includes(one));
    const skips = request.body['skipInstancesOnValidationError'] === true;
    const isRefused = stranger !== undefined && !skips;
    const failure = isRefused ? this.#notMember(group, stranger) : undefined;
    // At once, and not at the end of the operation: whoever reads the size right after the call sees the new one.
    if (!isRefused)
      this.#source.deleteInstances(
        group,
        [...new Set(names)].filter((one) => staying.includes(one)),
      );
    const { requestId } = request;
    const target = this.#toResource(group);
    return this.#operations.start(
      { type, target, durationMs: schedulingMs, ...(requestId !== undefined && { requestId }) },
      () => failure,
    );
  }

  #notMember(group: MachineGroup, machine: string): OperationFailure {
    const isLeaving = group.machines.some(({ name }) => name === machine);
    const what = isLeaving ? 'is already being deleted' : 'is not a member of the instance group manager';
    // Assumed: code and wording.
    const message = `Instance '${this.#machinePath(group, machine)}' ${what}.`;
    return { code: 'INVALID_USAGE', message, httpStatus: 400, httpMessage: 'BAD REQUEST' };
  }

  #find(place: ComputePlace, name: string): MachineGroup {
    const found = this.#source.all().find((group) => group.name === name && group.zone === place.zone);
    return found ?? reject(notFound, this.#path(place, name));
  }

  #path(place: ComputePlace, name: string): string {
    return resourcePath(this.#base.project, 'instanceGroupManagers', place, name);
  }

  #machinePath({ zone }: MachineGroup, name: string): string {
    return `projects/${this.#base.project}/zones/${zone}/instances/${name}`;
  }

  #toManaged(group: MachineGroup, { name, action }: GroupMachine): JsonMap {
    const path = this.#machinePath(group, name);
    const instanceStatus = { NONE: 'RUNNING', DELETING: 'STOPPING', RECREATING: 'TERMINATED' }[action];
    return {
      instance: linkOf(path),
      name,
      id: randomId(this.#base.random, 'compute', path),
      instanceStatus,
      currentAction: action,
    };
  }

  #toResource(group: MachineGroup): Resource {
    const { name, zone, machines, targetSize } = group;
    const place = { zone };
    const path = this.#path(place, name);
    const { random, project } = this.#base;
    const count = (action: GroupMachine['action']) => machines.filter((machine) => machine.action === action).length;
    const actions = { none: count('NONE'), deleting: count('DELETING'), recreating: count('RECREATING') };
    const creating = Math.max(targetSize - actions.none - actions.recreating, 0);
    const body: JsonMap = {
      kind: 'compute#instanceGroupManager',
      id: randomId(random, 'compute', path),
      creationTimestamp: timestampOf(group.createdAtMs),
      name,
      zone: linkOf(`projects/${project}/${scopeText(place)}`),
      baseInstanceName: group.baseName,
      instanceGroup: linkOf(path.replace('/instanceGroupManagers/', '/instanceGroups/')),
      targetSize,
      currentActions: { ...actions, creating },
      status: { isStable: actions.deleting + actions.recreating + creating === 0 },
      listManagedInstancesResults: 'PAGELESS',
      fingerprint: randomFingerprint(random, 'compute', path),
      selfLink: linkOf(path),
    };
    return { collection: 'instanceGroupManagers', place, name, path, body, busy: false };
  }
}

export interface DeletionRequest {
  readonly body: JsonMap;
  readonly requestId?: string;
}

/** Names from URLs, partial URLs (`zones/Z/instances/N`) or names. */
function namesOf(body: JsonMap, zone: string): readonly string[] {
  const instances = textsField(body, 'instances');
  if (instances.length === 0) return reject(missingField, 'resource.instances');
  if (instances.length > mostInstances) reject(tooManyInstances, instances.length);
  return instances.map((value, index) => {
    const match = /^(?:.*\/zones\/|zones\/)([^/]+)\/instances\/([^/]+)$/.exec(value);
    const [, at = zone, name = value] = match ?? [];
    return name.includes('/') || at !== zone ? reject(badInstanceUrl, index, value) : name;
  });
}
