/** The functions whose start is measured: what makes a target of theirs due, and what is sent to them. */
import { join } from 'node:path';
import { invokerEmail, names, REGION } from '../../emulator/provision.ts';
import { systemTime } from '../../emulator/world/real-time.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { documentKey, messageKey, progressKey, wakeKey } from '#shared/ledger/records.ts';
import { makeFirestoreStore } from '#shared/gcp/firestore-store.ts';
import { FirestoreLedger } from '#shared/ledger/firestore-ledger.ts';
import { openSqliteLedger } from '#shared/ledger/sqlite-ledger.ts';
import type { LedgerTransaction } from '#shared/ports/ledger.ts';
import { prepareWake } from '#shared/wakes.ts';
import type { CloudUnderTest } from '../support/local-cloud.ts';
import { makeClusterDocument } from '../support/make-cluster.ts';
import { makeModelServiceDocument } from '../support/make-model-service.ts';
import type { ServedFirestore } from '../support/served-firestore.ts';

export interface ColdFunction {
  readonly name: string;
  /** What is waited for, in words. */
  readonly until: string;
  /** The call that it has to be: another one would be another measurement. */
  readonly call?: RegExp;
  /** What it looks after; absent: it is asked without one. */
  readonly subject?: { readonly target: string; readonly kind: string; readonly document: JsonObject };
  /** Where the cluster answers is known from an earlier look, so the first call is to the cluster itself. */
  readonly remembered?: boolean;
  /** Where the ledger is; SQLite by default. */
  readonly ledger?: 'firestore';
  /** At most so many times the bare app (issue "An alert scales a running llm-d deployment and its node pool", proof). */
  readonly target?: number;
  /**
   * Ours: CPU until then over that of the bare app, which other work on the machine hardly changes. A fifth and more above what was measured, so
   * that a client which is loaded too early (half and more) fails the run.
   */
  readonly maxCpuRatio?: number;
}

const model = { target: 'model/demo/serving/llama-70b', kind: 'ModelService', document: makeModelServiceDocument() };

const pool = {
  target: 'pool/demo/h200',
  kind: 'NodePool',
  document: {
    kind: 'NodePool',
    spec: {
      project: 'demo',
      location: REGION,
      cluster: 'demo',
      pool: 'h200',
      size: { min: 1, max: 4, owner: 'inference-fleet' },
      declaredBy: model.target,
    },
  },
};

const cluster = {
  target: 'cluster/bench',
  kind: 'Cluster',
  document: makeClusterDocument({ metadata: { name: 'bench' } }),
};

