import { describe, expect, it } from 'vitest';
import type { ComputeWorld } from '../../../emulator/compute/compute-world.ts';
import type { GroupMachine, GroupSource, MachineGroup } from '../../../emulator/compute/instance-groups.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { linkTo, makeCompute, refusal, START_MS, textOf } from './compute-fixtures.ts';

const zone = 'us-central1-b';
const group = 'gke-demo-gpu-97da88a9-grp';
const requestId = '7c9e6679-7425-40de-944b-e07fc1f90ae7';

/** One group; what is deleted is on its way out and stays to be seen. */
class TestGroups implements GroupSource {
  readonly machines: GroupMachine[];
  targetSize: number;

  constructor(actions: Readonly<Record<string, GroupMachine['action']>>) {
    this.machines = Object.entries(actions).map(([name, action]) => ({ name, action }));
    this.targetSize = this.machines.filter(({ action }) => action !== 'DELETING').length;
  }

  all(): readonly MachineGroup[] {
    const baseName = group.replace('-grp', '');
    const { machines, targetSize } = this;
    return [{ name: group, zone, baseName, createdAtMs: START_MS, targetSize, machines }];
  }

  deleteInstances(_group: MachineGroup, names: readonly string[]): void {
    for (const name of names) {
      const index = this.machines.findIndex((machine) => machine.name === name);
      this.machines[index] = { name, action: 'DELETING' };
      this.targetSize--;
    }
  }
}

function makeGroups(actions: Readonly<Record<string, GroupMachine['action']>> = { a: 'NONE', b: 'NONE' }) {
  const fixture = makeCompute();
  const groups = new TestGroups(actions);
  fixture.world.connectGroups(groups);
  return { ...fixture, groups };
}

const deletion = (world: ComputeWorld, body: JsonMap, id?: string) =>
  world.deleteInstances({ zone }, group, { body, ...(id !== undefined && { requestId: id }) });

const url = (name: string, at = zone) => `zones/${at}/instances/${name}`;

describe('an instance group', () => {
  it('is shown with its size and what is being done to its machines', () => {
    const { world, groups } = makeGroups({ a: 'NONE', b: 'DELETING', c: 'RECREATING' });
    groups.targetSize = 3;

    expect(world.get('instanceGroupManagers', { zone }, group)).toMatchObject({
      kind: 'compute#instanceGroupManager',
      name: group,
      zone: linkTo(`zones/${zone}`),
      baseInstanceName: 'gke-demo-gpu-97da88a9',
      creationTimestamp: new Date(START_MS).toISOString(),
      targetSize: 3,
      currentActions: { none: 1, deleting: 1, recreating: 1, creating: 1 },
      status: { isStable: false },
      selfLink: linkTo(`zones/${zone}/instanceGroupManagers/${group}`),
    });
  });

  it('is listed in its zone and among all zones', () => {
    const { world } = makeGroups();

    const here = world.list('instanceGroupManagers', { zone });
    const elsewhere = world.list('instanceGroupManagers', { zone: 'us-central1-a' });
    const { items } = world.aggregatedList('instanceGroupManagers');

    expect(here['items']).toMatchObject([{ name: group, status: { isStable: true } }]);
    expect(elsewhere).not.toHaveProperty('items');
    expect(items).toMatchObject({
      [`zones/${zone}`]: { instanceGroupManagers: [{ name: group }] },
      'zones/us-central1-a': { warning: { code: 'NO_RESULTS_ON_PAGE' } },
    });
  });

  it('lists its machines', () => {
    const { world } = makeGroups({ a: 'NONE', b: 'DELETING', c: 'RECREATING' });

    const { managedInstances } = world.listManagedInstances({ zone }, group);
    const filtered = world.listManagedInstances({ zone }, group, { filter: 'currentAction = "DELETING"' });

    expect(managedInstances).toMatchObject([
      { name: 'a', instance: linkTo(url('a')), instanceStatus: 'RUNNING', currentAction: 'NONE' },
      { name: 'b', instanceStatus: 'STOPPING', currentAction: 'DELETING' },
      { name: 'c', instanceStatus: 'TERMINATED', currentAction: 'RECREATING' },
    ]);
    expect(filtered['managedInstances']).toMatchObject([{ name: 'b' }]);
  });

  it('is not found where it is not', () => {
    const { world } = makeGroups();
    const missing = { id: 'compute.notFound' };

    expect(refusal(() => world.get('instanceGroupManagers', { zone: 'us-central1-a' }, group))).toMatchObject(missing);
    expect(refusal(() => world.listManagedInstances({ zone }, 'other'))).toMatchObject(missing);
    expect(refusal(() => world.listManagedInstances({ zone: 'moon-1' }, group))).toMatchObject({
      id: 'compute.unknownPlace',
    });
  });

  it('cannot be made or deleted here: it belongs to its node pool', () => {
    const { world } = makeGroups();
    const target = { collection: 'instanceGroupManagers', place: { zone }, name: group } as const;

    expect(refusal(() => world.insert('instanceGroupManagers', { zone }, { name: 'own' }))).toMatchObject({
      id: 'compute.notServed',
    });
    expect(refusal(() => world.remove(target))).toMatchObject({ id: 'compute.notServed' });
  });
});

