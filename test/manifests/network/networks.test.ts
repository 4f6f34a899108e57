/** Golden bodies of the VPC layer: what the smallest A3 Ultra cluster asks Compute Engine for. */
import { describe, expect, it } from 'vitest';
import { gvnicFirewall, primaryFirewall } from '#manifests/network/firewalls.ts';
import { gvnicNetwork, primaryNetwork, rdmaNetwork } from '#manifests/network/networks.ts';
import { routerWithNat } from '#manifests/network/router.ts';
import {
  gvnicSubnetwork,
  primarySubnetwork,
  proxyOnlySubnetwork,
  rdmaSubnetworks,
} from '#manifests/network/subnetworks.ts';
import { makeResolvedCluster } from '../../support/make-cluster.ts';

const description = '{"managed-by":"inference-fleet","target":"cluster/demo"}';
const network = (name: string) => `projects/demo/global/networks/${name}`;
const cluster = makeResolvedCluster();

describe('networks', () => {
  it('are one plain, one with jumbo frames, and one with the RoCE profile of the zone', () => {
    const routingConfig = { routingMode: 'REGIONAL' };

    expect([primaryNetwork(cluster), gvnicNetwork(cluster), rdmaNetwork(cluster)]).toEqual([
      { name: 'demo-net-0', description, autoCreateSubnetworks: false, routingConfig },
      { name: 'demo-net-1', description, autoCreateSubnetworks: false, routingConfig, mtu: 8896 },
      {
        name: 'demo-rdma',
        description,
        autoCreateSubnetworks: false,
        routingConfig,
        networkProfile: 'projects/demo/global/networkProfiles/us-central1-b-vpc-roce',
      },
    ]);
  });
});

describe('subnetworks', () => {
  it('put nodes, pods and services into the primary network', () => {
    expect(primarySubnetwork(cluster)).toEqual({
      name: 'demo-sub-0',
      description,
      network: network('demo-net-0'),
      ipCidrRange: '192.168.0.0/18',
      privateIpGoogleAccess: true,
      secondaryIpRanges: [
        { rangeName: 'pods', ipCidrRange: '10.4.0.0/14' },
        { rangeName: 'services', ipCidrRange: '10.0.32.0/20' },
      ],
    });
  });

  it('put the load balancer proxies into the primary network, not beside the GPU NICs', () => {
    expect(proxyOnlySubnetwork(cluster)).toEqual({
      name: 'demo-proxy',
      description,
      network: network('demo-net-0'),
      ipCidrRange: '10.10.0.0/23',
      purpose: 'REGIONAL_MANAGED_PROXY',
      role: 'ACTIVE',
    });
  });

  it('give the gVNIC one and every RDMA NIC one of its own', () => {
    const expected = (name: string, of: string, ipCidrRange: string) => ({
      name,
      description,
      network: network(of),
      ipCidrRange,
      privateIpGoogleAccess: false,
    });

    expect(gvnicSubnetwork(cluster)).toEqual(expected('demo-sub-1', 'demo-net-1', '192.168.64.0/18'));
    expect(rdmaSubnetworks(cluster)).toEqual([
      expected('demo-rdma-sub-0', 'demo-rdma', '192.168.128.0/21'),
      expected('demo-rdma-sub-1', 'demo-rdma', '192.168.136.0/21'),
      expected('demo-rdma-sub-2', 'demo-rdma', '192.168.144.0/21'),
      expected('demo-rdma-sub-3', 'demo-rdma', '192.168.152.0/21'),
      expected('demo-rdma-sub-4', 'demo-rdma', '192.168.160.0/21'),
      expected('demo-rdma-sub-5', 'demo-rdma', '192.168.168.0/21'),
      expected('demo-rdma-sub-6', 'demo-rdma', '192.168.176.0/21'),
      expected('demo-rdma-sub-7', 'demo-rdma', '192.168.184.0/21'),
    ]);
  });
});

describe('firewalls', () => {
  it('admit only the own ranges, and leave the RDMA network alone', () => {
    const allowed = [
      { IPProtocol: 'tcp', ports: ['0-65535'] },
      { IPProtocol: 'udp', ports: ['0-65535'] },
      { IPProtocol: 'icmp' },
    ];

    expect([primaryFirewall(cluster), gvnicFirewall(cluster)]).toEqual([
      {
        name: 'demo-net-0-internal',
        description,
        network: network('demo-net-0'),
        direction: 'INGRESS',
        sourceRanges: ['192.168.0.0/18', '10.4.0.0/14'],
        allowed,
      },
      {
        name: 'demo-net-1-internal',
        description,
        network: network('demo-net-1'),
        direction: 'INGRESS',
        sourceRanges: ['192.168.64.0/18'],
        allowed,
      },
    ]);
  });
});

it('gives private nodes a way out through the router of the primary network', () => {
  expect(routerWithNat(cluster)).toEqual({
    name: 'demo-router',
    description,
    network: network('demo-net-0'),
    nats: [
      {
        name: 'demo-nat',
        natIpAllocateOption: 'AUTO_ONLY',
        sourceSubnetworkIpRangesToNat: 'ALL_SUBNETWORKS_ALL_IP_RANGES',
        logConfig: { enable: true, filter: 'ERRORS_ONLY' },
      },
    ],
  });
});

it('builds nothing in a network of somebody else', () => {
  const existing = { network: 'corp', subnetwork: 'corp-sub', podsRange: 'p', servicesRange: 's' };
  const guest = makeResolvedCluster({ spec: { networking: { primary: { existing } } } });

  expect(
    [primaryNetwork, primarySubnetwork, proxyOnlySubnetwork, primaryFirewall, routerWithNat].map((build) =>
      build(guest),
    ),
  ).toEqual(Array(5).fill(undefined));
  expect(gvnicNetwork(guest).name).toBe('demo-net-1');
});