/** The bare app is first: the others are measured against it. */
export const coldFunctions: readonly ColdFunction[] = [
  { name: 'bare', until: 'first 200' },
  { name: 'intake', until: 'first API call (publish)', call: /Publisher\/Publish$/, maxCpuRatio: 3.5 },
  { name: 'tick', until: 'first API call (publish)', call: /Publisher\/Publish$/, maxCpuRatio: 3.2 },
  { name: 'status', until: 'first answer', maxCpuRatio: 2.1 },
  {
    name: 'build-cluster',
    until: 'first API call (networks.list)',
    call: /^GET \/compute\/v1\/projects\/demo\/global\/networks$/,
    subject: cluster,
    target: 3,
    maxCpuRatio: 4.6,
  },
  {
    name: 'scale-replicas',
    until: 'first API call (get the cluster)',
    call: /^GET \/v1\/projects\/demo\/locations\/[\w-]+\/clusters\/demo$/,
    subject: model,
    target: 2,
    maxCpuRatio: 2.7,
  },
  {
    name: 'scale-replicas',
    until: "first API call (the cluster's own API)",
    call: /^GET demo\/apis/,
    subject: model,
    remembered: true,
    target: 2,
    maxCpuRatio: 2.8,
  },
  { name: 'scale-node-pool', until: 'first API call', call: /ClusterManager\//, subject: pool, maxCpuRatio: 3.9 },
];

/** The two whose targets are the strictest are measured once more with their ledger in Firestore, each right after itself. */
export function withTwin(one: ColdFunction): readonly ColdFunction[] {
  const hasTwin = one.name === 'build-cluster' || (one.name === 'scale-replicas' && one.remembered === true);
  return hasTwin ? [one, { ...one, ledger: 'firestore' }] : [one];
}

/** Of all functions of the bench whose ledger is there; their targets differ. */
export const LEDGER_DATABASE = 'cold-start';

const message = { subscription: 'projects/demo/subscriptions/inference-fleet-intake', messageId: '1' };

/** A target that wants looking at, and nobody's lease on it. */
export async function makeDue(
  { cloud, firestore }: { readonly cloud: CloudUnderTest; readonly firestore: ServedFirestore },
  { name, subject = cluster, remembered, ledger: place }: ColdFunction,
  round: number,
) {
  // Whole, as the functions read it: a fraction later would not be due, and the tick would leave it to the next one.
  const nowMs = Math.floor(cloud.world.clock.nowMs());
  const wake = { automation: subject === cluster ? 'build-cluster' : name, target: subject.target };
  const open = place === 'firestore' ? openFirestore : openSqlite;
  const { ledger, close } = open({ cloud, firestore, nowMs: () => nowMs });
  await ledger.transact(async (transaction) => {
    transaction.remove(wakeKey(wake));
    transaction.remove(messageKey(message));
    const origin = { publishTimeMs: nowMs, messageId: 'm', contentHash: 'h', acceptedAtMs: nowMs, actor: 'bench' };
    transaction.put(documentKey(subject.target), { ...subject, sequence: round + 1, ...origin });
    if (remembered === true) remember(transaction, cloud, { wake, nowMs });
  });
  await ledger.transact(async (transaction) => (await prepareWake(transaction, wake)).write(transaction));
  close();
}

interface Opening {
  readonly cloud: CloudUnderTest;
  readonly firestore: ServedFirestore;
  readonly nowMs: () => number;
}

const pause = (upToMs: number) => new Promise<void>((resolve) => void systemTime.setTimer(upToMs, resolve));

function openSqlite({ cloud, nowMs }: Opening) {
  const ledger = openSqliteLedger({ path: join(cloud.home, 'ledger.sqlite'), nowMs, pause });
  return { ledger, close: () => ledger.close() };
}

function openFirestore({ firestore: { connection }, nowMs }: Opening) {
  const store = makeFirestoreStore({ connection, project: 'demo', database: LEDGER_DATABASE });
  return { ledger: new FirestoreLedger({ store, pause, clockMs: nowMs }), close: () => undefined };
}

/** What an earlier look of scale-replicas would have handed over: the address, and counters. */
function remember(
  transaction: LedgerTransaction,
  { addresses }: CloudUnderTest,
  { wake, nowMs }: { readonly wake: { readonly automation: string; readonly target: string }; readonly nowMs: number },
): void {
  const connection = {
    cluster: `demo/${REGION}/demo`,
    readAtMs: nowMs,
    connection: { server: `${addresses.kubernetes}/clusters/demo` },
  };
  transaction.put(progressKey(wake), {
    ...wake,
    buildId: 'bench',
    sequence: 1,
    phase: 'ready',
    reason: 'stands',
    next: 'a look',
    steps: {},
    history: [],
    blindLooks: 0,
    startedAtMs: nowMs,
    lookedAtMs: nowMs,
    carry: { version: 1, counters: { atMs: nowMs, byPod: {} }, connection },
  });
}

/** A question for what has no effects, a task for the others: it brings the token that they ask for. */
export function send(
  cloud: CloudUnderTest,
  what: ColdFunction,
  { round, onAnswer }: { readonly round: number; readonly onAnswer: () => void },
): void {
  const url = cloud.urlOf(what.name);
  if (what.name === 'bare' || what.name === 'status') {
    void fetch(`${url}/targets`).then(onAnswer);
    return;
  }
  cloud.world.tasks.createTask(`projects/demo/locations/${REGION}/queues/${names.queue}`, {
    httpRequest: {
      url,
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify(bodyFor(what, round))).toString('base64'),
      oidcToken: { serviceAccountEmail: invokerEmail('demo'), audience: url },
    },
  });
}

function bodyFor({ name, subject }: ColdFunction, round: number): JsonObject {
  if (name === 'tick') return {};
  const content =
    subject === undefined
      ? // Newer each time, or it would be nothing new.
        makeClusterDocument({ metadata: { sequence: round + 1 } })
      : { wake: { automation: name, target: subject.target } };
  return {
    message: {
      messageId: message.messageId,
      publishTime: '2026-01-01T00:00:00Z',
      data: Buffer.from(JSON.stringify(content)).toString('base64'),
    },
    subscription: message.subscription,
  };
}
