import type { JsonObject } from '../domain/json.ts';
import type { Place } from '../domain/place.ts';

/** What a preflight asks the provider. Nothing here changes anything. All methods throw `AutomationError` only. */
export interface ZoneFacts {
  /** The network profile (`<zone>-vpc-roce`), undefined if the project is not offered it. */
  networkProfile(project: string, profile: string): Promise<JsonObject | undefined>;
  /** Whether the zone offers the machine type. */
  offersMachine(project: string, zone: string, machineType: string): Promise<boolean>;
  /** A reservation by short name, undefined if there is none of that name in the zone. */
  reservation(project: string, zone: string, name: string): Promise<ReservationFacts | undefined>;
  /** The control-plane versions that GKE offers in the region, newest first. */
  versions(place: Place): Promise<VersionFacts>;
}

/** Machines that are paid for already. `vmCount - vmsInUse` are free, whoever they are shared with. */
export interface ReservationFacts {
  readonly machineType: string;
  /** `READY`, `CREATING`, …; as the API says it. */
  readonly status: string;
  readonly vmCount: number;
  readonly vmsInUse: number;
}

/** Versions are in order from newest to oldest, as the API gives them. */
export interface VersionFacts {
  readonly channels: readonly ChannelVersions[];
}

/** What one release channel offers for new control planes. */
export interface ChannelVersions {
  /** `RAPID`, `REGULAR`, `STABLE`, … */
  readonly channel: string;
  readonly defaultVersion: string;
  readonly validVersions: readonly string[];
}
