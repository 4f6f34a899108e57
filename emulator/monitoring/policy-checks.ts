/** What the service refuses of an alert policy (comments of google/monitoring/v3/alert.proto). */
import { durationMsOf, listOf, mapOf, textOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import type { Channels } from './channels.ts';
import { conditionsOf } from './conditions.ts';
import { DEFAULT_AUTO_CLOSE_MS } from './facts.ts';
import { invalidField, missingField, notServed, rateLimitOnMetrics } from './rejections.ts';
import { checkUserLabels } from './user-labels.ts';

const MINUTE_MS = 60_000;

/** Shortest and longest (page "Manage notifications for alerting policies": repeated notifications). */
const RENOTIFY_MS = { from: 30 * MINUTE_MS, to: 48 * 60 * MINUTE_MS };

/** Shortest and longest (page "Incidents for metric-based alerting policies": incident autoclose duration). */
const AUTO_CLOSE_MS = { from: 30 * MINUTE_MS, to: 7 * 24 * 60 * MINUTE_MS };

/** How notifications go out. */
export interface AlertStrategy {
  readonly autoCloseMs: number;
  readonly notifyClosed: boolean;
  /** By channel name. */
  readonly renotifyMs: ReadonlyMap<string, number>;
}

export function checkPolicy(policy: JsonMap, channels: Channels): void {
  if (textOf(policy, 'displayName') === undefined) reject(missingField, 'alert_policy.display_name');
  const conditions = conditionsOf(policy);
  const combiner = textOf(policy, 'combiner');
  if (combiner === undefined) reject(missingField, 'alert_policy.combiner');
  if (combiner !== 'OR' && conditions.length > 1) reject(notServed, `the combiner ${combiner} of several conditions`);
  checkUserLabels(policy, 'alert_policy.user_labels');
  for (const [index, name] of channelNames(policy).entries()) {
    if (!channels.has(name)) {
      const problem = 'The notification channel does not exist.';
      reject(invalidField, `alert_policy.notification_channels[${index}]`, name, problem);
    }
  }
  readStrategy(policy);
}

export function channelNames(policy: JsonMap): readonly string[] {
  const names = policy['notificationChannels'];
  return Array.isArray(names) ? names.map(String) : [];
}

export function readStrategy(policy: JsonMap): AlertStrategy {
  const strategy = mapOf(policy, 'alertStrategy') ?? {};
  const limit = mapOf(strategy, 'notificationRateLimit');
  if (limit !== undefined) reject(rateLimitOnMetrics, textOf(limit, 'period') ?? '');
  const prompts = strategy['notificationPrompts'];
  const renotifyMs = new Map<string, number>();
  for (const one of listOf(strategy, 'notificationChannelStrategy')) {
    const everyMs = within(one, 'renotifyInterval', RENOTIFY_MS);
    const names = one['notificationChannelNames'];
    for (const name of Array.isArray(names) ? names.map(String) : []) {
      if (everyMs !== undefined) renotifyMs.set(name, everyMs);
    }
  }
  if (new Set(renotifyMs.values()).size > 1) reject(notServed, 'different renotify intervals in one policy');
  return {
    autoCloseMs: within(strategy, 'autoClose', AUTO_CLOSE_MS) ?? DEFAULT_AUTO_CLOSE_MS,
    notifyClosed: !Array.isArray(prompts) || prompts.length === 0 || prompts.includes('CLOSED'),
    renotifyMs,
  };
}

function within(
  map: JsonMap,
  field: string,
  bounds: { readonly from: number; readonly to: number },
): number | undefined {
  const ms = durationMsOf(map, field);
  if (ms !== undefined && (ms < bounds.from || ms > bounds.to)) {
    const problem = `Must be between ${bounds.from / 1000}s and ${bounds.to / 1000}s.`;
    reject(invalidField, `alert_policy.alert_strategy.${field}`, textOf(map, field) ?? '', problem);
  }
  return ms;
}
