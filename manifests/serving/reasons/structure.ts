/** What needs no reason: what an object is, and names that only connect it with others. */
import type { ExplainedObject } from './explanation.ts';
import { coveredFrom, isAbout, readSetting, type Step } from './setting.ts';

const structural = [
  '* apiVersion',
  '* kind',
  '* metadata.name',
  '* metadata.namespace',
  // From `labels.ts`: what every selector below derives from.
  '* **.metadata.labels',
  '* **.selector',
  '* **.labelSelector',
  '* **.podSelector',
  '* **.containers.*.name',
  '* **.initContainers.*.name',
  '* **.ports.*.name',
  '* **.env.*.name',
  '* **.volumes.*.name',
  '* **.volumeMounts.*.name',
  '* **.resourceClaims.*.name',
  '* **.claims.*.name',
  '* roleRef',
  '* subjects',
].map(readSetting);

export function isStructural(object: ExplainedObject, path: readonly Step[]): boolean {
  return structural.some((pattern) => isAbout(pattern, object) && coveredFrom(pattern.words, path) !== undefined);
}
