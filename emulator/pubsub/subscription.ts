/** Reads a subscription resource: checks it as the service does, fills in its defaults, and derives how to deliver. */
import type { TokenClaims } from '../delivery/courier.ts';
import { durationMsOf, mapOf, numberOf, textOf } from '../delivery/json-fields.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { type Filter, parseFilter } from './filter.ts';
import {
  backoffOutOfBounds,
  deliveryAttemptsOutOfBounds,
  fieldNotServed,
  invalidAckDeadline,
  maximumBackoffTooSmall,
  retentionOutOfBounds,
  unsupportedPushEndpoint,
} from './rejections.ts';

export interface Backoff {
  readonly minimumMs: number;
  readonly maximumMs: number;
}

export interface DeadLetterPolicy {
  readonly topic: string;
  readonly maxDeliveryAttempts: number;
}

/** How the messages of one subscription are delivered. */
export interface Delivery {
  readonly filter: Filter;
  readonly ackDeadlineMs: number;
  /** Absent: none was asked for. */
  readonly backoff?: Backoff;
  readonly isOrdered: boolean;
  readonly deadLetter?: DeadLetterPolicy;
  /** How long an unacknowledged message is kept after its publication. */
  readonly retentionMs: number;
}

/** Where a push subscription pushes to. */
export interface PushTarget {
  readonly endpoint: string;
  readonly identity?: TokenClaims;
}

/** Defaults and bounds: comments of google/pubsub/v1/pubsub.proto, googleapis/googleapis. */
const ACK_DEADLINE_SECONDS = { minimum: 10, maximum: 600, default: 10 };
export const MAX_ACK_DEADLINE_SECONDS = ACK_DEADLINE_SECONDS.maximum;
const RETRY_POLICY = { minimumBackoff: '10s', maximumBackoff: '600s', limitMs: 600_000 };
const DELIVERY_ATTEMPTS = { minimum: 5, maximum: 100, default: 5 };
const RETENTION = { minimumMs: 600_000, maximumMs: 31 * 86_400_000, default: '604800s' };
const EXPIRATION_TTL = '2678400s';

/** Of a push without a retry policy: "push backoff", 100 ms to 60 s (Pub/Sub documentation, "Push subscriptions"). */
export const PUSH_BACKOFF: Backoff = { minimumMs: 100, maximumMs: 60_000 };

/** Fields that would change what a subscriber sees, and that the local cloud does not serve. */
const NOT_SERVED = [
  'bigqueryConfig',
  'bigtableConfig',
  'cloudStorageConfig',
  'detached',
  'enableExactlyOnceDelivery',
  'messageTransforms',
  'retainAckedMessages',
];

/** The resource as the service answers it: the request with the defaults filled in. */
export function completeSubscription(request: JsonMap): JsonMap {
  for (const field of NOT_SERVED) {
    if (request[field] !== undefined && request[field] !== false) reject(fieldNotServed, `subscription.${field}`);
  }
  return {
    ...request,
    pushConfig: mapOf(request, 'pushConfig') ?? {},
    ackDeadlineSeconds: numberOf(request, 'ackDeadlineSeconds') || ACK_DEADLINE_SECONDS.default,
    messageRetentionDuration: textOf(request, 'messageRetentionDuration') ?? RETENTION.default,
    expirationPolicy: mapOf(request, 'expirationPolicy') ?? { ttl: EXPIRATION_TTL },
    ...completePolicies(request),
    state: 'ACTIVE',
  };
}

/** Both policies are optional as a whole; one that is there gets the defaults of the fields it leaves out. */
function completePolicies(request: JsonMap): JsonMap {
  const retryPolicy = mapOf(request, 'retryPolicy');
  const deadLetterPolicy = mapOf(request, 'deadLetterPolicy');
  return {
    ...(retryPolicy && {
      retryPolicy: {
        minimumBackoff: textOf(retryPolicy, 'minimumBackoff') ?? RETRY_POLICY.minimumBackoff,
        maximumBackoff: textOf(retryPolicy, 'maximumBackoff') ?? RETRY_POLICY.maximumBackoff,
      },
    }),
    ...(deadLetterPolicy && {
      deadLetterPolicy: {
        ...deadLetterPolicy,
        maxDeliveryAttempts: numberOf(deadLetterPolicy, 'maxDeliveryAttempts') || DELIVERY_ATTEMPTS.default,
      },
    }),
  };
}

