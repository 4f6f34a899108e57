import { mapOf, textOf, textsOf } from '../delivery/json-fields.ts';
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { reject } from '../world/rejection.ts';
import { applyMask } from './field-masks.ts';
import { makeResourceId } from './identifiers.ts';
import { checkProject } from './projects.ts';
import { invalidField, missingField, notServed, resourceNotFound } from './rejections.ts';
import { timeOf } from './time-series-json.ts';
import { checkUserLabels } from './user-labels.ts';

/** Fields that the server sets. */
const OUTPUT_ONLY = ['name', 'verificationStatus', 'creationRecord', 'mutationRecords'] as const;

/** Notification channels of type `pubsub`; other types could not deliver anything here. */
export class Channels {
  readonly #base: WorldBase;
  readonly #channels = new Map<string, JsonMap>();
  #created = 0;

  constructor(base: WorldBase) {
    this.#base = base;
  }

  create(parent: string, request: JsonMap): JsonMap {
    checkProject(parent, this.#base, 'monitoring.notificationChannels.create');
    const name = `projects/${this.#base.project}/notificationChannels/${makeResourceId(this.#base, 'channel', this.#created++)}`;
    const channel = { ...checkChannel(request), name, creationRecord: this.#stamp() };
    this.#channels.set(name, channel);
    this.#record('createNotificationChannel', name);
    return this.get(name);
  }

  get(name: string): JsonMap {
    return structuredClone(this.#channels.get(name) ?? reject(resourceNotFound, name));
  }

  has(name: string): boolean {
    return this.#channels.has(name);
  }

  list(parent: string): readonly JsonMap[] {
    checkProject(parent, this.#base, 'monitoring.notificationChannels.list');
    return [...this.#channels.values()].map((channel) => structuredClone(channel));
  }

  update(request: JsonMap, mask: string): JsonMap {
    const name = textOf(request, 'name') ?? reject(missingField, 'notification_channel.name');
    const current = this.get(name);
    const updated = checkChannel(applyMask(current, request, mask));
    const { creationRecord } = current;
    this.#channels.set(name, { ...updated, name, creationRecord, mutationRecords: [this.#stamp()] });
    this.#record('updateNotificationChannel', name);
    return this.get(name);
  }

  /** The caller has looked for policies that use it. */
  delete(name: string): void {
    if (!this.#channels.delete(name)) reject(resourceNotFound, name);
    this.#record('deleteNotificationChannel', name);
  }

  /** Topic of a channel that takes notifications; undefined for one that is gone or switched off. */
  topicOf(name: string): string | undefined {
    const channel = this.#channels.get(name);
    return channel === undefined || channel['enabled'] === false ? undefined : textsOf(channel, 'labels')['topic'];
  }

  #stamp(): JsonMap {
    return { mutateTime: timeOf(this.#base.clock.nowMs()) };
  }

  #record(method: string, resource: string): void {
    this.#base.journal.record({ service: 'monitoring', method, resource, effect: true });
  }
}

/** Without what only the server sets, and switched on unless said otherwise. */
function checkChannel(request: JsonMap): JsonMap {
  const type = textOf(request, 'type') ?? reject(missingField, 'notification_channel.type');
  if (type !== 'pubsub') reject(notServed, `notification channels of type ${type}`);
  const topic = textsOf(request, 'labels')['topic'] ?? reject(missingField, "notification_channel.labels['topic']");
  if (!/^projects\/[^/]+\/topics\/[^/]+$/.test(topic)) {
    reject(
      invalidField,
      "notification_channel.labels['topic']",
      topic,
      'Must have the form projects/PROJECT/topics/TOPIC.',
    );
  }
  checkUserLabels(request, 'notification_channel.user_labels');
  const given = Object.entries(structuredClone(request)).filter(([field]) => !OUTPUT_ONLY.some((own) => own === field));
  return { enabled: true, ...Object.fromEntries(given), labels: { ...mapOf(request, 'labels') } };
}
