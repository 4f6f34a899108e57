import type { Place } from '#shared/domain/place.ts';
import type { PoolSpec } from '#shared/domain/pool-declaration.ts';

/** The cluster's location, be it a region or a zone. */
export function placeOf({ project, location }: PoolSpec): Place {
  return { project, region: location };
}