describe('deleting machines of a group', () => {
  it('shrinks the group at once, by an operation of the zone that ends in seconds', () => {
    const { world, groups, journal, pass } = makeGroups();

    const started = deletion(world, { instances: [linkTo(url('a'))] });
    const size = world.get('instanceGroupManagers', { zone }, group)['targetSize'];
    pass(10_000);

    expect(size).toBe(1);
    expect(groups.machines).toEqual([
      { name: 'a', action: 'DELETING' },
      { name: 'b', action: 'NONE' },
    ]);
    expect(started).toMatchObject({
      operationType: 'compute.instanceGroupManagers.deleteInstances',
      status: 'PENDING',
      zone: linkTo(`zones/${zone}`),
      targetLink: linkTo(`zones/${zone}/instanceGroupManagers/${group}`),
    });
    expect(world.operation({ zone }, textOf(started, 'name'))).toMatchObject({ status: 'DONE', progress: 100 });
    expect(world.listOperations({ zone })['items']).toHaveLength(1);
    expect(journal.entries).toMatchObject([{ method: 'deleteInstances', effect: true }]);
  });

  it.each([linkTo(url('a')), `https://compute.googleapis.com/compute/v1/projects/demo/${url('a')}`, url('a'), 'a'])(
    'knows a machine by %s',
    (instance) => {
      const { world, groups } = makeGroups();

      deletion(world, { instances: [instance] });

      expect(groups.targetSize).toBe(1);
    },
  );

  it('counts a machine once that is named twice', () => {
    const { world, groups } = makeGroups();

    deletion(world, { instances: [url('a'), 'a'] });

    expect(groups.targetSize).toBe(1);
  });

  it.each([
    { name: 'a stranger', machine: 'x', message: 'is not a member of the instance group manager' },
    { name: 'one that is being deleted', machine: 'b', message: 'is already being deleted' },
  ])('fails the whole operation for $name', ({ machine, message }) => {
    const { world, groups, settle } = makeGroups({ a: 'NONE', b: 'DELETING' });

    const started = deletion(world, { instances: [url('a'), url(machine)] });
    settle();

    expect(groups.targetSize).toBe(1);
    expect(world.operation({ zone }, textOf(started, 'name'))).toMatchObject({
      status: 'DONE',
      httpErrorStatusCode: 400,
      error: { errors: [{ message: expect.stringContaining(message) }] },
    });
  });

  it('skips strangers when the request says so', () => {
    const { world, groups, settle } = makeGroups({ a: 'NONE', b: 'DELETING' });

    const body = { instances: [url('a'), url('b'), url('x')], skipInstancesOnValidationError: true };
    const started = deletion(world, body);
    settle();

    expect(groups.targetSize).toBe(0);
    expect(world.operation({ zone }, textOf(started, 'name'))).not.toHaveProperty('error');
  });

  it('answers a repetition with the first operation and deletes nothing more', () => {
    const { world, groups, settle, journal } = makeGroups();

    const first = deletion(world, { instances: [url('a')] }, requestId);
    settle();
    const again = deletion(world, { instances: [url('a')] }, requestId);

    expect(again['name']).toBe(first['name']);
    expect(groups.targetSize).toBe(1);
    expect(journal.entries.map(({ effect }) => effect)).toEqual([true, false]);
  });

  it.each([
    { name: 'no machines', body: {}, id: 'compute.missingField' },
    {
      name: 'a machine of another zone',
      body: { instances: [url('a', 'us-central1-a')] },
      id: 'compute.badInstanceUrl',
    },
    {
      name: 'something that is no machine, although strangers are skipped',
      body: { instances: ['global/networks/a'], skipInstancesOnValidationError: true },
      id: 'compute.badInstanceUrl',
    },
    {
      name: 'more than a thousand',
      body: { instances: Array.from({ length: 1_001 }, (_, index) => `m${index}`) },
      id: 'compute.tooManyInstances',
    },
    { name: 'an unknown field', body: { instances: ['a'], force: true }, id: 'compute.unknownField' },
  ])('refuses $name', ({ body, id }) => {
    const { world, groups } = makeGroups();

    expect(refusal(() => deletion(world, body))).toMatchObject({ id });
    expect(groups.targetSize).toBe(2);
    expect(world.operations).toEqual([]);
  });
});
