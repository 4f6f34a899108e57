/** The kinds of Compute Engine resources that the local cloud has, and where each of them lives. */
export type ComputeCollection =
  | 'networks'
  | 'subnetworks'
  | 'firewalls'
  | 'routers'
  | 'reservations'
  | 'resourcePolicies'
  | 'instanceGroupManagers'
  | 'networkProfiles'
  | 'machineTypes'
  | 'regions'
  | 'zones';

/** Neither region nor zone: global. */
export interface ComputePlace {
  readonly region?: string;
  readonly zone?: string;
}

/** `project`: directly under the project, as regions and zones themselves are. */
export type ComputeScope = 'project' | 'global' | 'region' | 'zone';

export interface CollectionShape {
  readonly scope: ComputeScope;
  /** Value of the output field `kind`. */
  readonly kind: string;
  /** What the service calls one of them in messages and in path parameters. */
  readonly noun: string;
}

/** Kinds as the field comments of google/cloud/compute/v1/compute.proto (googleapis/googleapis) state them. */
export const collectionShapes: Readonly<Record<ComputeCollection, CollectionShape>> = {
  networks: { scope: 'global', kind: 'compute#network', noun: 'network' },
  subnetworks: { scope: 'region', kind: 'compute#subnetwork', noun: 'subnetwork' },
  firewalls: { scope: 'global', kind: 'compute#firewall', noun: 'firewall' },
  routers: { scope: 'region', kind: 'compute#router', noun: 'router' },
  reservations: { scope: 'zone', kind: 'compute#reservation', noun: 'reservation' },
  resourcePolicies: { scope: 'region', kind: 'compute#resourcePolicy', noun: 'resourcePolicy' },
  instanceGroupManagers: { scope: 'zone', kind: 'compute#instanceGroupManager', noun: 'instanceGroupManager' },
  networkProfiles: { scope: 'global', kind: 'compute#networkProfile', noun: 'networkProfile' },
  machineTypes: { scope: 'zone', kind: 'compute#machineType', noun: 'machineType' },
  regions: { scope: 'project', kind: 'compute#region', noun: 'region' },
  zones: { scope: 'project', kind: 'compute#zone', noun: 'zone' },
};

/** `global`, `regions/us-central1` or `zones/us-central1-b`: also the keys of an aggregated list. */
export function scopeText(place: ComputePlace): string {
  if (place.region !== undefined) return `regions/${place.region}`;
  if (place.zone !== undefined) return `zones/${place.zone}`;
  return 'global';
}

/** Path of a collection from the project on, e.g. `projects/demo/regions/us-central1/subnetworks`. */
export function collectionPath(project: string, collection: ComputeCollection, place: ComputePlace): string {
  const scope = collectionShapes[collection].scope === 'project' ? '' : `${scopeText(place)}/`;
  return `projects/${project}/${scope}${collection}`;
}

/** Path of a resource from the project on, the form in which messages name it. */
export function resourcePath(
  project: string,
  collection: ComputeCollection,
  place: ComputePlace,
  name: string,
): string {
  return `${collectionPath(project, collection, place)}/${name}`;
}

/**
 * Links carry the host that Google's own answers carry, whatever endpoint the caller used: clients take the last path
 * parts only (seen with gcloud 528), and the world does not know on which port it is served.
 */
export function linkOf(path: string): string {
  return `https://www.googleapis.com/compute/v1/${path}`;
}

/** The region of a zone: its name without the last part (`us-central1-b` → `us-central1`). */
export function regionOfZone(zone: string): string {
  return zone.slice(0, zone.lastIndexOf('-'));
}

/** RFC 3339 text of an instant of world time, as Compute writes it. */
export function timestampOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
