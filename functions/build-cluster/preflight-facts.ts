/** Asks the provider what the checks of preflight.ts need. */
import type { JsonObject } from '#shared/domain/json.ts';
import type { ResolvedCluster } from '#shared/domain/resolved-cluster.ts';
import type { ReservationFacts, VersionFacts } from '#shared/ports/zone-facts.ts';
import type { BuildPorts } from './ports.ts';

/** Everything that a check may ask, read once for all checks of one look. */
export interface PreflightFacts {
  /** Undefined: the project is not offered RDMA networks in this zone. */
  readonly profile: JsonObject | undefined;
  /** By machine type. */
  readonly offered: ReadonlyMap<string, boolean>;
  /** By `project/name`; undefined: there is none of that name in the zone. */
  readonly reservations: ReadonlyMap<string, ReservationFacts | undefined>;
  readonly versions: VersionFacts;
}

/** All side by side: four kinds of questions take as long as the slowest. Throws `AutomationError` if one stays unanswered. */
export async function readPreflightFacts(wanted: ResolvedCluster, ports: BuildPorts): Promise<PreflightFacts> {
  const { place, zone, names } = wanted;
  const machineTypes = [...new Set(wanted.gpuPools.map(({ machine }) => machine.machineType))];
  const uses = wanted.gpuPools.flatMap(({ consumption }) => (consumption.kind === 'reservation' ? [consumption] : []));
  const [profile, versions, offered, reservations] = await Promise.all([
    ports.zones.networkProfile(place.project, names.networkProfile),
    ports.zones.versions(place),
    Promise.all(
      machineTypes.map(async (type) => [type, await ports.zones.offersMachine(place.project, zone, type)] as const),
    ),
    Promise.all(
      uses.map(
        async ({ project, name }) =>
          [`${project}/${name}`, await ports.zones.reservation(project, zone, name)] as const,
      ),
    ),
  ]);
  return { profile, versions, offered: new Map(offered), reservations: new Map(reservations) };
}