/** How to deliver, read from a completed resource. */
export function readDelivery(resource: JsonMap): Delivery {
  const deadLetter = readDeadLetter(resource);
  const backoff = readBackoff(resource);
  return {
    filter: parseFilter(textOf(resource, 'filter') ?? ''),
    ackDeadlineMs: readAckDeadlineMs(resource),
    ...(backoff && { backoff }),
    isOrdered: resource['enableMessageOrdering'] === true,
    ...(deadLetter && { deadLetter }),
    retentionMs: readRetentionMs(resource),
  };
}

/** `undefined`: nothing is pushed, the messages wait for a puller. */
export function readPushTarget(pushConfig: JsonMap): PushTarget | undefined {
  if (pushConfig['noWrapper'] !== undefined) reject(fieldNotServed, 'pushConfig.noWrapper');
  const endpoint = textOf(pushConfig, 'pushEndpoint');
  if (endpoint === undefined) return undefined;
  if (!/^https?:\/\/[^/]/.test(endpoint)) reject(unsupportedPushEndpoint);
  const oidcToken = mapOf(pushConfig, 'oidcToken');
  const email = oidcToken && textOf(oidcToken, 'serviceAccountEmail');
  if (oidcToken === undefined || email === undefined) return { endpoint };
  // "If not specified, the Push endpoint URL will be used" (PushConfig.OidcToken.audience in pubsub.proto).
  return { endpoint, identity: { email, audience: textOf(oidcToken, 'audience') ?? endpoint } };
}

/**
 * World time to wait after the n-th nack of a message (n from 1).
 * Example with 10 s and 600 s: 10, 20, 40, 80, 160, 320, 600, 600 s. Assumed: the factor 2; the service adds noise.
 */
export function backoffMs(backoff: Backoff, nacks: number): number {
  const grownMs = Math.max(backoff.minimumMs, nacks > 1 ? PUSH_BACKOFF.minimumMs : 0) * 2 ** (nacks - 1);
  return Math.min(grownMs, backoff.maximumMs);
}

function readAckDeadlineMs(resource: JsonMap): number {
  const seconds = numberOf(resource, 'ackDeadlineSeconds') ?? ACK_DEADLINE_SECONDS.default;
  if (seconds < ACK_DEADLINE_SECONDS.minimum || seconds > ACK_DEADLINE_SECONDS.maximum)
    reject(invalidAckDeadline, seconds);
  return seconds * 1000;
}

/** A policy without bounds has been completed. */
function readBackoff(resource: JsonMap): Backoff | undefined {
  const policy = mapOf(resource, 'retryPolicy');
  if (policy === undefined) return undefined;
  const minimumMs = readBackoffMs(policy, 'minimumBackoff');
  const maximumMs = readBackoffMs(policy, 'maximumBackoff');
  if (maximumMs < minimumMs) reject(maximumBackoffTooSmall, `${maximumMs / 1000}s`, `${minimumMs / 1000}s`);
  return { minimumMs, maximumMs };
}

function readBackoffMs(policy: JsonMap, field: 'minimumBackoff' | 'maximumBackoff'): number {
  const ms = durationMsOf(policy, field) ?? -1;
  const inBounds = ms >= 0 && ms <= RETRY_POLICY.limitMs;
  return inBounds ? ms : reject(backoffOutOfBounds, field.replace('B', '_b'), textOf(policy, field) ?? '');
}

function readDeadLetter(resource: JsonMap): DeadLetterPolicy | undefined {
  const policy = mapOf(resource, 'deadLetterPolicy');
  if (policy === undefined) return undefined;
  const maxDeliveryAttempts = numberOf(policy, 'maxDeliveryAttempts') ?? DELIVERY_ATTEMPTS.default;
  if (maxDeliveryAttempts < DELIVERY_ATTEMPTS.minimum || maxDeliveryAttempts > DELIVERY_ATTEMPTS.maximum) {
    reject(deliveryAttemptsOutOfBounds, maxDeliveryAttempts);
  }
  return { topic: textOf(policy, 'deadLetterTopic') ?? '', maxDeliveryAttempts };
}

function readRetentionMs(resource: JsonMap): number {
  const ms = durationMsOf(resource, 'messageRetentionDuration') ?? -1;
  return ms >= RETENTION.minimumMs && ms <= RETENTION.maximumMs ? ms : reject(retentionOutOfBounds);
}
