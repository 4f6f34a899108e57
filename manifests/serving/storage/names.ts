/** Names and places of what a stack stores. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { clusterWideName } from '../cluster-wide-name.ts';

/** Where the weights are in the container, and the name of their volume. */
export const WEIGHTS_MOUNT = '/models';
export const WEIGHTS_VOLUME = 'weights';

/** The claim of the weights and what it is filled from. */
export function weightsName({ name }: Stack): string {
  return `${name}-weights`;
}

/** Volumes and classes belong to the cluster. */
export function clusterWideWeightsName(stack: Stack): string {
  return clusterWideName(stack, weightsName(stack));
}

export function tokenClassName({ name }: Stack): string {
  return `${name}-hf-token`;
}

/** What the rules of documents make sure of. */
export function projectOf({ name, project }: Stack): string {
  if (project === undefined)
    throw new Error(`rendering ${name}: its storage names something of a project, and spec.project is left out`);
  return project;
}

/** Parts of a path, of which the later may be missing. */
export function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('/');
}
