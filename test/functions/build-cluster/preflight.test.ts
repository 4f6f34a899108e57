import { describe, expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { priceOf } from '#manifests/catalogue/price-of.ts';
import { checkPreflight, chooseVersion } from '../../../functions/build-cluster/preflight.ts';
import type { PreflightFacts } from '../../../functions/build-cluster/preflight-facts.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { ReservationFacts } from '#shared/ports/zone-facts.ts';
import { type ClusterChanges, makePool, makeResolvedCluster } from '../../support/make-cluster.ts';

const reservation: ReservationFacts = {
  machineType: 'a3-ultragpu-8g',
  status: 'READY',
  vmCount: 2,
  vmsInUse: 0,
};
const regular = {
  channel: 'REGULAR',
  defaultVersion: '1.33.4-gke.1134000',
  validVersions: ['1.34.1-gke.1829001', '1.33.4-gke.1134000', '1.30.1-gke.1'],
};

const makeFacts = (over: Partial<PreflightFacts> = {}): PreflightFacts => ({
  profile: { name: 'us-central1-b-vpc-roce' },
  offered: new Map([['a3-ultragpu-8g', true]]),
  reservations: new Map([['demo/h200-res', reservation]]),
  versions: { channels: [regular] },
  ...over,
});

const check = (
  facts: Partial<PreflightFacts> = {},
  over: { cap?: number; changes?: ClusterChanges; subnetworks?: readonly JsonObject[] } = {},
) => {
  const wanted = makeResolvedCluster(over.changes);
  const budget = { price: priceOf(wanted, catalogue), capUsdPerHour: over.cap ?? 250 };
  return checkPreflight(wanted, makeFacts(facts), { subnetworks: over.subnetworks ?? [], budget });
};

describe('the checks before anything is created', () => {
  it('find nothing when everything is there', () => {
    expect(check()).toEqual({ problems: [], holds: false });
  });

  it.each([
    {
      name: 'no network profile',
      facts: { profile: undefined },
      problem:
        'spec.zone us-central1-b: the project is not offered the network profile us-central1-b-vpc-roce: choose a zone that has one',
    },
    {
      name: 'a zone without the machine',
      facts: { offered: new Map([['a3-ultragpu-8g', false]]) },
      problem:
        'pool h200, machineType a3-ultragpu-8g: zone us-central1-b does not offer it: choose another zone or machine',
    },
    {
      name: 'no reservation',
      facts: { reservations: new Map() },
      problem:
        'pool h200, reservation h200-res: does not exist in us-central1-b of project demo: check name, project and zone',
    },
    {
      name: 'a reservation of another machine',
      facts: { reservations: new Map([['demo/h200-res', { ...reservation, machineType: 'a4-highgpu-8g' }]]) },
      problem:
        'pool h200, reservation h200-res: holds a4-highgpu-8g, the pool wants a3-ultragpu-8g: use the reservation of that machine',
    },
    {
      name: 'a reservation that is not ready',
      facts: { reservations: new Map([['demo/h200-res', { ...reservation, status: 'CREATING' }]]) },
      problem: 'pool h200, reservation h200-res: status is CREATING: it must be READY',
    },
    {
      name: 'a reservation in use',
      facts: { reservations: new Map([['demo/h200-res', { ...reservation, vmsInUse: 1 }]]) },
      problem:
        'pool h200, reservation h200-res: 1 of 2 machines are free, size.initial of its pools is 2: lower it or free machines',
    },
    {
      name: 'no version that is new enough',
      facts: { versions: { channels: [{ ...regular, validVersions: ['1.30.1-gke.1'] }] } },
      problem:
        'spec.releaseChannel REGULAR: no version of at least 1.31.4-gke.1183000 in us-central1 (offered: 1.30.1-gke.1): choose another channel or region',
    },
    {
      name: 'a channel that is not offered',
      facts: { versions: { channels: [] } },
      problem:
        'spec.releaseChannel REGULAR: no version of at least 1.31.4-gke.1183000 in us-central1 (offered: nothing): choose another channel or region',
    },
  ])('name $name and what to do', ({ facts, problem }) => {
    expect(check(facts)).toEqual({ problems: [problem], holds: false });
  });

  it('add up the pools that draw on one reservation', () => {
    const changes = { spec: { gpuPools: [makePool({ name: 'a' }), makePool({ name: 'b' })] } };

    expect(check({}, { changes, cap: 1_000 }).problems).toEqual([
      'pool a, reservation h200-res: 2 of 2 machines are free, size.initial of its pools is 4: lower it or free machines',
      'pool b, reservation h200-res: 2 of 2 machines are free, size.initial of its pools is 4: lower it or free machines',
    ]);
  });

  it('tell all problems at once', () => {
    expect(check({ profile: undefined, reservations: new Map() }, { cap: 1 }).problems).toHaveLength(3);
  });

  it('hold above the spend cap', () => {
    const outcome = check({}, { cap: 100 });

    expect(outcome.holds).toBe(true);
    expect(outcome.problems).toEqual([
      expect.stringMatching(
        /^17\d\.\d\d USD per hour are above the spend cap of 100\.00: make the pools smaller, or set FLEET_DEFAULT_SPEND_CAP_USD_PER_HOUR of the functions \(default_spend_cap_usd_per_hour in infra\/variables\.tf\)$/,
      ),
    ]);
  });

  it('hold for an unknown price until the document states it', () => {
    const pool = { consumption: { spot: true } };

    expect(check({}, { changes: { pool } })).toEqual({
      holds: true,
      problems: ['price unknown (pool h200: a3-ultragpu-8g, spot): state usdPerNodeHour of that pool in the document'],
    });
    expect(check({}, { changes: { pool: { ...pool, usdPerNodeHour: 30 } } }).problems).toEqual([]);
  });
});

describe('the version', () => {
  it.each([
    { name: 'is the channel’s default when that is new enough', facts: {}, expected: '1.33.4-gke.1134000' },
    {
      name: 'is the lowest good one when the default is too old',
      facts: { versions: { channels: [{ ...regular, defaultVersion: '1.30.1-gke.1' }] } },
      expected: '1.33.4-gke.1134000',
    },
    { name: 'is none when nothing is good enough', facts: { versions: { channels: [] } }, expected: undefined },
  ])('$name', ({ facts, expected }) => {
    expect(chooseVersion(makeResolvedCluster(), makeFacts(facts))).toBe(expected);
  });

  it('is the one asked for, if it is offered', () => {
    const wanted = makeResolvedCluster({ spec: { version: '1.34.1-gke.1829001' } });

    expect(chooseVersion(wanted, makeFacts())).toBe('1.34.1-gke.1829001');
    expect(
      chooseVersion(
        wanted,
        makeFacts({ versions: { channels: [{ ...regular, validVersions: ['1.33.4-gke.1134000'] }] } }),
      ),
    ).toBeUndefined();
  });
});

describe('an existing primary network', () => {
  const existing = { network: 'corp', subnetwork: 'corp-sub', podsRange: 'p', servicesRange: 's' };
  const changes = { spec: { networking: { primary: { existing } } } };
  const subnetwork = {
    name: 'corp-sub',
    ipCidrRange: '10.0.0.0/20',
    secondaryIpRanges: [
      { rangeName: 'p', ipCidrRange: '10.64.0.0/14' },
      { rangeName: 's', ipCidrRange: '10.0.32.0/20' },
    ],
  };

  it('with its ranges and no overlap is good', () => {
    expect(check({}, { changes, subnetworks: [subnetwork] })).toEqual({ problems: [], holds: false });
  });

  it.each([
    {
      name: 'its subnetwork is missing',
      subnetworks: [],
      problem:
        'spec.networking.primary.existing, subnetwork corp-sub: does not exist in us-central1: create it, or name another',
    },
    {
      name: 'a secondary range is missing',
      subnetworks: [{ ...subnetwork, secondaryIpRanges: subnetwork.secondaryIpRanges.slice(0, 1) }],
      problem:
        'spec.networking.primary.existing, subnetwork corp-sub: has no secondary range s: add it, or name another',
    },
    {
      name: 'its nodes overlap the RDMA subnets',
      subnetworks: [{ ...subnetwork, ipCidrRange: '192.168.128.0/20' }],
      problem:
        'spec.networking.addresses.rdma = "192.168.128.0/18" (default): must not overlap the nodes (192.168.128.0/20) of subnetwork corp-sub; write a range that is free there',
    },
    {
      name: 'its pods overlap a range that was written',
      written: { gvnic: '10.66.0.0/18' },
      subnetworks: [subnetwork],
      problem:
        'spec.networking.addresses.gvnic = "10.66.0.0/18": must not overlap the range p (10.64.0.0/14) of subnetwork corp-sub; write a range that is free there',
    },
  ])('is refused when $name', ({ subnetworks, problem, written = {} }) => {
    const spec = { networking: { primary: { existing }, addresses: written } };

    expect(check({}, { changes: { spec }, subnetworks }).problems).toEqual([problem]);
  });
});
