import type { Place } from '../domain/place.ts';

/** The parent of a location's resources, as GKE's methods name it. */
export function locationPath({ project, region }: Place): string {
  return `projects/${project}/locations/${region}`;
}
