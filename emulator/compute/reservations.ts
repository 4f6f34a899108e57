/** Reservations of machines; the ones that matter exist from the start (facts.ts). */
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { linkOf, resourcePath } from './collections.ts';
import { mapField, numberField, textField } from './fields.ts';
import { missingField, notFound } from './rejections.ts';
import type { CollectionRules, Scene, Target } from './rules.ts';

export const reservationRules: CollectionRules = {
  message: 'Reservation',
  // Our estimate; Google publishes no figure.
  changeMs: [5_000, 15_000],
  prepare: prepareReservation,
  whenCreated: { status: 'READY' },
};

function prepareReservation(body: JsonMap, { place }: Target, scene: Scene): JsonMap {
  const specific = mapField(body, 'specificReservation') ?? {};
  const count = numberField(specific, 'count');
  if (count === undefined) return reject(missingField, 'resource.specificReservation.count');
  const machineType = textField(mapField(specific, 'instanceProperties') ?? {}, 'machineType');
  if (machineType === undefined)
    return reject(missingField, 'resource.specificReservation.instanceProperties.machineType');
  const path = resourcePath(scene.base.project, 'machineTypes', place, machineType);
  if (scene.store.find(path) === undefined) reject(notFound, path);
  return {
    specificReservationRequired: false,
    shareSettings: { shareType: 'LOCAL' },
    ...body,
    specificReservation: { ...specific, count: String(count), inUseCount: '0', assuredCount: String(count) },
    status: 'CREATING',
    zone: linkOf(`projects/${scene.base.project}/zones/${place.zone ?? ''}`),
  };
}
