/** Reservations of Compute Engine as the machines of node pools use them. */
import { beforeEach, describe, expect, it } from 'vitest';
import { viewCompute } from '../../../emulator/gke/compute-view.ts';
import { gkeFacts } from '../../../emulator/gke/facts.ts';
import { GkeWorld } from '../../../emulator/gke/gke-world.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { type ComputeFixture, makeCompute, refusal, US } from '../compute/compute-fixtures.ts';
import { clusterBody, clusterPath, location, minuteMs, TestRuntime } from './gke-fixtures.ts';

const ZONE = { zone: 'us-central1-b' };
const RESERVED = 3;

let fixture: ComputeFixture;
let gke: GkeWorld;

beforeEach(() => {
  fixture = makeCompute();
  const { world, base, settle, pass, clock } = fixture;
  const runtime = new TestRuntime(() => clock.nowMs());
  gke = new GkeWorld(base, { compute: viewCompute(world), runtime, facts: gkeFacts });
  world.connectGroups(gke.instanceGroups);
  world.insert('networks', {}, { name: 'net-0', autoCreateSubnetworks: false });
  settle();
  world.insert('subnetworks', US, {
    name: 'sub-0',
    network: 'projects/demo/global/networks/net-0',
    ipCidrRange: '192.168.0.0/18',
    secondaryIpRanges: [
      { rangeName: 'pods', ipCidrRange: '10.4.0.0/14' },
      { rangeName: 'services', ipCidrRange: '10.0.32.0/20' },
    ],
  });
  const instanceProperties = { machineType: 'e2-standard-8' };
  for (const name of ['mine', 'other'])
    world.insert('reservations', ZONE, { name, specificReservation: { count: RESERVED, instanceProperties } });
  settle();
  gke.createCluster(location, clusterBody());
  pass(40 * minuteMs);
});

const poolOn = (reservation: string, over: JsonMap = {}): JsonMap => ({
  name: 'reserved',
  initialNodeCount: 2,
  config: {
    machineType: 'e2-standard-8',
    reservationAffinity: {
      consumeReservationType: 'SPECIFIC_RESERVATION',
      key: 'compute.googleapis.com/reservation-name',
      values: [reservation],
    },
  },
  ...over,
});
const createPool = (body: JsonMap) => gke.createNodePool(clusterPath, body);
const inUse = (name: string) => {
  const { specificReservation } = fixture.world.get('reservations', ZONE, name);
  return specificReservation;
};
const settled = () => fixture.pass(60 * minuteMs);

describe('a reservation', () => {
  it('counts the machines of the pools that take them from it, and no others', () => {
    createPool(poolOn('mine'));
    settled();
    const { items } = fixture.world.list('reservations', ZONE);

    expect(inUse('mine')).toMatchObject({ count: '3', inUseCount: '2' });
    expect(inUse('other')).toMatchObject({ count: '3', inUseCount: '0' });
    expect(items).toContainEqual(
      expect.objectContaining({ name: 'mine', specificReservation: expect.objectContaining({ inUseCount: '2' }) }),
    );
  });

  it('follows a pool that grows, shrinks and goes', () => {
    const pool = `${clusterPath}/nodePools/reserved`;
    const counts: unknown[] = [];
    const note = () => {
      settled();
      counts.push(inUse('mine'));
    };

    createPool(poolOn('mine', { initialNodeCount: 1 }));
    note();
    gke.setNodePoolSize(pool, 3);
    note();
    gke.setNodePoolSize(pool, 2);
    note();
    gke.deleteNodePool(pool);
    note();

    expect(counts).toMatchObject(['1', '3', '2', '0'].map((inUseCount) => ({ inUseCount })));
  });

  it('counts a machine of a pool once when it is asked for more, and says what is missing', () => {
    createPool(poolOn('mine'));
    settled();

    const tooLarge = refusal(() => createPool(poolOn('mine', { name: 'second' })));
    createPool(poolOn('mine', { name: 'second', initialNodeCount: 1 }));
    settled();

    expect(tooLarge.message).toContain('required 2 and short of 1 VM count of machine type e2-standard-8');
    expect(inUse('mine')).toMatchObject({ inUseCount: '3' });
  });
});
