/** A P/D service in a cluster with its controllers, on the clock that is pumped by hand. */
import { installServingKinds } from '../../../emulator/controllers/serving-definitions.ts';
import type { ScrapeTarget } from '../../../emulator/monitoring/managed-prometheus.ts';
import { ServedModel } from '../../../emulator/traffic/served-model.ts';
import { kvOverRdma, type ServedService } from '../../../emulator/traffic/service.ts';
import {
  leaderWorkerObjects,
  prefillDecodeObjects,
  servedPicker,
  servedRole,
} from '../../../emulator/traffic/serving-fixture.ts';
import { chatLengths, dailyStream, type RequestStream } from '#shared/simulation/arrivals.ts';
import { profileOf } from '#shared/simulation/performance.ts';
import { cpuInstance, gpuInstance, makeCluster, type TestCluster } from '../controllers/cluster-fixtures.ts';

export const modelName = 'meta-llama/Llama-3.3-70B-Instruct';
export const loadSeconds = 60;

export interface Scrape {
  readonly text: string;
  readonly target: ScrapeTarget;
  readonly atMs: number;
}

export interface TestTraffic extends TestCluster {
  readonly served: ServedModel;
  readonly scrapes: Scrape[];
  /** Names of the pods of a role. */
  readonly podsOf: (role: string) => readonly string[];
  readonly metricsOf: (pod: string, port: number) => { readonly status: number; readonly text: string };
}

export interface TrafficOptions {
  readonly requests?: (startMs: number) => RequestStream;
  readonly over?: Partial<ServedService>;
}

const name = 'llama-70b';
const namespace = 'serving';
const performance = profileOf('llama70bH200x4');

export const steady =
  (meanRequestsPerSecond: number, durationMs?: number) =>
  (startMs: number): RequestStream =>
    dailyStream({
      seed: 'test',
      startMs,
      ...(durationMs !== undefined && { endMs: startMs + durationMs }),
      meanRequestsPerSecond,
      swing: 0,
      ...chatLengths,
    });

async function makeNodes(): Promise<TestCluster> {
  const cluster = await makeCluster();
  installServingKinds(cluster.apiOf('demo')!);
  cluster.runtime.instanceStarted('demo', cpuInstance('cpu-1'));
  for (const node of ['gpu-1', 'gpu-2']) cluster.runtime.instanceStarted('demo', gpuInstance(node));
  await cluster.world.pass(200_000);
  return cluster;
}

function create(cluster: TestCluster, objects: readonly Record<string, unknown>[]): void {
  for (const object of objects) {
    const { apiVersion, kind } = object as { apiVersion: string; kind: string };
    const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    const plural = `${kind.toLowerCase()}s`;
    const path = kind === 'Namespace' ? `${base}/namespaces` : `${base}/namespaces/${namespace}/${plural}`;
    const answer = cluster.call('POST', path, { body: object as never });
    if (answer.status !== 201) throw new Error(`creating ${kind}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }
}

function serve(cluster: TestCluster, service: Omit<ServedService, 'requests'>, options: TrafficOptions): TestTraffic {
  const scrapes: Scrape[] = [];
  const { clock } = cluster.world;
  const served = new ServedModel({
    api: cluster.apiOf('demo')!,
    clock,
    service: { ...service, requests: (options.requests ?? steady(2))(clock.nowMs()), ...options.over },
    monitoring: {
      ingestPrometheus: (text, target) => {
        scrapes.push({ text, target, atMs: clock.nowMs() });
      },
    },
  });
  return {
    ...cluster,
    served,
    scrapes,
    podsOf: (role) =>
      cluster
        .pods(`llm-d.ai/role=${role}`)
        .map(({ metadata }) => String((metadata as { name: string }).name))
        .sort(),
    metricsOf: (pod, port) => cluster.call('GET', `/api/v1/namespaces/${namespace}/pods/${pod}:${port}/proxy/metrics`),
  };
}

const service: Omit<ServedService, 'requests' | 'roles'> = {
  cluster: 'demo',
  location: 'us-central1',
  namespace,
  servedModelName: modelName,
  endpointPicker: servedPicker(name, true),
  objectives: { ttftSeconds: 2, tpotSeconds: 0.1 },
  kvTransfer: kvOverRdma,
};

/** Nothing but requests until some time: no picker, and no pods unless somebody makes them. */
export function bareService(endMs: number): ServedService {
  const { endpointPicker: _, ...bare } = service;
  return { ...bare, roles: [servedRole(name, 'aggregated', performance)], requests: steady(2, 1e9)(endMs - 1e9) };
}

/** Two prefill and two decode replicas of four GPUs, ready after `loadSeconds`; requests come from the moment of the call. */
export async function makeTraffic(options: TrafficOptions = {}): Promise<TestTraffic> {
  const cluster = await makeNodes();
  create(
    cluster,
    prefillDecodeObjects({ name, namespace, replicas: { prefill: 2, decode: 2 }, gpusPerPod: 4, loadSeconds }),
  );
  const roles = [servedRole(name, 'prefill', performance), servedRole(name, 'decode', performance)];
  return serve(cluster, { ...service, roles }, options);
}

/** One group of two pods of eight GPUs. */
export async function makeGroupTraffic(options: TrafficOptions = {}): Promise<TestTraffic> {
  const cluster = await makeNodes();
  create(cluster, leaderWorkerObjects({ name, namespace, replicas: 1, size: 2, gpusPerPod: 8, loadSeconds }));
  return serve(cluster, { ...service, roles: [servedRole(name, 'aggregated', performance)] }, options);
}

export const scale = (traffic: TestTraffic, role: string, replicas: number) =>
  traffic.call('PATCH', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}-${role}/scale`, {
    body: { spec: { replicas } },
    type: 'application/merge-patch+json',
  });
