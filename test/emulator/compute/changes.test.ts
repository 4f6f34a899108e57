import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  firewallBody,
  makeCompute,
  makeNetworks,
  networkBody,
  refusal,
  subnetBody,
  textOf,
  US,
} from './compute-fixtures.ts';

const secondsOf = (operation: JsonMap) =>
  (Date.parse(textOf(operation, 'endTime')) - Date.parse(textOf(operation, 'insertTime'))) / 1000;
const requestId = 'a3bb189e-8bf9-5888-9912-ace4e6543002';

describe('a resource whose creation is running', () => {
  it('can be read and cannot be used', () => {
    const { world, settle } = makeCompute();
    world.insert('networks', {}, networkBody('net'));

    const early = refusal(() => world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24')));

    expect(world.get('networks', {}, 'net')).toMatchObject({ name: 'net' });
    expect(world.findNetwork('net')).toBeUndefined();
    expect(early).toEqual({
      id: 'compute.resourceNotReady',
      status: 400,
      reason: 'resourceNotReady',
      message: "The resource 'projects/demo/global/networks/net' is not ready",
    });
    settle();
    expect(world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'))).toMatchObject({
      status: 'PENDING',
    });
  });

  it('holds its name', () => {
    const { world } = makeCompute();
    world.insert('networks', {}, networkBody('net'));

    expect(refusal(() => world.insert('networks', {}, networkBody('net')))).toEqual({
      id: 'compute.alreadyExists',
      status: 409,
      reason: 'alreadyExists',
      message: "The resource 'projects/demo/global/networks/net' already exists",
    });
  });

  it('cannot be deleted yet', () => {
    const { world } = makeCompute();
    world.insert('networks', {}, networkBody('net'));

    const refused = refusal(() => world.remove({ collection: 'networks', place: {}, name: 'net' }));

    expect(refused).toMatchObject({ status: 400, reason: 'resourceNotReady' });
  });
});

describe('a request id', () => {
  it.each([{ when: 'while the operation runs' }, { when: 'after it has ended' }])(
    'makes a repetition answer the same operation without a second effect, $when',
    ({ when }) => {
      const { world, journal, settle } = makeCompute();
      const first = world.insert('networks', {}, networkBody('net'), { requestId });
      if (when === 'after it has ended') settle();

      const second = world.insert('networks', {}, networkBody('net'), { requestId });

      expect(second['name']).toBe(first['name']);
      expect(second['clientOperationId']).toBe(requestId);
      expect(world.operations).toHaveLength(1);
      expect(journal.entries.map(({ resource, effect }) => [resource, effect])).toEqual([
        ['projects/demo/global/networks/net', true],
        ['projects/demo/global/networks/net', false],
      ]);
    },
  );

  it('answers the old operation even when the resource is gone', () => {
    const { world, settle } = makeCompute();
    const first = world.insert('networks', {}, networkBody('net'), { requestId });
    settle();
    world.remove({ collection: 'networks', place: {}, name: 'net' });
    settle();

    const repeated = world.insert('networks', {}, networkBody('net'), { requestId });

    expect(repeated['name']).toBe(first['name']);
    expect(refusal(() => world.get('networks', {}, 'net')).status).toBe(404);
  });

  it('answers the failed operation of a deletion that failed', () => {
    const { world, settle } = makeNetworks();
    world.insert('firewalls', {}, firewallBody('fw', 'net'));
    settle();
    const net = { collection: 'networks', place: {}, name: 'net' } as const;
    const name = textOf(world.remove(net, { requestId }), 'name');
    settle();

    const repeated = world.remove(net, { requestId });

    expect(repeated).toMatchObject({ name, status: 'DONE', httpErrorStatusCode: 400 });
  });

  it.each([
    { requestId: 'step-1', id: 'compute.badRequestId' },
    { requestId: '00000000-0000-0000-0000-000000000000', id: 'compute.badRequestId' },
  ])('that is no UUID is refused: $requestId', (options) => {
    const { world } = makeCompute();

    expect(refusal(() => world.insert('networks', {}, networkBody('net'), options)).id).toBe(options.id);
  });

  it('of another request is refused', () => {
    const { world } = makeCompute();
    world.insert('networks', {}, networkBody('net'), { requestId });

    const refused = refusal(() => world.insert('networks', {}, networkBody('other'), { requestId }));

    expect(refused).toMatchObject({ id: 'compute.reusedRequestId', status: 400 });
    expect(refused.message).toContain('projects/demo/global/networks/net');
  });
});

