/** What an update may change, and how its mask is read ("Standard methods: Update", AIP-134). */
import { mapOf, textOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { emptyUpdateMask, fieldNotServed, immutableField, unknownField } from './rejections.ts';

interface Fields {
  /** As the resource is called in answers. */
  readonly kind: 'Topic' | 'Subscription';
  readonly mutable: readonly string[];
  readonly immutable: readonly string[];
  /** Mutable with the service, and not served here: to take such a change and ignore it would be worse. */
  readonly notServed: readonly string[];
}

/** google/pubsub/v1/pubsub.proto; which are immutable: floci-io/floci-gcp pull request 112 and t-k/fireemu (recorded). */
export const topicFields: Fields = {
  kind: 'Topic',
  mutable: ['labels', 'messageRetentionDuration', 'messageStoragePolicy'],
  immutable: ['name', 'kmsKeyName', 'state', 'satisfiesPzs'],
  notServed: ['schemaSettings', 'ingestionDataSourceSettings', 'messageTransforms'],
};

export const subscriptionFields: Fields = {
  kind: 'Subscription',
  mutable: [
    'labels',
    'pushConfig',
    'ackDeadlineSeconds',
    'messageRetentionDuration',
    'expirationPolicy',
    'deadLetterPolicy',
    'retryPolicy',
  ],
  immutable: ['name', 'topic', 'filter', 'enableMessageOrdering', 'state', 'detached', 'topicMessageRetentionDuration'],
  notServed: [
    'retainAckedMessages',
    'enableExactlyOnceDelivery',
    'bigqueryConfig',
    'bigtableConfig',
    'cloudStorageConfig',
    'messageTransforms',
  ],
};

/** `resource` with the fields that the mask names as the request has them; one that the request leaves out is taken away. */
export function updated(resource: JsonMap, request: JsonMap, fields: Fields): JsonMap {
  const sent = mapOf(request, fields.kind.toLowerCase()) ?? {};
  const paths = readMask(request, fields);
  return paths.reduce((result, path) => replaceField(result, sent, path), resource);
}

function readMask(request: JsonMap, { kind, mutable, immutable, notServed }: Fields): readonly string[] {
  const paths = (textOf(request, 'updateMask') ?? '').split(',').filter((path) => path !== '');
  if (paths.length === 0) reject(emptyUpdateMask, kind);
  for (const path of paths) {
    const field = path.split('.')[0] ?? path;
    if (immutable.includes(field)) reject(immutableField, kind, toSnakeCase(field));
    if (notServed.includes(field)) reject(fieldNotServed, `${kind.toLowerCase()}.${field}`);
    if (!mutable.includes(field)) reject(unknownField, kind, toSnakeCase(path));
  }
  return paths;
}

/** One level below a field is as deep as gcloud goes (`pushConfig.pushEndpoint`). */
function replaceField(resource: JsonMap, sent: JsonMap, path: string): JsonMap {
  const [field = '', inner] = path.split('.');
  if (inner !== undefined) {
    const merged = replaceField(mapOf(resource, field) ?? {}, mapOf(sent, field) ?? {}, inner);
    return { ...resource, [field]: merged };
  }
  const value = sent[field];
  if (value !== undefined) return { ...resource, [field]: structuredClone(value) };
  return Object.fromEntries(Object.entries(resource).filter(([name]) => name !== field));
}

/** Answers speak of fields as pubsub.proto spells them. */
function toSnakeCase(path: string): string {
  return path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
