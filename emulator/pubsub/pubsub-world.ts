import type { Courier } from '../delivery/courier.ts';
import { mapOf, textOf } from '../delivery/json-fields.ts';
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { Disturber, type Disturbance } from './disturbance.ts';
import { type Message, stampMessage } from './message.ts';
import { checkName, type Collection, nameOf } from './names.ts';
import { type PubSubCounts, PushSubscription } from './push-subscription.ts';
import {
  fieldNotServed,
  noMessages,
  noSeekTarget,
  projectNotFound,
  resourceExists,
  resourceNotFound,
  tooManyMessages,
} from './rejections.ts';
import { completeSubscription } from './subscription.ts';
import { subscriptionFields, topicFields, updated } from './update.ts';

interface Topic {
  resource: JsonMap;
  /** Names of its subscriptions. */
  readonly subscriptions: Set<string>;
}

/** Fields of a topic that would change what is published, and that the local cloud does not serve. */
const TOPIC_FIELDS_NOT_SERVED = ['schemaSettings', 'ingestionDataSourceSettings', 'kmsKeyName', 'messageTransforms'];

/** Messages of one publish request (Pub/Sub documentation, "Quotas and limits"). */
const MAX_MESSAGES = 1000;

/** Pub/Sub: topics, and subscriptions that push or are pulled. Names are full resource names; resources have the form of google.pubsub.v1. */
export class PubSubWorld {
  readonly counts: PubSubCounts = { deliveries: 0, duplicates: 0, acks: 0, nacks: 0, deadLettered: 0, expired: 0 };
  readonly #base: WorldBase;
  readonly #courier: Courier;
  readonly #disturber: Disturber;
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, PushSubscription>();
  #published = 0;

  constructor(base: WorldBase, courier: Courier) {
    this.#base = base;
    this.#courier = courier;
    this.#disturber = new Disturber(base.random);
  }

