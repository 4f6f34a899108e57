import type { JsonMap } from '../world/json.ts';
import { textOf } from '../delivery/json-fields.ts';
import { reject } from '../world/rejection.ts';
import { invalidName } from './rejections.ts';

export type Collection = 'topics' | 'subscriptions';

/** Comments on `Topic.name` and `Subscription.name` in google/pubsub/v1/pubsub.proto, googleapis/googleapis. */
const RESOURCE_ID = /^(?!goog)[A-Za-z][A-Za-z0-9\-_.~+%]{2,254}$/;

/** Refuses what no resource of the collection can be called, whatever is asked of it; returns the name's project. */
export function checkName(name: string, collection: Collection): string {
  const [projects, project = '', kind, id = '', ...rest] = name.split('/');
  const isWellFormed = projects === 'projects' && kind === collection && rest.length === 0 && RESOURCE_ID.test(id);
  return isWellFormed ? project : reject(invalidName, name);
}

/** A name in a request; an absent one is refused as malformed. */
export function nameOf(request: JsonMap, field: string): string {
  return textOf(request, field) ?? '';
}
