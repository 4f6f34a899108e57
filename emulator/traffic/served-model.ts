import { endpointPickerText, modelServerText } from '../../shared/simulation/metrics-text.ts';
import { ServingModel } from '../../shared/simulation/serving-model.ts';
import type { KubernetesApi } from '../kubernetes/api.ts';
import { KubernetesClient } from '../kubernetes/client.ts';
import { type KubernetesObject, nameOf, uidOf } from '../kubernetes/objects.ts';
import type { PodReply } from '../kubernetes/pod-endpoints.ts';
import type { ScrapeTarget } from '../monitoring/managed-prometheus.ts';
import type { Cancel, WorldClock } from '../world/clock.ts';
import { MetricFaults } from './metric-faults.ts';
import type { ServedService } from './service.ts';
import { ServicePods } from './service-pods.ts';
import { type Past, pastOf, type ServiceSummary, summarize } from './summary.ts';

/** Usual interval of a PodMonitoring (GoogleCloudPlatform/prometheus-engine examples/pod-monitoring.yaml). */
const SCRAPE_MS = 15_000;
/** How far rates and percentiles of the summary look back. */
const PAST_MS = 60_000;

/** Whoever keeps what is scraped; the monitoring world does. */
export interface ScrapeSink {
  ingestPrometheus(text: string, target: ScrapeTarget): void;
}

export interface ServedModelParts {
  readonly api: KubernetesApi;
  readonly clock: WorldClock;
  readonly service: ServedService;
  /** Absent: nobody scrapes. */
  readonly monitoring?: ScrapeSink;
}

/**
 * A serving model that lives in a cluster: its replicas are the ready pods of the service, its time is the world's, and its numbers are
 * what the pods answer on `/metrics`. It is advanced when somebody looks, when a pod changes, and at every scrape.
 *
 * While requests come or are under way a scrape is something that happens, so the world hurries on; afterwards, and once nobody waits
 * for the load any more (`becomeRoutine`), it is a periodic event like any other (D8).
 */
export class ServedModel {
  readonly faults = new MetricFaults();
  readonly #service: ServedService;
  readonly #clock: WorldClock;
  readonly #monitoring: ScrapeSink | undefined;
  readonly #pods: ServicePods;
  readonly #model: ServingModel;
  readonly #cancels: readonly Cancel[];
  #cancelScrape: Cancel;
  #isRoutine = false;
  #advancedMs: number;
  #picker: KubernetesObject | undefined;
  #past: Past[] = [];

