import type { ConformanceException } from '../report/exception.ts';

const wire = 'Pub/Sub';
const PROTO = 'google/pubsub/v1/pubsub.proto, googleapis/googleapis';

/**
 * Where Google's emulator (0.8.20) is not the service: the contract asks the local cloud for what the service does, and the emulator for
 * what stands here. One that the emulator no longer does fails the case that asks for it.
 */
export const exceptions: readonly ConformanceException[] = [
  {
    wire,
    id: 'filter-ignored',
    kind: 'limit-of-real',
    reason:
      'The emulator takes any text as a filter, and delivers everything; the service filters, and refuses what it cannot read.',
    source: 'Pub/Sub documentation, "Filter messages from a subscription"',
  },
  {
    wire,
    id: 'no-identity',
    kind: 'limit-of-real',
    reason: 'The emulator takes an oidcToken and pushes without an Authorization header; the service signs.',
    source: 'Pub/Sub documentation, "Authenticate push subscriptions"',
  },
  {
    wire,
    id: 'push-without-order-and-attempt',
    kind: 'limit-of-real',
    reason: 'The envelope of the emulator has neither orderingKey nor, with a dead-letter policy, deliveryAttempt.',
    source: 'Pub/Sub documentation, "Push subscriptions" and "Dead-letter topics"',
  },
  {
    wire,
    id: 'accepted-not-acked',
    kind: 'limit-of-real',
    reason: 'The emulator repeats a push that is answered 202; for the service that is an acknowledgement.',
    source: 'Pub/Sub documentation, "Push subscriptions": 102, 200, 201, 202 and 204 acknowledge',
  },
  {
    wire,
    id: 'order-lost-on-pull',
    kind: 'limit-of-real',
    reason:
      'With a message of an ordering key given back, the emulator’s Pull lends the ones behind it first (its pushes keep the order); the service does not.',
    source: 'Pub/Sub documentation, "Order messages"',
  },
  {
    wire,
    id: 'pull-of-push',
    kind: 'limit-of-real',
    reason:
      'The emulator answers a pull from a push subscription, with nothing; the service refuses it with FAILED_PRECONDITION.',
    source: 'GoogleCloudPlatform/php-docs-samples issue 335',
  },
  {
    wire,
    id: 'defaults-left-out',
    kind: 'limit-of-real',
    reason:
      'The emulator’s subscriptions have neither a state nor the expiration of 31 days that the service fills in.',
    source: PROTO,
  },
  {
    wire,
    id: 'short-ack-deadline',
    kind: 'limit-of-real',
    reason: 'The emulator takes ack deadlines below 10 s, e.g. for quick tests; the service does not.',
    source: PROTO,
  },
  {
    wire,
    id: 'long-ack-deadline',
    kind: 'limit-of-real',
    reason: 'The emulator puts a deadline off by more than 600 s; the service does not.',
    source: PROTO,
  },
  {
    wire,
    id: 'attempts-out-of-range',
    kind: 'choice-of-ours',
    reason:
      'The emulator’s code for a number of delivery attempts outside 5 to 100 is OUT_OF_RANGE; the local cloud answers INVALID_ARGUMENT, the code of every other field.',
    source: 'No answer of the service is known',
  },
  {
    wire,
    id: 'limits-unchecked',
    kind: 'limit-of-real',
    reason: 'The emulator takes more and longer attributes, and longer ordering keys, than the service.',
    source: 'Pub/Sub documentation, "Quotas and limits"',
  },
  {
    wire,
    id: 'labels-of-topics-fixed',
    kind: 'limit-of-real',
    reason:
      'The emulator changes nothing of a topic but its schema and retention; gcloud pubsub topics update --update-labels needs more.',
    source: PROTO,
  },
  {
    wire,
    id: 'no-topic-no-subscriptions',
    kind: 'choice-of-ours',
    reason:
      'The emulator lists the subscriptions of a topic that is not there: none. The local cloud answers NOT_FOUND, as for every other call.',
    source: 'No answer of the service is known',
  },
];
