/** A fleet with a built cluster and a P/D model under load in it: everything that scaling needs, in one process. */
import { installServingKinds } from '../../emulator/controllers/serving-definitions.ts';
import { KubernetesClient } from '../../emulator/kubernetes/client.ts';
import { prefillDecodeObjects, servedPicker, servedRole } from '../../emulator/traffic/serving-fixture.ts';
import { ServedModel } from '../../emulator/traffic/served-model.ts';
import { kvOverRdma } from '../../emulator/traffic/service.ts';
import { chatLengths, dailyStream, type RequestStream } from '#shared/simulation/arrivals.ts';
import { profileOf } from '#shared/simulation/performance.ts';
import { listAt, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { Progress } from '#shared/domain/progress.ts';
import { Progress as StoredProgress, progressKey } from '#shared/ledger/records.ts';
import { type Fleet, type FleetOptions, makeFleet } from './fleet.ts';
import { makeClusterDocument } from './make-cluster.ts';
import { makeModelServiceDocument, makeRole } from './make-model-service.ts';

export const MODEL = 'model/demo/serving/llama-70b';
export const POOL = 'pool/demo/h200';
const MODEL_NAME = 'meta-llama/Llama-3.3-70B-Instruct';

export interface ServedFleetOptions extends FleetOptions {
  /** Requests per second, the same at all hours; `requests` says more. */
  readonly requestsPerSecond?: number;
  readonly requests?: (startMs: number) => RequestStream;
  readonly replicas?: Readonly<Record<'prefill' | 'decode', number>>;
  /** Changes of the `ModelService` document's spec. */
  readonly spec?: JsonObject;
  /** Nodes of the pool at first. */
  readonly nodes?: number;
  /** Pods of each role that may be missing at a time, by disruption budget; 1 by default. */
  readonly maxUnavailable?: number;
}

export interface ServedFleet extends Fleet {
  readonly served: ServedModel;
  /** What the cluster says of a Deployment. */
  deployment(name: string): Promise<{ readonly replicas: number; readonly ready: number }>;
  progressOf(automation: string, target: string): Promise<Progress>;
  /** Nodes of the GPU pool. */
  nodes(): Promise<readonly string[]>;
}

export async function makeServedFleet(options: ServedFleetOptions = {}): Promise<ServedFleet> {
  const fleet = makeFleet({ quick: true, ...options });
  const { ledger, inside } = fleet;
  const documents = servedDocuments(options);
  fleet.publish(documents.cluster);
  await fleet.runUntil('cluster/demo', ['ready']);
  const served = await deployServed(fleet, options);
  fleet.publish(documents.model);
  const connection = { server: 'https://in-process/demo' };
  return {
    ...fleet,
    served,
    deployment: async (name) => {
      const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'serving', name };
      const found = await inside.read(connection, ref);
      const spec = found?.['spec'] as { readonly replicas: number }; // of every Deployment
      const status = found?.['status'] as { readonly readyReplicas?: number } | undefined;
      return { replicas: spec.replicas, ready: status?.readyReplicas ?? 0 };
    },
    progressOf: async (automation, target) => {
      const stored = await ledger.get(progressKey({ automation, target }));
      return StoredProgress.parse(stored);
    },
    nodes: async () => {
      const labelSelector = 'cloud.google.com/gke-nodepool=h200';
      const found = await inside.list(connection, { apiVersion: 'v1', kind: 'Node', labelSelector });
      return found.map((node) => textAt(node, 'metadata.name') ?? '');
    },
  };
}

/** The cluster with its GPU pool, and the model that is deployed in it. */
export function servedDocuments({ nodes = 2, spec }: Pick<ServedFleetOptions, 'nodes' | 'spec'>) {
  // Spot, at a price of its own: the world's reservation has no more machines than the pool begins with.
  const size = { initial: nodes, min: 1, max: 4 };
  const roles = [makeRole('prefill', { startupSeconds: 300 }), makeRole('decode', { startupSeconds: 300 })];
  return {
    cluster: makeClusterDocument({ pool: { size, consumption: { spot: true }, usdPerNodeHour: 40 } }),
    model: makeModelServiceDocument({ spec: { nodePools: [], roles, ...spec } }),
  };
}

/** What somebody had deployed, and ten minutes in which it comes up. */
export async function deployServed(
  fleet: Pick<Fleet, 'world' | 'apiOf' | 'runFor'>,
  options: Omit<ServedFleetOptions, keyof FleetOptions>,
): Promise<ServedModel> {
  const { world } = fleet;
  const api = fleet.apiOf('demo');
  installServingKinds(api);
  const client = new KubernetesClient(api, 'somebody');
  const facts = { name: 'llama-70b', namespace: 'serving', gpusPerPod: 4, loadSeconds: 120 };
  const replicas = options.replicas ?? { prefill: 1, decode: 1 };
  for (const object of prefillDecodeObjects({ ...facts, replicas })) client.apply(object as never);
  if (options.maxUnavailable !== undefined) allowMissing(client, options.maxUnavailable);
  const startMs = world.clock.nowMs();
  const requests =
    options.requests?.(startMs) ??
    dailyStream({
      seed: 'served',
      startMs,
      meanRequestsPerSecond: options.requestsPerSecond ?? 2,
      swing: 0,
      ...chatLengths,
    });
  const performance = profileOf('llama70bH200x4');
  const served = new ServedModel({
    api,
    clock: world.clock,
    monitoring: world.monitoring,
    service: {
      cluster: 'demo',
      location: 'us-central1',
      namespace: 'serving',
      servedModelName: MODEL_NAME,
      roles: [servedRole('llama-70b', 'prefill', performance), servedRole('llama-70b', 'decode', performance)],
      endpointPicker: servedPicker('llama-70b', true),
      objectives: { ttftSeconds: 3, tpotSeconds: 0.1 },
      kvTransfer: kvOverRdma,
      requests,
    },
  });
  // Pods start on nodes that are there: the first replicas serve before anything is scaled.
  await fleet.runFor(600);
  return served;
}

/** Changes the disruption budgets of both roles. */
export function allowMissing(client: KubernetesClient, maxUnavailable: number): void {
  for (const role of ['prefill', 'decode']) {
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace: 'serving' };
    client.patch({ ...budget, name: `llama-70b-${role}` }, { spec: { maxUnavailable } });
  }
}

/** Texts of a list in an object. */
export function textsAt(object: JsonObject, path: string): readonly string[] {
  return listAt(object, path).flatMap((value) => (typeof value === 'string' ? [value] : []));
}