  /** Not idempotent: a second topic of one name is refused, as the service does. */
  createTopic(request: JsonMap): JsonMap {
    const name = this.#checkName(request, 'topics');
    for (const field of TOPIC_FIELDS_NOT_SERVED) {
      if (request[field] !== undefined) reject(fieldNotServed, `topic.${field}`);
    }
    if (this.#topics.has(name)) reject(resourceExists, name);
    this.#topics.set(name, { resource: structuredClone(request), subscriptions: new Set() });
    this.#record('createTopic', name);
    return this.getTopic(name);
  }

  /** The request has the topic and `updateMask`. */
  updateTopic(request: JsonMap): JsonMap {
    const name = nameOf(mapOf(request, 'topic') ?? {}, 'name');
    const topic = this.#topic(name);
    topic.resource = updated(topic.resource, request, topicFields);
    this.#record('updateTopic', name);
    return this.getTopic(name);
  }

  getTopic(name: string): JsonMap {
    return structuredClone(this.#topic(name).resource);
  }

  /** In the order of creation; the world has one project, so it needs no filter. */
  listTopics(): readonly JsonMap[] {
    return [...this.#topics.values()].map(({ resource }) => structuredClone(resource));
  }

  /** Names only. One that the topic had before it was deleted is not among them. */
  listTopicSubscriptions(name: string): readonly string[] {
    return [...this.#topic(name).subscriptions];
  }

  /** Its subscriptions stay and keep what they have (pubsub.proto, DeleteTopic). */
  deleteTopic(name: string): void {
    for (const subscription of this.#topic(name).subscriptions) this.#subscriptions.get(subscription)?.forgetTopic();
    this.#topics.delete(name);
    this.#record('deleteTopic', name);
  }

  /**
   * Returns the message ids, in the order of the messages. A subscription made later sees nothing of them; a message that no
   * subscription takes is gone.
   */
  publish(topicName: string, requests: readonly JsonMap[]): readonly string[] {
    const topic = this.#topic(topicName);
    if (requests.length === 0) reject(noMessages);
    if (requests.length > MAX_MESSAGES) reject(tooManyMessages, requests.length, MAX_MESSAGES);
    // All or nothing: a bad message must not leave its neighbours published.
    const messages = requests.map((request) => this.#stamp(request));
    for (const message of messages) this.#distribute(topic, message);
    this.#record('publish', topicName);
    return messages.map(({ messageId }) => messageId);
  }

  /** Checks everything before it keeps anything; the answer has the service's defaults filled in. */
  createSubscription(request: JsonMap): JsonMap {
    const name = this.#checkName(request, 'subscriptions');
    if (this.#subscriptions.has(name)) reject(resourceExists, name);
    const topic = this.#topic(nameOf(request, 'topic'));
    const resource = this.#complete(structuredClone(request));
    const { clock } = this.#base;
    const forward = (to: string, message: JsonMap) => this.#forward(to, message);
    const courier = this.#courier;
    this.#subscriptions.set(
      name,
      new PushSubscription({ resource, name, clock, courier, counts: this.counts, forward }),
    );
    topic.subscriptions.add(name);
    this.#record('createSubscription', name);
    return this.getSubscription(name);
  }

  /** The request has the subscription and `updateMask`. A field that is taken away gets the service's default again. */
  updateSubscription(request: JsonMap): JsonMap {
    const name = nameOf(mapOf(request, 'subscription') ?? {}, 'name');
    const subscription = this.#subscription(name);
    subscription.setResource(this.#complete(updated(subscription.resource, request, subscriptionFields)));
    this.#record('updateSubscription', name);
    return this.getSubscription(name);
  }

  getSubscription(name: string): JsonMap {
    return this.#subscription(name).resource;
  }

  listSubscriptions(): readonly JsonMap[] {
    return [...this.#subscriptions.values()].map(({ resource }) => resource);
  }

  /** Its messages are lost with it. */
  deleteSubscription(name: string): void {
    this.#subscription(name).delete();
    this.#subscriptions.delete(name);
    for (const { subscriptions } of this.#topics.values()) subscriptions.delete(name);
    this.#record('deleteSubscription', name);
  }

  /** An empty configuration stops the pushes and keeps the messages (pubsub.proto, ModifyPushConfigRequest). */
  modifyPushConfig(name: string, pushConfig: JsonMap): void {
    this.#subscription(name).setPushConfig(structuredClone(pushConfig));
    this.#record('modifyPushConfig', name);
  }

  /** Returns at once, also with nothing: real clients ask again (pubsub.proto, PullRequest.return_immediately). */
  pull(name: string, maxMessages: number, forSeconds?: number): readonly JsonMap[] {
    return this.#subscription(name).pull(maxMessages, forSeconds);
  }

  /** Those of the ids that can still be acknowledged. */
  stillLent(name: string, ackIds: readonly string[]): readonly string[] {
    return this.#subscription(name).stillLent(ackIds);
  }

  acknowledge(name: string, ackIds: readonly string[]): void {
    this.#subscription(name).acknowledge(ackIds);
    this.#record('acknowledge', name);
  }

  modifyAckDeadline(name: string, ackIds: readonly string[], seconds: number): void {
    this.#subscription(name).modifyAckDeadline(ackIds, seconds);
    this.#record('modifyAckDeadline', name);
  }

  /** To a time only: snapshots are not served. */
  seek(request: JsonMap): void {
    const name = nameOf(request, 'subscription');
    const subscription = this.#subscription(name);
    if (textOf(request, 'snapshot') !== undefined) reject(fieldNotServed, 'seek.snapshot');
    subscription.seek(Date.parse(textOf(request, 'time') ?? reject(noSeekTarget)));
    this.#record('seek', name);
  }

  /** Lever: from now on messages to the matching subscriptions (full names) come twice or out of order. */
  disturb(matches: (subscription: string) => boolean, disturbance: Disturbance): void {
    this.#disturber.add(matches, disturbance);
  }

  /** What a subscription still has to get acknowledged: all of it, for one without an endpoint. */
  backlog(subscription: string): readonly Message[] {
    return this.#subscription(subscription).backlog;
  }

  /** With the defaults filled in; its dead-letter topic has to be there. */
  #complete(request: JsonMap): JsonMap {
    const resource = completeSubscription(request);
    const deadLetterPolicy = mapOf(resource, 'deadLetterPolicy');
    if (deadLetterPolicy) this.#topic(nameOf(deadLetterPolicy, 'deadLetterTopic'));
    return resource;
  }

  #stamp(request: JsonMap): Message {
    const nowMs = this.#base.clock.nowMs();
    // Decimal and growing like the service's; world time in it keeps ids of a restarted world apart.
    const messageId = `${Math.floor(nowMs)}${String(++this.#published).padStart(5, '0')}`;
    return stampMessage(request, { messageId, publishTime: new Date(nowMs).toISOString() });
  }

  #distribute(topic: Topic, message: Message): void {
    for (const name of topic.subscriptions) {
      const subscription = this.#subscription(name);
      if (subscription.matches(message)) subscription.accept(message, this.#disturber.delaysMs(name, message));
    }
  }

  /** Dead-lettering is best effort: without its topic the message stays where it is (pubsub.proto, DeadLetterPolicy). */
  #forward(topic: string, message: JsonMap): boolean {
    if (!this.#topics.has(topic)) return false;
    this.publish(topic, [message]);
    return true;
  }

  #topic(name: string): Topic {
    checkName(name, 'topics');
    return this.#topics.get(name) ?? reject(resourceNotFound, name);
  }

  #subscription(name: string): PushSubscription {
    checkName(name, 'subscriptions');
    return this.#subscriptions.get(name) ?? reject(resourceNotFound, name);
  }

  /** Of something that is to be made. */
  #checkName(request: JsonMap, collection: Collection): string {
    const name = nameOf(request, 'name');
    const project = checkName(name, collection);
    return project === this.#base.project ? name : reject(projectNotFound, project);
  }

  #record(method: string, resource: string): void {
    this.#base.journal.record({ service: 'pubsub', method, resource, effect: true });
  }
}
