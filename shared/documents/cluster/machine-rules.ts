/** Which machine, where, and on which version. */
import { buildableMachineTypes, type Catalogue, isOffered, type Machine, machineOf } from '../../domain/catalogue.ts';
import { compareVersions } from '../../domain/version.ts';
import { nearest } from '../nearest.ts';
import type { PoolParts } from './parts.ts';
import { type ClusterRule, forEachPool, type PoolRule } from './rule.ts';

/** Wrong names would only fail at the pool, half an hour after the networks were built. */
const machineIsInCatalogue: PoolRule = ({ field, machineType }, _parts, catalogue) => {
  if (machineType === undefined || machineOf(catalogue, machineType) !== undefined) return [];
  const buildable = buildableMachineTypes(catalogue);
  return [
    {
      field: `${field}.machineType`,
      value: machineType,
      rule: 'must be a GPU machine of the catalogue',
      fix: `use ${nearest(machineType, buildable) ?? buildable.join(' or ')}`,
    },
  ];
};

/** Another fabric has other networks and another installer; the wrong one looks installed and does nothing (NVIDIA/aicr issue 1054). */
const machineIsBuildable: PoolRule = ({ field, machineType }, _parts, catalogue) => {
  const machine = machineType === undefined ? undefined : machineOf(catalogue, machineType);
  if (machine === undefined || machine.buildable) return [];
  return [
    {
      field: `${field}.machineType`,
      value: machine.machineType,
      rule: `is known (fabric ${machine.fabric}) but not built by this version`,
      fix: `use ${buildableMachineTypes(catalogue).join(' or ')}`,
    },
  ];
};

/** Two recipes of NICs cannot share one set of subnets. */
const poolsShareOneNicRecipe: ClusterRule = ({ gpuPools }, catalogue) => {
  const [first, ...others] = gpuPools.flatMap((pool) => buildable(pool, catalogue));
  if (first === undefined) return [];
  return others
    .filter(({ machine }) => recipeOf(machine) !== recipeOf(first.machine))
    .map(({ pool, machine }) => ({
      field: `${pool.field}.machineType`,
      value: machine.machineType,
      rule: `must have the NICs of ${first.machine.machineType}, which shares its networks (${recipeOf(first.machine)}, not ${recipeOf(machine)})`,
      fix: 'put it in a cluster of its own',
    }));
};

/** The control plane runs the pools' version at least, so it must be new enough for every machine. */
const versionIsNewEnough: PoolRule = (pool, { version }, catalogue) => {
  if (version === undefined) return [];
  return buildable(pool, catalogue)
    .filter(({ machine }) => (compareVersions(version, machine.minimumVersion) ?? 0) < 0)
    .map(({ machine }) => ({
      field: 'spec.version',
      value: version,
      rule: `must be at least ${machine.minimumVersion} for ${machine.machineType}`,
      fix: "use a newer one, or leave it out for the channel's default",
    }));
};

/** Subnets are regional: nodes of another region could not be attached to them. */
const zoneIsInRegion: ClusterRule = ({ region, zone }) => {
  if (region === undefined || zone === undefined || zone.startsWith(`${region}-`)) return [];
  const fix = `use a zone of ${region}, or region ${zone.slice(0, zone.lastIndexOf('-'))}`;
  return [{ field: 'spec.zone', value: zone, rule: `must be a zone of ${region}`, fix }];
};

/** Only where the table knows the zone from another machine; see `zoneIsInTable` for the others. */
const zoneOffersMachine: PoolRule = (pool, { zone }, catalogue) => {
  const { offers } = catalogue;
  if (zone === undefined) return [];
  return buildable(pool, catalogue)
    .filter(({ machine }) => isOffered(offers, machine.machineType, zone) === false)
    .map(({ machine }) => ({
      field: 'spec.zone',
      value: zone,
      rule: `must offer ${machine.machineType}, which it does not by the table of ${offers.asOf}`,
      fix: `use one of ${(offers.zonesByMachine[machine.machineType] ?? []).join(', ')}`,
    }));
};

/** The table has a date: a zone it does not know is for preflight, which asks Google. */
const zoneIsInTable: PoolRule = (pool, { zone }, catalogue) => {
  const { offers } = catalogue;
  if (zone === undefined) return [];
  return buildable(pool, catalogue)
    .filter(({ machine }) => isOffered(offers, machine.machineType, zone) === undefined)
    .map(({ machine }) => ({
      field: 'spec.zone',
      value: zone,
      rule: `is not in the table of ${offers.asOf}, so nothing says that it offers ${machine.machineType}`,
      fix: 'nothing to do if it does: preflight asks Google',
    }));
};

/** System pods would occupy GPU nodes around the clock. */
const systemPoolHasNoGpus: ClusterRule = ({ systemPool }, catalogue) => {
  const machineType = systemPool?.machineType;
  if (machineType === undefined || machineOf(catalogue, machineType) === undefined) return [];
  const fix = 'use e.g. e2-standard-16';
  return [{ field: 'spec.systemPool.machineType', value: machineType, rule: 'must be a machine without GPUs', fix }];
};

export const machineRules: readonly ClusterRule[] = [
  zoneIsInRegion,
  systemPoolHasNoGpus,
  forEachPool(machineIsInCatalogue),
  forEachPool(machineIsBuildable),
  poolsShareOneNicRecipe,
  forEachPool(versionIsNewEnough),
  forEachPool(zoneOffersMachine),
];

export const machineWarnings: readonly ClusterRule[] = [forEachPool(zoneIsInTable)];

/** The pool with its machine, if there is one that this version builds. */
function buildable(
  pool: PoolParts,
  catalogue: Catalogue,
): readonly { readonly pool: PoolParts; readonly machine: Machine }[] {
  const machine = pool.machineType === undefined ? undefined : machineOf(catalogue, pool.machineType);
  return machine?.buildable ? [{ pool, machine }] : [];
}

function recipeOf({ fabric, nics }: Machine): string {
  return `${fabric}, ${nics.gvnic} gVNIC + ${nics.rdma} RDMA`;
}
