/** Resource names of the GKE API: `projects/P/locations/L/clusters/C/nodePools/N` and `…/operations/O`. */
import { reject } from '../world/rejection.ts';
import type { GkeFacts } from './facts.ts';
import { invalidName, locationDenied, projectDenied } from './rejections.ts';

export interface ParsedName {
  readonly project: string;
  /** Region, zone, or `-` for all. */
  readonly location: string;
  /** Short names; empty if the name does not go that deep. */
  readonly cluster: string;
  readonly nodePool: string;
  readonly operation: string;
}

const pattern =
  /^projects\/([^/]+)\/(?:locations|zones)\/([^/]+)(?:\/clusters\/([^/]+)(?:\/nodePools\/([^/]+))?|\/operations\/([^/]+))?$/;

/** Depth that a method needs. */
export type NameKind = 'location' | 'cluster' | 'nodePool' | 'operation';

/** Parses a name of exactly the given depth and rejects everything else. */
export function parseName(name: string, kind: NameKind): ParsedName {
  const [, project = '', location = '', cluster = '', nodePool = '', operation = ''] = pattern.exec(name) ?? [];
  if (project === '' || kindOf({ cluster, nodePool, operation }) !== kind) reject(invalidName, kind);
  return { project, location, cluster, nodePool, operation };
}

function kindOf(parts: { cluster: string; nodePool: string; operation: string }): NameKind {
  if (parts.operation !== '') return 'operation';
  if (parts.nodePool !== '') return 'nodePool';
  return parts.cluster === '' ? 'location' : 'cluster';
}

export interface LocationFacts {
  readonly region: string;
  /** Zones that a cluster there gets by default: a zonal one its zone, a regional one three. */
  readonly zones: readonly string[];
}

/** Region and default zones of a location, or a rejection if Google has no such place. */
export function findLocation(facts: GkeFacts, location: string): LocationFacts {
  const regional = facts.zones[location];
  if (regional !== undefined) return { region: location, zones: regional.slice(0, 3) };
  const region = location.replace(/-[a-z]$/, '');
  if (facts.zones[region]?.includes(location) !== true) reject(locationDenied, location);
  return { region, zones: [location] };
}

/** The project may be named by id or number. `name` is what the call is about; a location is its project's business. */
export function checkProject(
  known: { readonly project: string; readonly projectNumber: string },
  name: string,
  permission: string,
): void {
  const [, asked = '', , , ...deeper] = name.split('/');
  if (asked === known.project || asked === known.projectNumber) return;
  reject(projectDenied, permission, deeper.length > 0 ? name : `projects/${asked}`);
}
