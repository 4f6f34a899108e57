import { describe, expect, it } from 'vitest';
import { pause, rdmaInstaller } from '#manifests/catalogue/images.ts';
import { catalogue } from '#manifests/catalogue/index.ts';
import { buildableMachineTypes, isOffered, machineOf } from '#shared/domain/catalogue.ts';
import { compareVersions } from '#shared/domain/version.ts';

describe('the catalogue', () => {
  it('says of every fact where it is from and when that was', () => {
    for (const { source, asOf } of [
      ...catalogue.machines,
      ...catalogue.prices,
      catalogue.offers,
      rdmaInstaller,
      pause,
    ]) {
      expect(source).not.toBe('');
      expect(asOf).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
    }
  });

  it('builds A3 Ultra and nothing else', () => {
    expect(buildableMachineTypes(catalogue)).toEqual(['a3-ultragpu-8g']);
  });

  it('knows the ten NICs, eight GPUs and 12 TB of local SSD of A3 Ultra', () => {
    const machine = machineOf(catalogue, 'a3-ultragpu-8g');

    expect(machine).toMatchObject({ fabric: 'roce', gpuCount: 8, nics: { gvnic: 1, rdma: 8 }, localSsdCount: 32 });
    expect((machine?.localSsdCount ?? 0) * 375).toBe(12_000);
  });

  it('gives every machine a version that can be compared and a name of its own', () => {
    const { machines } = catalogue;

    for (const { minimumVersion } of machines) expect(compareVersions(minimumVersion, minimumVersion)).toBe(0);
    expect(new Set(machines.map(({ machineType }) => machineType)).size).toBe(machines.length);
  });

  it('lists zones and prices only of what it knows', () => {
    const known = new Set(['cluster', 'e2-standard-16', ...catalogue.machines.map(({ machineType }) => machineType)]);

    expect(Object.keys(catalogue.offers.zonesByMachine).filter((machineType) => !known.has(machineType))).toEqual([]);
    expect(catalogue.prices.filter(({ subject }) => !known.has(subject))).toEqual([]);
  });
});

it.each([
  { zone: 'us-central1-b', expected: true },
  { zone: 'us-central1-a', expected: false },
  { zone: 'us-north9-a', expected: undefined },
])('says $expected of A3 Ultra in $zone', ({ zone, expected }) => {
  expect(isOffered(catalogue.offers, 'a3-ultragpu-8g', zone)).toBe(expected);
});
