import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  firewallBody,
  linkTo,
  makeCompute,
  makeNetworks,
  networkBody,
  refusal,
  routerBody,
  START_MS,
  subnetBody,
  textOf,
  US,
} from './compute-fixtures.ts';

const secondsOf = (operation: JsonMap) =>
  (Date.parse(textOf(operation, 'endTime')) - Date.parse(textOf(operation, 'insertTime'))) / 1000;

describe('an operation', () => {
  it('goes from PENDING over RUNNING to DONE and carries the times of the world', () => {
    const { world, pass, settle } = makeCompute();

    const started = world.insert('networks', {}, networkBody('net'));
    const name = textOf(started, 'name');
    pass(1_000);
    const running = world.operation({}, name);
    settle();
    const done = world.operation({}, name);

    expect(started).toMatchObject({
      kind: 'compute#operation',
      operationType: 'insert',
      status: 'PENDING',
      progress: 0,
      targetLink: linkTo('global/networks/net'),
      insertTime: new Date(START_MS).toISOString(),
      selfLink: linkTo(`global/operations/${name}`),
    });
    expect(started).not.toHaveProperty('startTime');
    expect(running).toMatchObject({ status: 'RUNNING', startTime: '2026-09-01T00:00:00.700Z' });
    expect(running).not.toHaveProperty('endTime');
    expect(done).toMatchObject({ status: 'DONE', progress: 100, targetId: world.get('networks', {}, 'net')['id'] });
    expect(done).not.toHaveProperty('error');
    expect(world.operations).toEqual([done]);
  });

  it.each([
    { collection: 'networks', place: {}, body: networkBody('x'), from: 10, to: 40 },
    { collection: 'subnetworks', place: US, body: subnetBody('x', 'net', '10.0.0.0/24'), from: 10, to: 30 },
    { collection: 'firewalls', place: {}, body: firewallBody('x', 'net'), from: 10, to: 10 },
    { collection: 'routers', place: US, body: routerBody('x', 'net'), from: 10, to: 30 },
  ] as const)('on $collection takes $from to $to seconds of world time', ({ collection, place, body, from, to }) => {
    const { world, settle } = makeNetworks();

    const name = textOf(world.insert(collection, place, body), 'name');
    settle();

    const seconds = secondsOf(world.operation(place, name));
    expect(seconds).toBeGreaterThanOrEqual(from);
    expect(seconds).toBeLessThanOrEqual(to);
  });

  it('takes as long in every run of one seed, whatever else happens, and another time at the next attempt', () => {
    const [one, other, differentSeed] = [makeCompute(), makeCompute(), makeCompute({ seed: 'another' })];
    const secondsOfLast = ({ world }: typeof one) => secondsOf(world.operations.at(-1)!);

    one.world.insert('networks', {}, networkBody('net'));
    one.settle();
    for (const fixture of [other, differentSeed]) {
      fixture.world.insert('networks', {}, networkBody('earlier'));
      fixture.settle();
      fixture.world.insert('networks', {}, networkBody('net'));
      fixture.settle();
    }
    const first = secondsOfLast(one);
    one.world.remove({ collection: 'networks', place: {}, name: 'net' });
    one.settle();
    one.world.insert('networks', {}, networkBody('net'));
    one.settle();

    expect(secondsOfLast(other)).toBe(first);
    expect(secondsOfLast(differentSeed)).not.toBe(first);
    expect(secondsOfLast(one)).not.toBe(first);
  });

  it('is found in its own place only, by name or by numeric id', () => {
    const { world } = makeNetworks();

    const started = world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));
    const name = textOf(started, 'name');

    expect(world.operation(US, textOf(started, 'id'))).toMatchObject({ name, region: linkTo('regions/us-central1') });
    expect(refusal(() => world.operation({}, name))).toEqual({
      id: 'compute.notFound',
      status: 404,
      reason: 'notFound',
      message: `The resource 'projects/demo/global/operations/${name}' was not found`,
    });
  });
});
