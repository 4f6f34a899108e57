/**
 * Many small models that have stood for a while, on clusters that cost little to have: one CPU node each, pods without GPUs, which
 * serve whatever queue the bench sets. Made in the world and in the ledger directly; what is measured then goes over the wires.
 */
import { join } from 'node:path';
import { stageAnnotations } from '../../emulator/controllers/pod-facts.ts';
import { findGkeMethod } from '../../emulator/gke/methods.ts';
import { KubernetesClient } from '../../emulator/kubernetes/client.ts';
import { numberAt, stringsAt } from '../../emulator/kubernetes/objects.ts';
import { invokerEmail, names, REGION } from '../../emulator/provision.ts';
import { systemTime } from '../../emulator/world/real-time.ts';
import type { World } from '../../emulator/world/world.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { modelTarget } from '#shared/domain/target.ts';
import { documentKey, wakeKey } from '#shared/ledger/records.ts';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { makeModelServiceDocument, makeRole } from '../support/make-model-service.ts';
import { type CloudUnderTest, startCloud } from '../support/local-cloud.ts';

const NAMESPACE = 'serving';
const LOCATION = `projects/demo/locations/${REGION}`;
const METRICS_PORT = 8000;

/** Real time between two questions whether everything stands; asking all of it takes a while. */
const SETUP_POLL_MS = 50;

export interface StandingModel {
  readonly cluster: string;
  readonly name: string;
  readonly target: string;
}

export interface StandingFleet {
  readonly cloud: CloudUnderTest;
  readonly models: readonly StandingModel[];
  /** Requests that each of its pods says are waiting; 0 at first. */
  setQueue(model: StandingModel, waiting: number): void;
  /** Lets world time go on until `isOver`; it stands still otherwise. */
  runUntil(isOver: () => boolean): Promise<void>;
  /** As if every model had been looked at a while ago and is looked at again in a minute: a hint leads to a look. */
  forgetLooks(): Promise<void>;
  /** Looks so far, of all models. */
  looks(): number;
  /** Every model has been looked at twice: addresses and counters are remembered, and the next alert finds no look that covers it. */
  settle(): Promise<void>;
  /** Calls one function as Cloud Scheduler would. */
  call(functionName: string): void;
}

export interface StandingOptions {
  readonly clusters: number;
  readonly modelsPerCluster: number;
  /** Told of every call of the functions to an API. */
  readonly onCall?: (call: string) => void;
  readonly functionsEntry?: string;
}

export async function startStandingFleet(options: StandingOptions): Promise<StandingFleet> {
  const { clusters: count, modelsPerCluster, ...over } = options;
  const cloud = await startCloud(over);
  const clusters = Array.from({ length: count }, (_, index) => `c${index}`);
  const models = clusters.flatMap((cluster) =>
    Array.from({ length: modelsPerCluster }, (_, index): StandingModel => {
      const name = `m${index}`;
      return { cluster, name, target: modelTarget(cluster, NAMESPACE, name) };
    }),
  );
  const queues = new Map<string, number>();
  serveMetrics(cloud, queues);
  await makeNetwork(cloud);
  for (const cluster of clusters) makeCluster(cloud.world, cluster);
  await runClock(cloud, SETUP_POLL_MS, () => clusters.every((cluster) => hasNode(cloud, cluster)));
  for (const model of models) deploy(cloud, model);
  await runClock(cloud, SETUP_POLL_MS, () => models.every((model) => isServing(cloud, model)));
  const looks = countLooks(cloud);
  // Often: after the last answer world time would go on to the next round.
  const runUntil = (isOver: () => boolean) => runClock(cloud, 1, isOver);
  const ledger = openLedger(cloud);
  await want(ledger, models);
  return {
    cloud,
    models,
    setQueue: ({ cluster, name }, waiting) => void queues.set(`${cluster}/${name}`, waiting),
    runUntil,
    looks,
    settle: async () => {
      await forgetLooks(ledger, models);
      callFunction(cloud, 'tick');
      const before = looks();
      // The second round is that of the timers.
      await runUntil(() => looks() >= before + 2 * models.length);
      // Rates need time between two counts; the next round would come after 15 s.
      await pass(cloud, 10);
      await forgetLooks(ledger, models);
    },
    forgetLooks: () => forgetLooks(ledger, models),
    call: (functionName) => callFunction(cloud, functionName),
  };
}

async function runClock({ world, untilQuiet }: CloudUnderTest, pollMs: number, isOver: () => boolean): Promise<void> {
  world.clock.start();
  while (!isOver()) await pause(pollMs);
  world.clock.stop();
  await untilQuiet();
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => void systemTime.setTimer(delayMs, resolve));
}

async function pass({ world: { clock }, untilQuiet }: CloudUnderTest, seconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  clock.after(seconds * 1000, resolve);
  clock.start();
  await promise;
  clock.stop();
  await untilQuiet();
}

async function makeNetwork(cloud: CloudUnderTest): Promise<void> {
  const { compute } = cloud.world;
  compute.insert('networks', {}, { name: 'net', autoCreateSubnetworks: false });
  await pass(cloud, 60);
  compute.insert(
    'subnetworks',
    { region: REGION },
    {
      name: 'sub',
      network: 'projects/demo/global/networks/net',
      ipCidrRange: '10.0.0.0/16',
      secondaryIpRanges: [
        { rangeName: 'pods', ipCidrRange: '10.4.0.0/14' },
        { rangeName: 'services', ipCidrRange: '10.1.0.0/20' },
      ],
    },
  );
  await pass(cloud, 60);
}

