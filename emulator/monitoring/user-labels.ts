import { textsOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { invalidField } from './rejections.ts';

const KEY = /^[\p{Ll}][\p{Ll}\d_-]{0,62}$/u;
const VALUE = /^[\p{Ll}\d_-]{0,63}$/u;

/** Most entries, and what they may be made of (comments of AlertPolicy.user_labels and NotificationChannel.user_labels). */
const MAX_LABELS = 64;

export function checkUserLabels(resource: JsonMap, field: string): void {
  const labels = Object.entries(textsOf(resource, 'userLabels'));
  if (labels.length > MAX_LABELS) reject(invalidField, field, String(labels.length), 'At most 64 entries are allowed.');
  for (const [key, value] of labels) {
    if (!KEY.test(key)) {
      const problem =
        'Keys must begin with a lowercase letter and hold lowercase letters, numerals, underscores and dashes.';
      reject(invalidField, field, key, problem);
    }
    if (!VALUE.test(value)) {
      const problem = 'Values can contain only lowercase letters, numerals, underscores, and dashes, up to 63 of them.';
      reject(invalidField, `${field}[${key}]`, value, problem);
    }
  }
}
