import { describe, expect, it } from 'vitest';
import { linkTo, makeCompute, makeNetworks, networkBody, refusal, subnetBody, US } from './compute-fixtures.ts';

describe('the world', () => {
  it.each([
    {
      what: 'an unknown region',
      call: { region: 'mars-north1' },
      message: "Invalid value for field 'region': 'mars-north1'. Unknown region.",
    },
    {
      what: 'a region as a zone',
      call: { zone: 'us-central1' },
      message: "Invalid value for field 'zone': 'us-central1'. Unknown zone.",
    },
  ])('refuses $what', ({ call, message }) => {
    const { world } = makeCompute();

    expect(refusal(() => world.list('routers', call))).toMatchObject({ status: 400, reason: 'invalid', message });
  });

  it('hands out copies', () => {
    const { world, settle } = makeCompute();
    const body = networkBody('net');
    world.insert('networks', {}, body);
    settle();

    body['description'] = 'changed by the caller';
    world.get('networks', {}, 'net')['description'] = 'changed by a reader';

    expect(world.get('networks', {}, 'net')).not.toHaveProperty('description');
  });

  it('finds networks and subnetworks by name and by any form of their URL', () => {
    const { world, settle } = makeNetworks();
    world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));
    settle();

    expect(world.findNetwork('projects/demo/global/networks/net')).toEqual(world.findNetwork('net'));
    expect(world.findNetwork('net')).toMatchObject({ subnetworks: [linkTo('regions/us-central1/subnetworks/sub')] });
    expect(world.findSubnetwork('us-central1', linkTo('regions/us-central1/subnetworks/sub'))).toMatchObject({
      name: 'sub',
    });
    expect(world.findSubnetwork('europe-west1', 'sub')).toBeUndefined();
  });

  it('is furnished with what the zones offer and with the reservation', () => {
    const { world } = makeCompute();

    expect(world.get('machineTypes', { zone: 'us-central1-b' }, 'a3-ultragpu-8g')).toMatchObject({
      guestCpus: 224,
      accelerators: [{ guestAcceleratorType: 'nvidia-h200-141gb', guestAcceleratorCount: 8 }],
    });
    expect(refusal(() => world.get('machineTypes', { zone: 'us-central1-a' }, 'a3-ultragpu-8g')).status).toBe(404);
    expect(world.get('networkProfiles', {}, 'us-central1-b-vpc-roce')).toMatchObject({
      location: { name: 'us-central1-b', scope: 'ZONE' },
      features: { allowMultiNicInSameNetwork: 'MULTI_NIC_IN_SAME_NETWORK_ALLOWED', allowCloudNat: 'CLOUD_NAT_BLOCKED' },
    });
    expect(refusal(() => world.get('networkProfiles', {}, 'us-central1-f-vpc-roce')).status).toBe(404);
    expect(world.findReservation('us-central1-b', 'h200-res')).toMatchObject({
      status: 'READY',
      specificReservationRequired: true,
      specificReservation: { count: '4', inUseCount: '0', instanceProperties: { machineType: 'a3-ultragpu-8g' } },
    });
    expect(world.get('regions', {}, 'us-central1')['zones']).toHaveLength(4);
  });

  it('makes a reservation of a machine that the zone offers', () => {
    const { world, settle } = makeCompute();
    const zone = { zone: 'us-central1-b' };
    const body = (machineType: string) => ({
      name: 'more',
      specificReservation: { count: '3', instanceProperties: { machineType } },
    });

    const refused = refusal(() => world.insert('reservations', { zone: 'us-central1-f' }, body('a3-ultragpu-8g')));
    world.insert('reservations', zone, body('a3-ultragpu-8g'));
    const creating = world.findReservation('us-central1-b', 'more');
    settle();

    expect(refused.status).toBe(404);
    expect(creating).toMatchObject({ status: 'CREATING' });
    expect(world.findReservation('us-central1-b', 'more')).toMatchObject({ status: 'READY' });
  });
});
