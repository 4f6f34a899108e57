/** The checks before anything is created: all problems at once, each with what to change. Pure. */
import type { ReservationUse, ResolvedCluster, ResolvedGpuPool } from '#shared/domain/resolved-cluster.ts';
import { checkExistingNetwork } from './existing-network.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { compareVersions } from '#shared/domain/version.ts';
import type { PreflightFacts } from './preflight-facts.ts';
import { type Budget, checkSpending } from '../spending.ts';
import type { PreflightOutcome } from './steps.ts';
import { counted } from '#shared/domain/counted.ts';

/** What was read besides: the subnetworks of the region, and the money. */
export interface PreflightContext {
  readonly subnetworks: readonly JsonObject[];
  readonly budget: Budget;
}

export function checkPreflight(
  wanted: ResolvedCluster,
  facts: PreflightFacts,
  { subnetworks, budget }: PreflightContext,
): PreflightOutcome {
  const technical = [
    ...checkProfile(wanted, facts),
    ...checkVersion(wanted, facts),
    ...checkExistingNetwork(wanted, subnetworks),
    ...wanted.gpuPools.flatMap((pool) => [
      ...checkMachine(pool, wanted, facts),
      ...checkReservation(pool, wanted, facts),
    ]),
  ];
  const spending = checkSpending(budget);
  return { problems: [...technical, ...spending], holds: technical.length === 0 && spending.length > 0 };
}

function checkProfile({ names, zone }: ResolvedCluster, { profile }: PreflightFacts): readonly string[] {
  if (profile !== undefined) return [];
  return [
    `spec.zone ${zone}: the project is not offered the network profile ${names.networkProfile}: choose a zone that has one`,
  ];
}

function checkVersion(wanted: ResolvedCluster, facts: PreflightFacts): readonly string[] {
  if (chooseVersion(wanted, facts) !== undefined) return [];
  const offered = offeredVersions(wanted, facts).join(', ');
  if (wanted.version !== undefined) {
    return [
      `spec.version ${wanted.version}: channel ${wanted.releaseChannel} offers ${offered || 'nothing'} in ${wanted.place.region}: choose one of them that is at least ${wanted.minimumVersion}`,
    ];
  }
  return [
    `spec.releaseChannel ${wanted.releaseChannel}: no version of at least ${wanted.minimumVersion} in ${wanted.place.region} (offered: ${offered || 'nothing'}): choose another channel or region`,
  ];
}

/**
 * The control-plane version to create: the one asked for, else the channel's default, else the lowest that the machines run on.
 * Undefined: none is good enough.
 */
export function chooseVersion(wanted: ResolvedCluster, facts: PreflightFacts): string | undefined {
  const good = offeredVersions(wanted, facts).filter((version) => isAtLeast(version, wanted.minimumVersion));
  if (wanted.version !== undefined) return good.find((version) => version === wanted.version);
  const standard = channelOf(wanted, facts)?.defaultVersion;
  if (standard !== undefined && good.includes(standard)) return standard;
  return good.toSorted((left, right) => (isAtLeast(left, right) ? 1 : -1))[0];
}

/** False when either is not a full GKE version: what cannot be compared is not good enough. */
function isAtLeast(version: string, minimum: string): boolean {
  const difference = compareVersions(version, minimum);
  return difference !== undefined && difference >= 0;
}

function offeredVersions(wanted: ResolvedCluster, facts: PreflightFacts): readonly string[] {
  return channelOf(wanted, facts)?.validVersions ?? [];
}

function channelOf({ releaseChannel }: ResolvedCluster, { versions }: PreflightFacts) {
  return versions.channels.find(({ channel }) => channel === releaseChannel);
}

function checkMachine(
  pool: ResolvedGpuPool,
  { zone }: ResolvedCluster,
  { offered }: PreflightFacts,
): readonly string[] {
  const { machineType } = pool.machine;
  if (offered.get(machineType) === true) return [];
  return [
    `pool ${pool.name}, machineType ${machineType}: zone ${zone} does not offer it: choose another zone or machine`,
  ];
}

/** A pool on a wrong reservation reads like a stockout 35 minutes later, so every fact is compared first. */
function checkReservation(
  pool: ResolvedGpuPool,
  { zone, gpuPools }: ResolvedCluster,
  { reservations }: PreflightFacts,
): readonly string[] {
  const { consumption, machine } = pool;
  if (consumption.kind !== 'reservation') return [];
  const where = `pool ${pool.name}, reservation ${consumption.name}`;
  const found = reservations.get(`${consumption.project}/${consumption.name}`);
  if (found === undefined)
    return [`${where}: does not exist in ${zone} of project ${consumption.project}: check name, project and zone`];
  const problems: string[] = [];
  if (found.machineType !== machine.machineType) {
    problems.push(
      `${where}: holds ${found.machineType}, the pool wants ${machine.machineType}: use the reservation of that machine`,
    );
  }
  if (found.status !== 'READY') problems.push(`${where}: status is ${found.status}: it must be READY`);
  const free = found.vmCount - found.vmsInUse;
  const wantedNodes = nodesFrom(consumption, gpuPools);
  if (free < wantedNodes) {
    problems.push(
      `${where}: ${free} of ${counted(found.vmCount, 'machine')} ${found.vmCount === 1 ? 'is' : 'are'} free, size.initial of its pools is ${wantedNodes}: lower it or free machines`,
    );
  }
  return problems;
}

/** Initial nodes of all pools that draw on one reservation. */
function nodesFrom(use: ReservationUse, pools: readonly ResolvedGpuPool[]): number {
  const sharing = pools.filter(
    ({ consumption }) =>
      consumption.kind === 'reservation' && consumption.name === use.name && consumption.project === use.project,
  );
  return sharing.reduce((sum, { size }) => sum + size.initial, 0);
}