function makeCluster({ gke }: World, name: string): void {
  findGkeMethod(
    gke,
    'createCluster',
  )?.({
    parent: LOCATION,
    cluster: {
      name,
      network: 'net',
      subnetwork: 'sub',
      locations: [`${REGION}-b`],
      ipAllocationPolicy: {
        useIpAliases: true,
        clusterSecondaryRangeName: 'pods',
        servicesSecondaryRangeName: 'services',
      },
      nodePools: [{ name: 'cpu', initialNodeCount: 1, config: { machineType: 'e2-standard-8' } }],
    },
  });
}

function clientOf({ clusters }: CloudUnderTest, cluster: string): KubernetesClient | undefined {
  const api = clusters.apiOf(cluster);
  return api && new KubernetesClient(api, 'somebody');
}

function hasNode(cloud: CloudUnderTest, cluster: string): boolean {
  const nodes = clientOf(cloud, cluster)?.list({ apiVersion: 'v1', kind: 'Node' }) ?? [];
  const { status } = cloud.world.gke.getCluster(`${LOCATION}/clusters/${cluster}`);
  return nodes.length > 0 && status === 'RUNNING';
}

function deploy(cloud: CloudUnderTest, { cluster, name }: StandingModel): void {
  const client = clientOf(cloud, cluster);
  const labels = { app: name };
  client?.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  client?.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { [stageAnnotations.start]: '1', [stageAnnotations.load]: '1' } },
        spec: { containers: [{ name: 'server', image: 'small', ports: [{ containerPort: METRICS_PORT }] }] },
      },
    },
  });
}

function isServing(cloud: CloudUnderTest, { cluster, name }: StandingModel): boolean {
  const found = clientOf(cloud, cluster)?.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: NAMESPACE,
    name,
  });
  return numberAt(found, 'status', 'readyReplicas') === 1;
}

/** What each pod's port answers: the part of vLLM's metrics that is read. */
function serveMetrics({ clusters }: CloudUnderTest, queues: ReadonlyMap<string, number>): void {
  clusters.podEndpoints.register(METRICS_PORT, (pod, _path, cluster) => {
    const name = stringsAt(pod, 'metadata', 'labels')['app'] ?? '';
    const labels = `{engine="0",model_name="${name}"}`;
    const body = [
      `vllm:num_requests_waiting${labels} ${queues.get(`${cluster}/${name}`) ?? 0}`,
      `vllm:num_requests_running${labels} 8`,
      `vllm:kv_cache_usage_perc${labels} 0.3`,
      `vllm:request_success_total${labels} 100`,
    ];
    return { status: 200, contentType: 'text/plain', body: `${body.join('\n')}\n` };
  });
}

function openLedger({ home, world }: CloudUnderTest): Ledger {
  return openSqliteLedger({
    path: join(home, 'ledger.sqlite'),
    nowMs: () => world.clock.nowMs(),
    pause: (upToMs) => pause(upToMs),
  });
}

function countLooks({ lines }: CloudUnderTest): () => number {
  let read = 0;
  let looks = 0;
  return () => {
    for (; read < lines.length; read++) if (lines[read]?.includes('"message":"looked"') === true) looks++;
    return looks;
  };
}

/** What intake would have stored. */
async function want(ledger: Ledger, models: readonly StandingModel[]): Promise<void> {
  await ledger.transact(async (transaction) => {
    for (const { target, cluster, name } of models) {
      const acceptedAtMs = transaction.nowMs;
      const document = documentOf(cluster, name);
      const origin = { publishTimeMs: acceptedAtMs, messageId: 'm', contentHash: 'h', acceptedAtMs, actor: 'bench' };
      transaction.put(documentKey(target), { kind: 'ModelService', target, document, sequence: 1, ...origin });
    }
  });
}

function documentOf(cluster: string, name: string) {
  const role = makeRole('aggregated', {
    workload: { kind: 'Deployment', name },
    gpusPerReplica: 1,
    nodePool: 'cpu',
    metricsPort: METRICS_PORT,
  });
  return makeModelServiceDocument({
    metadata: { name },
    spec: {
      cluster: { project: 'demo', location: REGION, name: cluster },
      namespace: NAMESPACE,
      servedModelName: name,
      roles: [role],
      nodePools: [],
      endpointPicker: undefined,
    },
  });
}

async function forgetLooks(ledger: Ledger, models: readonly StandingModel[]): Promise<void> {
  await ledger.transact(async (transaction) => {
    const keys = models.map(({ target }) => wakeKey({ automation: 'scale-replicas', target }));
    const stored = await Promise.all(keys.map((key) => transaction.get(key)));
    for (const [index, { target }] of models.entries()) {
      const wake = { automation: 'scale-replicas', target };
      const record: JsonObject = stored[index] ?? { ...wake, wakeSeq: 1, seenSeq: 1, fence: 0 };
      const { lookBeganAtMs: _forgotten, ...rest } = record;
      transaction.put(wakeKey(wake), { ...rest, nextCheckAtMs: transaction.nowMs + 60_000 });
    }
  });
}

function callFunction({ world, urlOf }: CloudUnderTest, functionName: string): void {
  const url = urlOf(functionName);
  world.tasks.createTask(`${LOCATION}/queues/${names.queue}`, {
    httpRequest: {
      url,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{}').toString('base64'),
      oidcToken: { serviceAccountEmail: invokerEmail('demo'), audience: url },
    },
  });
}