  constructor({ api, clock, service, monitoring }: ServedModelParts) {
    this.#service = service;
    this.#clock = clock;
    this.#monitoring = monitoring;
    this.#advancedMs = clock.nowMs();
    this.#model = new ServingModel({
      profiles: Object.fromEntries(service.roles.map(({ role, performance }) => [role, performance])),
      flowControl: service.endpointPicker?.flowControl ?? false,
      kvTransfer: service.kvTransfer,
      objectives: service.objectives,
      startMs: this.#advancedMs,
    });
    this.#model.setPickerReady(service.endpointPicker === undefined);
    this.#pods = new ServicePods({
      client: new KubernetesClient(api, 'traffic'),
      clock,
      service,
      onChange: () => this.#follow(),
    });
    this.#cancels = this.#listen(api);
    this.#cancelScrape = this.#scheduleScrape();
  }

  /** The model as it is now. */
  model(): ServingModel {
    this.#advance();
    return this.#model;
  }

  summary(): ServiceSummary {
    this.#advance();
    const now = pastOf(this.#model, this.#clock.nowMs());
    const since = this.#past.find(({ atMs }) => atMs >= now.atMs - PAST_MS) ?? now;
    return summarize(this.#model, { since, now, gpuHours: this.#pods.gpuHours });
  }

  /** From now on requests are what always comes: they do not make the world hurry. */
  becomeRoutine(): void {
    this.#isRoutine = true;
    this.#cancelScrape();
    this.#cancelScrape = this.#scheduleScrape();
  }

  /** The container of a pod starts anew: its counters begin at zero, its requests are tried again. */
  restart(pod: string): void {
    this.#advance();
    const replica = [...this.#model.replicas.values()].find(({ state }) => state.endpoint === pod);
    if (replica === undefined) throw new Error(`restarting pod ${pod}: it serves nothing`);
    this.#model.restartReplica(replica.state.id);
  }

  /** The endpoint picker's container starts anew: what it held is lost. */
  restartPicker(): void {
    this.#advance();
    this.#model.restartPicker();
  }

  stop(): void {
    this.#cancelScrape();
    for (const cancel of this.#cancels) cancel();
    this.#pods.stop();
  }

  #advance(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs <= this.#advancedMs) return;
    const arrivals = this.#service.requests.between(this.#advancedMs, nowMs);
    this.#advancedMs = nowMs;
    this.#model.advance({ untilMs: nowMs, arrivals });
  }

  /** Everything up to now happened with the pods as they were. */
  #follow(): void {
    this.#advance();
    this.#model.setReplicas(this.#pods.replicas());
    if (this.#service.endpointPicker === undefined) return;
    const before = this.#picker;
    this.#picker = this.#pods.picker();
    const isSame = before === undefined || (this.#picker !== undefined && uidOf(this.#picker) === uidOf(before));
    if (!isSame) this.#model.restartPicker();
    this.#model.setPickerReady(this.#picker !== undefined);
  }

  #listen(api: KubernetesApi): readonly Cancel[] {
    const { cluster, roles, endpointPicker } = this.#service;
    const ports = new Set([
      ...roles.map(({ metricsPort }) => metricsPort),
      ...(endpointPicker === undefined ? [] : [endpointPicker.metricsPort]),
    ]);
    return [...ports].map((port) =>
      api.podEndpoints.register(port, (pod, path, ofCluster) =>
        ofCluster === cluster && path.split('?')[0] === '/metrics' ? this.#answer(pod, port) : undefined,
      ),
    );
  }

  #answer(pod: KubernetesObject, port: number): PodReply | undefined {
    this.#advance();
    const body = this.#textOf(uidOf(pod), port);
    return body === undefined ? undefined : { status: 200, contentType: 'text/plain; version=0.0.4', body };
  }

  /** What a pod says on a port; undefined where it says nothing. */
  #textOf(uid: string, port: number): string | undefined {
    const { servedModelName, roles, endpointPicker, namespace, metricNames: names = 'current' } = this.#service;
    if (this.#picker !== undefined && uidOf(this.#picker) === uid) {
      if (endpointPicker?.metricsPort !== port) return undefined;
      const facts = { servedModelName, inferencePool: endpointPicker.inferencePool, namespace, names };
      return this.faults.apply(nameOf(this.#picker), () => endpointPickerText(this.#model, facts));
    }
    const replica = this.#model.replicas.get(uid);
    if (replica === undefined) return undefined;
    const { endpoint, role } = replica.state;
    if (roles.find((facts) => facts.role === role)?.metricsPort !== port) return undefined;
    return this.faults.apply(endpoint, () => modelServerText(replica.engine, { servedModelName, names }));
  }

  #scheduleScrape(): Cancel {
    const { endMs = Number.POSITIVE_INFINITY } = this.#service.requests;
    const isBusy = this.#advancedMs < endMs || !this.#model.isIdle;
    return this.#clock.after(SCRAPE_MS, () => this.#scrape(), { periodic: this.#isRoutine || !isBusy });
  }

  #scrape(): void {
    this.#advance();
    const nowMs = this.#clock.nowMs();
    this.#past = [...this.#past.filter(({ atMs }) => atMs >= nowMs - PAST_MS), pastOf(this.#model, nowMs)];
    const { roles, endpointPicker } = this.#service;
    for (const [uid, { state }] of this.#model.replicas) {
      const port = roles.find(({ role }) => role === state.role)?.metricsPort;
      if (port !== undefined) this.#ingest(state.endpoint, this.#textOf(uid, port), port);
    }
    if (this.#picker !== undefined && endpointPicker !== undefined) {
      const { metricsPort } = endpointPicker;
      this.#ingest(nameOf(this.#picker), this.#textOf(uidOf(this.#picker), metricsPort), metricsPort);
    }
    this.#cancelScrape = this.#scheduleScrape();
  }

  #ingest(pod: string, text: string | undefined, port: number): void {
    const { cluster, location, namespace, endpointPicker } = this.#service;
    if (text === undefined) return;
    const isPicker = port === endpointPicker?.metricsPort;
    this.#monitoring?.ingestPrometheus(text, {
      cluster,
      location,
      namespace,
      pod,
      job: isPicker ? 'endpoint-picker' : 'model-servers',
      port: isPicker ? 'metrics' : 'modelserver',
    });
  }
}
