import { describe, expect, it } from 'vitest';
import { firewallBody, linkTo, makeNetworks, type Refused, refusal } from './compute-fixtures.ts';

describe('firewalls', () => {
  it('are filled in', () => {
    const { world } = makeNetworks();

    world.insert('firewalls', {}, firewallBody('fw', 'net'));

    expect(world.get('firewalls', {}, 'fw')).toMatchObject({
      direction: 'INGRESS',
      priority: 1000,
      disabled: false,
      network: linkTo('global/networks/net'),
      allowed: [{ IPProtocol: 'tcp', ports: ['0-65535'] }, { IPProtocol: 'icmp' }],
    });
  });

  it.each([
    { name: 'on a RoCE network', body: firewallBody('fw', 'rdma'), id: 'compute.firewallOnRoceNetwork' },
    {
      name: 'without a network where there is no default network',
      body: { name: 'fw', allowed: [{ IPProtocol: 'tcp' }] },
      id: 'compute.notFound',
      message: "The resource 'projects/demo/global/networks/default' was not found",
    },
    {
      name: 'with a protocol that does not exist',
      body: firewallBody('fw', 'net', { allowed: [{ IPProtocol: 'rdma' }] }),
      id: 'compute.badProtocol',
      message: "Invalid value for field 'resource.allowed[0].IPProtocol': 'rdma'. Invalid IP protocol specification.",
    },
    {
      name: 'with the protocol under its proto name',
      body: firewallBody('fw', 'net', { allowed: [{ I_p_protocol: 'tcp' }] }),
      id: 'compute.unknownField',
    },
    {
      name: 'that allow nothing',
      body: firewallBody('fw', 'net', { allowed: [] }),
      id: 'compute.firewallWithoutAction',
    },
    {
      name: 'that allow and deny',
      body: firewallBody('fw', 'net', { denied: [{ IPProtocol: 'all' }] }),
      id: 'compute.firewallWithoutAction',
    },
    {
      name: 'with a source that is no range',
      body: firewallBody('fw', 'net', { sourceRanges: ['192.168.0.0/16', 'net'] }),
      id: 'compute.badRange',
      message: "Invalid value for field 'resource.sourceRanges[1]': 'net'. Must be a valid IPV4 CIDR address range.",
    },
    {
      name: 'with a priority of 65536',
      body: firewallBody('fw', 'net', { priority: 65_536 }),
      id: 'compute.outOfRange',
    },
  ])('are refused $name', ({ body, id, message }: Refused) => {
    const { world } = makeNetworks();

    const refused = refusal(() => world.insert('firewalls', {}, body));

    expect(refused).toMatchObject({ id, ...(message !== undefined && { message }) });
  });
});
