import { describe, expect, it } from 'vitest';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { EUROPE, linkTo, makeNetworks, type Refused, refusal, subnetBody, US } from './compute-fixtures.ts';

describe('subnetworks', () => {
  it('are filled in and show in their network', () => {
    const { world } = makeNetworks();

    world.insert(
      'subnetworks',
      US,
      subnetBody('sub', 'net', '192.168.0.0/18', {
        privateIpGoogleAccess: true,
        secondaryIpRanges: [
          { rangeName: 'pods', ipCidrRange: '10.4.0.0/14' },
          { rangeName: 'services', ipCidrRange: '10.0.32.0/20' },
        ],
      }),
    );

    expect(world.get('subnetworks', US, 'sub')).toMatchObject({
      kind: 'compute#subnetwork',
      purpose: 'PRIVATE',
      stackType: 'IPV4_ONLY',
      privateIpGoogleAccess: true,
      gatewayAddress: '192.168.0.1',
      network: linkTo('global/networks/net'),
      region: linkTo('regions/us-central1'),
      selfLink: linkTo('regions/us-central1/subnetworks/sub'),
      fingerprint: expect.stringMatching(/^[\w+/]{11}=$/),
    });
  });

  it('of a RoCE network lie side by side', () => {
    const { world, settle } = makeNetworks();

    for (let index = 0; index < 8; index++)
      world.insert('subnetworks', US, subnetBody(`rdma-${index}`, 'rdma', `192.168.${128 + 8 * index}.0/21`));
    settle();

    expect(world.findNetwork('rdma')?.['subnetworks']).toHaveLength(8);
  });

  it('may have the same range in different networks, and the same name in different regions', () => {
    const { world } = makeNetworks();
    world.insert('subnetworks', US, subnetBody('sub', 'net', '192.168.128.0/21'));

    world.insert('subnetworks', US, subnetBody('rdma-sub', 'rdma', '192.168.128.0/21'));
    world.insert('subnetworks', EUROPE, subnetBody('sub', 'net', '10.0.0.0/24'));

    expect(world.get('subnetworks', EUROPE, 'sub')).toMatchObject({ ipCidrRange: '10.0.0.0/24' });
  });

  const existing = subnetBody('first', 'net', '192.168.0.0/18', {
    secondaryIpRanges: [{ rangeName: 'pods', ipCidrRange: '10.4.0.0/14' }],
  });
  const secondary = (...ranges: readonly (readonly [string, string])[]) => ({
    secondaryIpRanges: ranges.map(([rangeName, ipCidrRange]) => ({ rangeName, ipCidrRange })),
  });

  it.each([
    {
      name: 'a range that overlaps a subnet in another region',
      place: EUROPE,
      body: subnetBody('sub', 'net', '192.168.32.0/24'),
      id: 'compute.overlappingRange',
      message:
        "Invalid value for field 'resource.ipCidrRange': '192.168.32.0/24'. Invalid IPCidrRange: 192.168.32.0/24 conflicts with existing subnetwork 'first' in region 'us-central1'.",
    },
    {
      name: 'a range that contains an existing one',
      body: subnetBody('sub', 'net', '192.168.0.0/16'),
      id: 'compute.overlappingRange',
    },
    {
      name: 'a range that overlaps a secondary range',
      body: subnetBody('sub', 'net', '10.7.255.0/24'),
      id: 'compute.overlappingRange',
    },
    {
      name: 'a secondary range that overlaps a subnet',
      body: subnetBody('sub', 'net', '10.0.0.0/24', secondary(['pods', '192.168.1.0/24'])),
      id: 'compute.overlappingRange',
      message:
        "Invalid value for field 'resource.secondaryIpRanges[0].ipCidrRange': '192.168.1.0/24'. Invalid IPCidrRange: 192.168.1.0/24 conflicts with existing subnetwork 'first' in region 'us-central1'.",
    },
    {
      name: 'a secondary range that overlaps its own primary range',
      body: subnetBody('sub', 'net', '10.0.0.0/16', secondary(['pods', '10.0.1.0/24'])),
      id: 'compute.overlappingRange',
    },
    {
      name: 'two secondary ranges of one name',
      body: subnetBody('sub', 'net', '10.0.0.0/24', secondary(['pods', '10.1.0.0/24'], ['pods', '10.2.0.0/24'])),
      id: 'compute.repeatedRangeName',
    },
    {
      name: 'a secondary range without a proper name',
      body: subnetBody('sub', 'net', '10.0.0.0/24', secondary(['Pods', '10.1.0.0/24'])),
      id: 'compute.badName',
    },
    { name: 'a range with host bits', body: subnetBody('sub', 'net', '10.0.0.1/24'), id: 'compute.badSubnetRange' },
    { name: 'something that is no range', body: subnetBody('sub', 'net', '10.0.0/24'), id: 'compute.badSubnetRange' },
    { name: 'no range', body: { name: 'sub', network: 'global/networks/net' }, id: 'compute.missingField' },
    { name: 'a range of four addresses', body: subnetBody('sub', 'net', '10.0.0.0/30'), id: 'compute.rangeSize' },
    { name: 'loopback addresses', body: subnetBody('sub', 'net', '127.0.0.0/24'), id: 'compute.prohibitedRange' },
    {
      name: 'a network that is not there',
      body: subnetBody('sub', 'none', '10.0.0.0/24'),
      id: 'compute.notFound',
      message: "The resource 'projects/demo/global/networks/none' was not found",
    },
    { name: 'no network', body: { name: 'sub', ipCidrRange: '10.0.0.0/24' }, id: 'compute.missingField' },
    {
      name: 'a subnetwork in the place of the network',
      body: { name: 'sub', network: 'regions/us-central1/subnetworks/first', ipCidrRange: '10.0.0.0/24' },
      id: 'compute.malformedUrl',
    },
    {
      name: 'a RoCE subnet outside the region of the profile',
      place: EUROPE,
      body: subnetBody('sub', 'rdma', '10.0.0.0/24'),
      id: 'compute.outsideProfileZone',
    },
    {
      name: 'a proxy-only subnet in a RoCE network',
      body: subnetBody('sub', 'rdma', '10.0.0.0/23', { purpose: 'REGIONAL_MANAGED_PROXY', role: 'ACTIVE' }),
      id: 'compute.subnetNotAllowedByProfile',
    },
    {
      name: 'IPv6 in a RoCE network',
      body: subnetBody('sub', 'rdma', '10.0.0.0/24', { stackType: 'IPV4_IPV6' }),
      id: 'compute.subnetNotAllowedByProfile',
    },
    {
      name: 'an unknown purpose',
      body: subnetBody('sub', 'net', '10.0.0.0/24', { purpose: 'PROXY' }),
      id: 'compute.unknownEnumValue',
    },
  ])('refuse $name', ({ place = US, body, id, message }: Refused) => {
    const { world } = makeNetworks();
    world.insert('subnetworks', US, existing);

    const refused = refusal(() => world.insert('subnetworks', place, body));

    expect(refused).toMatchObject({ id, ...(message !== undefined && { message }) });
  });

  describe('for proxies', () => {
    const proxyBody = (name: string, range: string, over: JsonMap = {}) =>
      subnetBody(name, 'net', range, { purpose: 'REGIONAL_MANAGED_PROXY', role: 'ACTIVE', ...over });

    it('have a state and no gateway', () => {
      const { world } = makeNetworks();

      world.insert('subnetworks', US, proxyBody('proxy', '10.10.0.0/23'));

      const proxy = world.get('subnetworks', US, 'proxy');
      expect(proxy).toMatchObject({ role: 'ACTIVE', state: 'READY' });
      expect(proxy).not.toHaveProperty('gatewayAddress');
      expect(proxy).not.toHaveProperty('privateIpGoogleAccess');
    });

    it('may be active once in each region, with backups', () => {
      const { world } = makeNetworks();
      world.insert('subnetworks', US, proxyBody('proxy', '10.10.0.0/23'));

      world.insert('subnetworks', EUROPE, proxyBody('proxy', '10.11.0.0/23'));
      world.insert('subnetworks', US, proxyBody('backup', '10.12.0.0/23', { role: 'BACKUP' }));

      expect(refusal(() => world.insert('subnetworks', US, proxyBody('second', '10.13.0.0/23'))).id).toBe(
        'compute.secondActiveProxySubnet',
      );
    });

    it.each([
      {
        name: 'without a role',
        body: subnetBody('proxy', 'net', '10.10.0.0/23', { purpose: 'REGIONAL_MANAGED_PROXY' }),
        id: 'compute.missingRole',
        message:
          "Invalid value for field 'resource.role': 'UNSPECIFIED_ROLE'. Subnetwork role must be specified when purpose set to REGIONAL_MANAGED_PROXY.",
      },
      {
        name: 'with flow logs',
        body: proxyBody('proxy', '10.10.0.0/23', { logConfig: { enable: false } }),
        id: 'compute.fieldOnProxySubnet',
      },
      { name: 'of less than 64 addresses', body: proxyBody('proxy', '10.10.0.0/27'), id: 'compute.rangeSize' },
    ])('are refused $name', ({ body, id, message }: Refused) => {
      const { world } = makeNetworks();

      const refused = refusal(() => world.insert('subnetworks', US, body));

      expect(refused).toMatchObject({ id, ...(message !== undefined && { message }) });
    });
  });
});
