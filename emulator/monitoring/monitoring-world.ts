import { mapOf, textOf } from '../delivery/json-fields.ts';
import type { PubSubWorld } from '../pubsub/pubsub-world.ts';
import type { WorldBase } from '../world/base.ts';
import type { JsonMap } from '../world/json.ts';
import { ApiError, reject } from '../world/rejection.ts';
import { AlertPolicies } from './alert-policies.ts';
import { Channels } from './channels.ts';
import { Descriptors } from './descriptors.ts';
import { monitoringFacts, type MonitoringFacts } from './facts.ts';
import { ManagedPrometheus, type ScrapeTarget } from './managed-prometheus.ts';
import { MetricService } from './metric-service.ts';
import { Misfortunes } from './misfortunes.ts';
import { type Notice, writeNotification, writeTestNotification } from './notifications.ts';
import { channelInUse, missingField, resourceNotFound } from './rejections.ts';
import { SeriesStore } from './series-store.ts';

/** How many notifications went out, and how many had nowhere to go. */
export interface NotificationCounts {
  published: number;
  undelivered: number;
}

/** Cloud Monitoring: time series, alert policies and notification channels of one project, and Managed Prometheus. */
export class MonitoringWorld {
  readonly metrics: MetricService;
  readonly policies: AlertPolicies;
  readonly channels: Channels;
  /** Levers: blackouts and losses. */
  readonly misfortunes: Misfortunes;
  readonly notifications: NotificationCounts = { published: 0, undelivered: 0 };
  readonly #base: WorldBase;
  readonly #pubsub: PubSubWorld;
  readonly #prometheus: ManagedPrometheus;

  constructor(base: WorldBase, pubsub: PubSubWorld, given: Partial<MonitoringFacts> = {}) {
    const facts = { ...monitoringFacts, ...given };
    const { clock, project } = base;
    this.#base = base;
    this.#pubsub = pubsub;
    this.misfortunes = new Misfortunes(clock, base.random);
    const store = new SeriesStore(clock, facts, this.misfortunes);
    const descriptors = new Descriptors(project);
    const misfortunes = this.misfortunes;
    this.metrics = new MetricService({ base, facts, descriptors, store, misfortunes });
    this.#prometheus = new ManagedPrometheus({ project, clock, store, descriptors, misfortunes });
    this.channels = new Channels(base);
    this.policies = new AlertPolicies({
      base,
      facts,
      store,
      metrics: this.metrics,
      channels: this.channels,
      notify: (notice) => this.#notify(notice),
    });
  }

  /**
   * One scrape of one pod, at this moment: Prometheus text becomes `prometheus_target` series. Whoever drives the pods calls it at
   * every scrape interval; throws if the text cannot be read.
   */
  ingestPrometheus(text: string, target: ScrapeTarget): void {
    this.#prometheus.ingest(text, target);
  }

  /** Publishes what the console's "send test notification" does. */
  sendTestNotification(channel: string): void {
    if (!this.channels.has(channel)) reject(resourceNotFound, channel);
    this.#publish(channel, writeTestNotification(this.#place()));
  }

  /** With `force` the policies that use the channel lose it, without they keep it from being deleted. */
  deleteNotificationChannel(request: JsonMap): void {
    const name = textOf(request, 'name') ?? reject(missingField, 'name');
    const users = this.policies.using(name);
    if (users.length > 0 && request['force'] !== true) reject(channelInUse, name, users);
    for (const user of users) {
      const policy = this.policies.get(user);
      const kept = policy['notificationChannels'];
      const notificationChannels = Array.isArray(kept) ? kept.filter((one) => one !== name) : [];
      this.policies.update({ ...policy, notificationChannels }, 'notificationChannels');
    }
    this.channels.delete(name);
  }

  #notify(notice: Notice): void {
    this.#publish(notice.channel, writeNotification(notice, this.#place()));
  }

  /** Fails silently, as a notification does whose topic is gone or closed to the notifier's account. */
  #publish(channel: string, notification: JsonMap): void {
    const topic = this.channels.topicOf(channel);
    try {
      if (topic === undefined) throw new Error(`notifying ${channel}: it is off`);
      this.#pubsub.publish(topic, [{ data: Buffer.from(JSON.stringify(notification)).toString('base64') }]);
      this.notifications.published++;
    } catch (thrown) {
      // Only the count tells: nobody waits for the answer.
      if (topic !== undefined && !(thrown instanceof ApiError)) throw thrown;
      this.notifications.undelivered++;
    }
  }

  #place() {
    const { project, projectNumber, clock } = this.#base;
    return { project, projectNumber, nowMs: clock.nowMs() };
  }
}

/** The resource of a create or update request, under the name that the request message gives it. */
export function resourceOf(request: JsonMap, field: string): JsonMap {
  return mapOf(request, field) ?? reject(missingField, field);
}
