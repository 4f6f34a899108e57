/**
 * Many small models that have stood for a while, each with a document that nobody had to publish. Made in the world and in the
 * ledger directly; what is measured then goes over the wires.
 */
import { join } from 'node:path';
import { invokerEmail, names, REGION } from '../../emulator/provision.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { modelTarget } from '#shared/domain/target.ts';
import { documentKey, wakeKey } from '#shared/ledger/records.ts';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { makeModelServiceDocument, makeRole } from '../support/make-model-service.ts';
import { type CloudUnderTest, startCloud } from '../support/local-cloud.ts';
import { pass, pause, runClock } from './passing-time.ts';
import { makeStandingClusters, METRICS_PORT, NAMESPACE, type StandingModel } from './standing-clusters.ts';

export interface StandingFleet {
  readonly cloud: CloudUnderTest;
  readonly models: readonly StandingModel[];
  /** Requests that each of its pods says are waiting; 0 at first. */
  setQueue(model: StandingModel, waiting: number): void;
  /** Lets world time go on until `isOver`; it stands still otherwise. */
  runUntil(isOver: () => boolean): Promise<void>;
  /** As if every model had been looked at a while ago and is looked at again in a minute: a hint leads to a look. */
  forgetLooks(): Promise<void>;
  /** Tells whether every model has been looked at so many times from now on. */
  looked(times: number): () => boolean;
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
  readonly functionsEnvironment?: Readonly<Record<string, string>>;
}

export async function startStandingFleet(options: StandingOptions): Promise<StandingFleet> {
  const { clusters, modelsPerCluster, ...over } = options;
  const cloud = await startCloud(over);
  const models = modelsOf(clusters, modelsPerCluster);
  const queues = new Map<string, number>();
  await makeStandingClusters(cloud, models, queues);
  const ledger = openLedger(cloud);
  await want(ledger, models);
  const looked = (times: number) => countLooks(cloud, models, times);
  const call = (functionName: string) => callFunction(cloud, functionName);
  // Asked often: after the last answer world time would go on to the next round.
  const runUntil = (isOver: () => boolean) => runClock(cloud, 1, isOver);
  return {
    cloud,
    models,
    setQueue: ({ cluster, name }, waiting) => void queues.set(`${cluster}/${name}`, waiting),
    runUntil,
    forgetLooks: () => forgetLooks(ledger, models),
    looked,
    settle: async () => {
      await forgetLooks(ledger, models);
      call('tick');
      // The second round is that of the timers.
      await runUntil(looked(2));
      // Rates need time between two counts; the next round would come after 15 s.
      await pass(cloud, 10);
      await forgetLooks(ledger, models);
    },
    call,
  };
}

function modelsOf(clusters: number, modelsPerCluster: number): readonly StandingModel[] {
  return Array.from({ length: clusters * modelsPerCluster }, (_, index) => {
    const cluster = `c${Math.floor(index / modelsPerCluster)}`;
    const name = `m${index % modelsPerCluster}`;
    return { cluster, name, target: modelTarget(cluster, NAMESPACE, name) };
  });
}

function openLedger({ home, world }: CloudUnderTest): Ledger {
  return openSqliteLedger({
    path: join(home, 'ledger.sqlite'),
    nowMs: () => world.clock.nowMs(),
    pause: (upToMs) => pause(upToMs),
  });
}

function countLooks({ lines }: CloudUnderTest, models: readonly StandingModel[], times: number): () => boolean {
  const missing = new Map(models.map(({ target }) => [target, times]));
  let read = lines.length;
  return () => {
    for (; read < lines.length; read++) {
      const target = /"message":"looked".*?"target":"([^"]+)"/.exec(lines[read] ?? '')?.[1] ?? '';
      const left = (missing.get(target) ?? 0) - 1;
      if (left > 0) missing.set(target, left);
      else missing.delete(target);
    }
    return missing.size === 0;
  };
}

/** What intake would have stored. */
async function want(ledger: Ledger, models: readonly StandingModel[]): Promise<void> {
  await ledger.transact(async (transaction) => {
    await transaction.get(documentKey(models[0]?.target ?? ''));
    const acceptedAtMs = transaction.nowMs;
    for (const { target, cluster, name } of models) {
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

function callFunction(cloud: CloudUnderTest, functionName: string): void {
  const url = cloud.urlOf(functionName);
  cloud.world.tasks.createTask(`projects/demo/locations/${REGION}/queues/${names.queue}`, {
    httpRequest: {
      url,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from('{}').toString('base64'),
      oidcToken: { serviceAccountEmail: invokerEmail('demo'), audience: url },
    },
  });
}
