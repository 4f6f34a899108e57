import { describe, expect, it } from 'vitest';
import { type ClusterChanges, makeClusterDocument, problemLines } from '../../../support/make-cluster.ts';

function addresses(changes: Readonly<Record<string, string>>): ClusterChanges {
  return { spec: { networking: { addresses: changes } } };
}

describe('a rule is answered in these words:', () => {
  it.each<{ changes: ClusterChanges; expected: readonly string[] }>([
    {
      changes: { spec: { networking: { primary: {} } } },
      expected: ['spec.networking.primary = {}: must be either create or existing; use create: true or existing: {…}'],
    },
    {
      changes: {
        spec: {
          networking: {
            primary: { existing: { network: 'n', subnetwork: 's', podsRange: 'p', servicesRange: 'v' } },
            addresses: { pods: '10.4.0.0/14' },
          },
        },
      },
      expected: [
        'spec.networking.addresses.pods = "10.4.0.0/14": must not be given for an existing network, which has its own; remove it',
      ],
    },
    {
      changes: addresses({ gvnic: '192.168.64.1/18' }),
      expected: [
        'spec.networking.addresses.gvnic = "192.168.64.1/18": must begin at the range\'s first address; use 192.168.64.0/18',
      ],
    },
    {
      changes: addresses({ gvnic: '192.168.0.1/18' }),
      expected: [
        'spec.networking.addresses.gvnic = "192.168.0.1/18": must begin at the range\'s first address; use 192.168.64.0/18',
        'spec.networking.addresses.gvnic = "192.168.0.1/18": must not overlap primary (192.168.0.0/18, default); move one of the two, e.g. this one to 192.168.64.0/18',
      ],
    },
    {
      changes: addresses({ primary: '10.0.0.0/24', services: '10.0.1.5/20' }),
      expected: [
        'spec.networking.addresses.services = "10.0.1.5/20": must begin at the range\'s first address; use 10.0.16.0/20',
        'spec.networking.addresses.services = "10.0.1.5/20": must not overlap primary (10.0.0.0/24); move one of the two, e.g. this one to 10.0.16.0/20',
      ],
    },
    {
      changes: addresses({ gvnic: '8.8.8.1/30' }),
      expected: [
        'spec.networking.addresses.gvnic = "8.8.8.1/30": must begin at the range\'s first address; use 8.8.8.0/30',
        'spec.networking.addresses.gvnic = "8.8.8.1/30": must lie within one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10; use a private range',
        'spec.networking.addresses.gvnic = "8.8.8.1/30": must be from /8 to /29; use /29',
        'spec.networking.addresses.gvnic = "8.8.8.1/30": must hold 2 GPU nodes: 6 addresses, not 4; use /29 or larger',
      ],
    },
    {
      changes: addresses({ gvnic: '300.168.64.0/18' }),
      expected: [
        'spec.networking.addresses.gvnic = "300.168.64.0/18": must be an IPv4 range; use numbers up to 255 and a prefix up to 32',
      ],
    },
    {
      changes: addresses({ gvnic: '8.8.8.0/24' }),
      expected: [
        'spec.networking.addresses.gvnic = "8.8.8.0/24": must lie within one of 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10; use a private range',
      ],
    },
    {
      changes: addresses({ services: '10.0.0.0/15' }),
      expected: ['spec.networking.addresses.services = "10.0.0.0/15": must be from /16 to /27; use /16'],
    },
    {
      changes: addresses({ proxyOnly: '10.10.0.0/27' }),
      expected: ['spec.networking.addresses.proxyOnly = "10.10.0.0/27": must be from /8 to /26; use /26'],
    },
    {
      changes: addresses({ rdma: '192.168.0.0/18' }),
      expected: [
        'spec.networking.addresses.rdma = "192.168.0.0/18": must not overlap primary (192.168.0.0/18, default); move one of the two, e.g. this one to 192.168.128.0/18',
      ],
    },
    {
      changes: addresses({ proxyOnly: '192.168.64.0/23' }),
      expected: [
        'spec.networking.addresses.gvnic = "192.168.64.0/18" (default): must not overlap proxyOnly (192.168.64.0/23); move one of the two, e.g. this one to 192.168.192.0/18',
      ],
    },
  ])('$expected', ({ changes, expected }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual(expected);
  });
});

describe('just inside the border is valid:', () => {
  it.each<{ name: string; changes: ClusterChanges }>([
    { name: 'an explicitly created network', changes: { spec: { networking: { primary: { create: true } } } } },
    { name: 'a carrier-grade range', changes: addresses({ pods: '100.64.0.0/14' }) },
    { name: 'ranges that touch', changes: addresses({ gvnic: '192.168.192.0/18' }) },
  ])('$name', ({ changes }) => {
    expect(problemLines(makeClusterDocument(changes))).toEqual([]);
  });
});

/** The border on both sides of every size; the other ranges give way where a large one needs the room. */
describe('a range has a size that can be used:', () => {
  const away = {
    primary: '172.16.0.0/24',
    pods: '172.17.0.0/18',
    services: '172.18.0.0/20',
    proxyOnly: '172.19.0.0/23',
  };
  const others: Readonly<Record<string, string>> = { ...away, gvnic: '172.20.0.0/24', rdma: '172.21.0.0/20' };

  it.each([
    { name: 'primary', from: 8, to: 29 },
    { name: 'pods', from: 9, to: 24 },
    { name: 'services', from: 16, to: 27 },
    { name: 'proxyOnly', from: 8, to: 26 },
    { name: 'gvnic', from: 8, to: 29 },
    { name: 'rdma', from: 8, to: 26 },
  ])('$name from /$from to /$to', ({ name, from, to }) => {
    const refused = [from - 1, from, to, to + 1].map((prefix) =>
      problemLines(makeClusterDocument(addresses({ ...others, [name]: `10.0.0.0/${prefix}` }))).some((line) =>
        line.includes(`must be from /${from} to /${to}`),
      ),
    );

    expect(refused).toEqual([true, false, false, true]);
  });
});
