import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  EUROPE,
  linkTo,
  makeNetworks,
  natBody,
  networkBody,
  type Refused,
  refusal,
  routerBody,
  subnetBody,
  textOf,
  US,
} from './compute-fixtures.ts';

describe('routers', () => {
  const router = { collection: 'routers', place: US, name: 'router' } as const;

  it('are created with their NAT in one call', () => {
    const { world } = makeNetworks();

    world.insert('routers', US, routerBody('router', 'net', { nats: [natBody('nat')] }));

    expect(world.get('routers', US, 'router')).toMatchObject({
      network: linkTo('global/networks/net'),
      nats: [{ name: 'nat', type: 'PUBLIC', endpointTypes: ['ENDPOINT_TYPE_VM'] }],
    });
  });

  it('get their NAT by a patch with the whole router, which shows when the operation has ended', () => {
    const { world, settle } = makeNetworks();
    world.insert('routers', US, routerBody('router', 'net', { bgp: { asn: 64_512 } }));
    settle();
    const whole = world.get('routers', US, 'router');

    const started = world.patch(router, { ...whole, nats: [natBody('nat')] });
    const meanwhile = world.get('routers', US, 'router');
    const again = refusal(() => world.patch(router, { nats: [] }));
    settle();

    expect(started['operationType']).toBe('patch');
    expect(meanwhile).toEqual(whole);
    expect(again).toMatchObject({ status: 400, reason: 'resourceNotReady' });
    expect(world.operation(US, textOf(started, 'name'))).toMatchObject({ status: 'DONE' });
    expect(world.get('routers', US, 'router')).toMatchObject({ ...whole, nats: [{ name: 'nat' }] });
  });

  it('lose their NAT by a patch with an empty list', () => {
    const { world, settle } = makeNetworks();
    world.insert('routers', US, routerBody('router', 'net', { nats: [natBody('nat')] }));
    settle();

    world.patch(router, { nats: [] });
    settle();

    expect(world.get('routers', US, 'router')['nats']).toEqual([]);
  });

  it('keep the subnetworks that their NAT lists from being deleted', () => {
    const { world, settle } = makeNetworks();
    world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));
    settle();
    const subnetworks = [{ name: 'regions/us-central1/subnetworks/sub', sourceIpRangesToNat: ['PRIMARY_IP_RANGE'] }];
    const nat = natBody('nat', { sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS', subnetworks });
    world.insert('routers', US, routerBody('router', 'net', { nats: [nat] }));

    const refused = refusal(() => world.remove({ collection: 'subnetworks', place: US, name: 'sub' }));

    expect(refused.message).toContain("is already being used by 'projects/demo/regions/us-central1/routers/router'");
  });

  it('count the NAT that a running patch will give them', () => {
    const { world, settle } = makeNetworks();
    world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));
    world.insert('routers', US, routerBody('router', 'net'));
    world.insert('routers', US, routerBody('other', 'net'));
    settle();

    world.patch(router, { nats: [natBody('nat', list(['sub']))] });
    const secondNat = refusal(() => world.patch({ ...router, name: 'other' }, { nats: [natBody('nat')] }));
    const deletion = refusal(() => world.remove({ collection: 'subnetworks', place: US, name: 'sub' }));

    expect(secondNat.id).toBe('compute.secondNat');
    expect(deletion.id).toBe('compute.resourceInUse');
  });

  it('have a NAT for everything in each region', () => {
    const { world } = makeNetworks();
    world.insert('routers', US, routerBody('router', 'net', { nats: [natBody('nat')] }));

    world.insert('routers', EUROPE, routerBody('router', 'net', { nats: [natBody('nat')] }));

    expect(world.get('routers', EUROPE, 'router')).toMatchObject({ nats: [{ name: 'nat' }] });
  });

  it.each([
    { name: 'on a RoCE network', body: routerBody('other', 'rdma'), id: 'compute.routerOnRoceNetwork' },
    { name: 'without a network', body: { name: 'other' }, id: 'compute.missingField' },
    {
      name: 'with a NAT beside one that covers everything',
      body: routerBody('other', 'net', { nats: [natBody('nat')] }),
      id: 'compute.secondNat',
      message:
        "Invalid value for field 'resource.nats[0].sourceSubnetworkIpRangesToNat': 'ALL_SUBNETWORKS_ALL_IP_RANGES'. Can not create new Nats since a Nat with option ALL_SUBNETWORKS_ALL_IP_RANGES exists.",
    },
    {
      name: 'with a NAT without a name',
      body: routerBody('other', 'net', { nats: [{ natIpAllocateOption: 'AUTO_ONLY' }] }),
      id: 'compute.badName',
    },
    {
      name: 'with a NAT that does not say for whom',
      body: routerBody('other', 'net', { nats: [{ name: 'nat', natIpAllocateOption: 'AUTO_ONLY' }] }),
      id: 'compute.missingField',
    },
    {
      name: 'with a NAT of an unknown option',
      body: routerBody('other', 'net', { nats: [natBody('nat', { sourceSubnetworkIpRangesToNat: 'EVERYTHING' })] }),
      id: 'compute.unknownEnumValue',
    },
  ])('are refused $name', ({ body, id, message }: Refused) => {
    const { world } = makeNetworks();
    world.insert('routers', US, routerBody('router', 'net', { nats: [natBody('nat')] }));

    const refused = refusal(() => world.insert('routers', US, body));

    expect(refused).toMatchObject({ id, ...(message !== undefined && { message }) });
  });

  it.each([
    {
      name: 'of two NATs of one name',
      nats: [natBody('nat', list(['sub'])), natBody('nat', list(['sub']))],
      id: 'compute.repeatedNatName',
    },
    {
      name: 'of a NAT with addresses that are chosen for it',
      nats: [natBody('nat', { natIps: ['x'] })],
      id: 'compute.natAddresses',
    },
    { name: 'of a NAT for an empty list', nats: [natBody('nat', list([]))], id: 'compute.missingField' },
    {
      name: 'of a NAT for a subnetwork that is not there',
      nats: [natBody('nat', list(['none']))],
      id: 'compute.notFound',
    },
    {
      name: 'of a NAT for a subnetwork of another network',
      nats: [natBody('nat', list(['rdma-sub']))],
      id: 'compute.malformedUrl',
    },
  ])('refuse a patch $name', ({ nats, id }) => {
    const { world, settle } = makeNetworks();
    world.insert('routers', US, routerBody('router', 'net'));
    world.insert('subnetworks', US, subnetBody('sub', 'net', '10.0.0.0/24'));
    world.insert('subnetworks', US, subnetBody('rdma-sub', 'rdma', '10.0.0.0/24'));
    settle();

    expect(refusal(() => world.patch(router, { nats })).id).toBe(id);
  });

  it('cannot change their network', () => {
    const { world, settle } = makeNetworks();
    world.insert('networks', {}, networkBody('other'));
    world.insert('routers', US, routerBody('router', 'net'));
    settle();

    expect(refusal(() => world.patch(router, { network: 'global/networks/other' })).id).toBe(
      'compute.immutableRouterNetwork',
    );
  });
});

function list(subnets: readonly string[]): JsonMap {
  return {
    sourceSubnetworkIpRangesToNat: 'LIST_OF_SUBNETWORKS',
    subnetworks: subnets.map((subnet) => ({ name: `regions/us-central1/subnetworks/${subnet}` })),
  };
}