describe('a deletion', () => {
  it('of a network in use is accepted, fails, and leaves the network usable', () => {
    const { world, settle } = makeNetworks();
    world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));
    settle();

    const name = textOf(world.remove({ collection: 'networks', place: {}, name: 'net' }), 'name');
    settle();

    const operation = world.operation({}, name);
    expect(operation).toMatchObject({
      operationType: 'delete',
      status: 'DONE',
      error: {
        errors: [
          {
            code: 'RESOURCE_IN_USE_BY_ANOTHER_RESOURCE',
            message:
              "The network resource 'projects/demo/global/networks/net' is already being used by 'projects/demo/regions/us-central1/subnetworks/sub'",
          },
        ],
      },
      httpErrorStatusCode: 400,
      httpErrorMessage: 'BAD REQUEST',
    });
    expect(secondsOf(operation)).toBeLessThan(3);
    expect(world.findNetwork('net')).toBeDefined();
  });

  it('of a subnetwork in use is refused at once, until its last user has left', () => {
    const { world, settle } = makeNetworks();
    const sub = { collection: 'subnetworks', place: US, name: 'sub' } as const;
    world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));
    settle();
    const users = ['one', 'two'].map((node) => `projects/demo/zones/us-central1-b/instances/${node}`);
    world.attach(textOf(world.findSubnetwork('us-central1', 'sub'), 'selfLink'), users[0]!);
    world.attach({ region: 'us-central1', name: 'sub' }, users[1]!);

    const refused = refusal(() => world.remove(sub));
    world.detach(users[0]!);
    const refusedStill = refusal(() => world.remove(sub));
    world.detach(users[1]!);
    world.remove(sub);
    settle();

    expect(refused).toEqual({
      id: 'compute.resourceInUse',
      status: 400,
      reason: 'resourceInUseByAnotherResource',
      message: `The subnetwork resource 'projects/demo/regions/us-central1/subnetworks/sub' is already being used by '${users[0]}'`,
    });
    expect(refusedStill.message).toContain(users[1]);
    expect(refusal(() => world.get('subnetworks', US, 'sub')).status).toBe(404);
  });

  it('fails when somebody began to use the subnetwork meanwhile', () => {
    const { world, settle } = makeNetworks();
    world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));
    settle();

    const name = textOf(world.remove({ collection: 'subnetworks', place: US, name: 'sub' }), 'name');
    world.attach({ region: 'us-central1', name: 'sub' }, 'projects/demo/zones/us-central1-b/instances/node');
    settle();

    expect(world.operation(US, name)).toMatchObject({ httpErrorStatusCode: 400 });
    expect(world.findSubnetwork('us-central1', 'sub')).toBeDefined();
  });

  it('makes the name free and the next one of the name another resource', () => {
    const { world, settle } = makeCompute();
    world.insert('networks', {}, networkBody('net'));
    settle();
    const firstId = world.get('networks', {}, 'net')['id'];
    world.remove({ collection: 'networks', place: {}, name: 'net' });
    settle();

    world.insert('networks', {}, networkBody('net'));

    expect(world.get('networks', {}, 'net')['id']).not.toBe(firstId);
  });

  it('of something that is not there is 404', () => {
    const { world } = makeCompute();

    expect(refusal(() => world.remove({ collection: 'firewalls', place: {}, name: 'none' }))).toMatchObject({
      status: 404,
      message: "The resource 'projects/demo/global/firewalls/none' was not found",
    });
  });
});
