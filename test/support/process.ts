/**
 * One run of the functions' process, without a process: its ports can be cut off at any mutating call or ledger write, as a
 * SIGKILL does. After the cut nothing of it has any effect any more, whatever its code still tries in a catch or finally.
 */
import type { LoopPorts } from '#shared/automation.ts';
import type { CloudNetworks } from '#shared/ports/cloud-networks.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { Clusters, NodePools } from '#shared/ports/clusters.ts';
import type { DeadLetters } from '#shared/ports/dead-letters.ts';
import type { Ledger, LedgerTransaction } from '#shared/ports/ledger.ts';
import type { BuildCloud } from '../../functions/build-cluster/ports.ts';

export class Killed extends Error {
  override readonly name = 'Killed';
}

/** Where a cut falls: before or after the n-th effect of the whole run, counted over all processes. */
export interface Cut {
  readonly effect: number;
  readonly when: 'before' | 'after';
}

export interface Effect {
  readonly index: number;
  /** `clusters.create demo`, `ledger build-cluster:cluster/demo`, … */
  readonly label: string;
}

/** Counts the effects of a run and says when the process dies. */
export class Effects {
  readonly seen: Effect[] = [];
  readonly #cut: Cut | undefined;

  constructor(cut?: Cut) {
    this.#cut = cut;
  }

  async perform<T>(process: FunctionProcess, label: string, act: () => Promise<T>): Promise<T> {
    const index = this.seen.length;
    this.seen.push({ index, label });
    if (this.#cut?.effect === index && this.#cut.when === 'before') process.kill();
    process.check();
    const result = await act();
    if (this.#cut?.effect === index && this.#cut.when === 'after') process.kill();
    process.check();
    return result;
  }
}

export class FunctionProcess {
  readonly killed: Promise<never>;
  #reject: (error: Error) => void;
  #alive = true;

  constructor() {
    const { promise, reject } = Promise.withResolvers<never>();
    // Nobody may be waiting at the moment of the cut; that is not an unhandled error of the test.
    promise.catch(() => undefined);
    this.killed = promise;
    this.#reject = reject;
  }

  get alive(): boolean {
    return this.#alive;
  }

  kill(): void {
    this.#alive = false;
    this.#reject(new Killed('the process was killed'));
  }

  check(): void {
    if (!this.#alive) throw new Killed('the process was killed');
  }
}

/** The ports as this process sees them. */
export function portsOf(process: FunctionProcess, effects: Effects, inner: InnerPorts): InnerPorts {
  const act = <T>(label: string, call: () => Promise<T>) => effects.perform(process, label, call);
  const look = async <T>(call: () => Promise<T>): Promise<T> => {
    process.check();
    const seen = await call();
    process.check();
    return seen;
  };
  const { loop, cloud, deadLetters } = inner;
  return {
    loop: {
      ...loop,
      ledger: ledgerOf(loop.ledger, { process, act, look }),
      wakes: { publish: (wake) => act(`wake ${wake.automation} ${wake.target}`, () => loop.wakes.publish(wake)) },
      timers: {
        schedule: (timer) => act(`timer ${timer.automation} ${timer.target}`, () => loop.timers.schedule(timer)),
      },
    },
    deadLetters: { publish: (letter) => act(`dead letter ${letter.messageId}`, () => deadLetters.publish(letter)) },
    cloud: {
      ...cloud,
      networks: {
        list: (kind, place) => look(() => cloud.networks.list(kind, place)),
        create: (kind, request, call) =>
          act(`${kind}.insert ${String(request.body['name'])}`, () => cloud.networks.create(kind, request, call)),
        readOperation: (kind, place, name) => look(() => cloud.networks.readOperation(kind, place, name)),
      } satisfies CloudNetworks,
      clusters: {
        read: (place, cluster) => look(() => cloud.clusters.read(place, cluster)),
        create: (place, body, call) =>
          act(`clusters.create ${String(body['name'])}`, () => cloud.clusters.create(place, body, call)),
        readOperation: (place, name) => look(() => cloud.clusters.readOperation(place, name)),
        runningOperations: (place, cluster) => look(() => cloud.clusters.runningOperations(place, cluster)),
      } satisfies Clusters,
      pools: {
        read: (place, cluster, pool) => look(() => cloud.pools.read(place, cluster, pool)),
        create: (cluster, body, call) =>
          act(`pools.create ${String(body['name'])}`, () => cloud.pools.create(cluster, body, call)),
      } satisfies NodePools,
      objects: {
        apply: (connection, object, call) =>
          act(`objects.apply ${String(object['kind'])}`, () => cloud.objects.apply(connection, object, call)),
        read: (connection, ref) => look(() => cloud.objects.read(connection, ref)),
        list: (connection, query) => look(() => cloud.objects.list(connection, query)),
      } satisfies ClusterObjects,
    },
  };
}

export interface InnerPorts {
  readonly loop: LoopPorts;
  readonly cloud: BuildCloud;
  readonly deadLetters: DeadLetters;
}

interface Guards {
  readonly process: FunctionProcess;
  readonly act: <T>(label: string, call: () => Promise<T>) => Promise<T>;
  readonly look: <T>(call: () => Promise<T>) => Promise<T>;
}

/** Transactions that only read are no effect: cutting there is cutting before or after their neighbours. */
function ledgerOf(ledger: Ledger, { process, act, look }: Guards): Ledger {
  return {
    get: (key) => look(() => ledger.get(key)),
    find: (collection, query) => look(() => ledger.find(collection, query)),
    async transact(body) {
      process.check();
      // First run it without committing, to know whether and what it writes.
      const rehearsed = new Set<string>();
      await ledger
        .transact(async (transaction) => void (await body(withoutWrites(transaction, rehearsed))))
        .catch(() => undefined);
      process.check();
      if (rehearsed.size === 0) return await look(() => ledger.transact(body));
      return await act(`ledger ${[...rehearsed].join(' ')}`, () => ledger.transact(body));
    },
  };
}

function withoutWrites(transaction: LedgerTransaction, written: Set<string>): LedgerTransaction {
  return {
    nowMs: transaction.nowMs,
    get: (key) => transaction.get(key),
    put: (key) => void written.add(`${key.collection}/${key.id}`),
    remove: (key) => void written.add(`${key.collection}/${key.id}`),
  };
}
