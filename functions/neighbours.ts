/** What the other documents of a cluster's name say against a document: it means another cluster, or a workload of theirs. */
import { type FleetDocument, targetOf } from '#shared/documents/index.ts';
import { objectAt, textAt } from '#shared/domain/compare.ts';
import { clusterNameOf, isSamePlace, newWorkloads, sharedWorkloads, strays } from '#shared/domain/one-cluster.ts';
import type { Problem } from '#shared/domain/problem.ts';
import { CLUSTER_GONE, mayStand, type Standing } from '#shared/domain/standing-place.ts';
import { clusterTarget, modelTarget } from '#shared/domain/target.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import {
  clusterNameKey,
  collections,
  DocumentRecord,
  documentKey,
  Progress,
  progressKey,
} from '#shared/ledger/records.ts';
import type { Ledger, LedgerTransaction } from '#shared/ports/ledger.ts';
import { wakesOf } from './registry.ts';

/** `get` of a transaction where something is to be written; no store finds in one, so `find` is the ledger's own. */
export type Reading = Pick<Ledger, 'get' | 'find'>;

export interface Neighbours {
  readonly problems: readonly Problem[];
  /**
   * Notes that something new is said of the name. It was read before the others were looked for, so that of two documents which
   * contradict each other one is looked at again, however close they come.
   */
  write(transaction: LedgerTransaction): void;
}

/**
 * A document that says nothing new of its cluster and names no further workload is not looked at: whatever else stands, its other
 * fields may always change. That also keeps the cost (one read for each service of the cluster) to the documents that need it.
 */
export async function readNeighbours(
  reading: Reading,
  document: FleetDocument,
  stands: DocumentRecord | undefined,
): Promise<Neighbours> {
  const incoming: Standing = { kind: document.kind, target: targetOf(document), document: { ...document } };
  const before: Standing | undefined = stands && { ...incoming, document: stands.document };
  const isPlaced = before !== undefined && isSamePlace(incoming, before);
  const named = newWorkloads(incoming, before);
  if (isPlaced && named.length === 0) return { problems: [], write: () => undefined };
  const cluster = clusterNameOf(incoming);
  const key = clusterNameKey(cluster);
  await reading.get(key);
  const services = (await findServices(reading, cluster)).filter(({ target }) => target !== incoming.target);
  const problems = [
    ...(isPlaced ? [] : await readStrays(reading, { incoming, before }, services)),
    ...services.filter((one) => isSamePlace(incoming, one)).flatMap((one) => sharedWorkloads(named, one)),
  ];
  return {
    problems,
    write(transaction) {
      transaction.put(key, { cluster, target: incoming.target, atMs: transaction.nowMs });
    },
  };
}

interface Change {
  readonly incoming: Standing;
  readonly before: Standing | undefined;
}

/** The Cluster document first; of services the first that is in the way, since all of them say the same place. */
async function readStrays(
  reading: Reading,
  change: Change,
  services: readonly Standing[],
): Promise<readonly Problem[]> {
  const { incoming } = change;
  if (incoming.kind === 'ModelService') {
    const record = await readRecord(reading, documentKey(clusterTarget(clusterNameOf(incoming))), DocumentRecord);
    const problems = record === undefined ? [] : strays(incoming, { ...record, kind: 'Cluster' });
    if (problems.length > 0) return problems;
  }
  for (const service of services) {
    const problems = strays(incoming, service);
    if (problems.length > 0 && (await isInTheWay(reading, service, change))) return problems;
  }
  return [];
}

/**
 * Whether a service that is said to be at another place keeps a document from its own.
 *   | the last look at the service           | a new document | one that corrects its place |
 *   | found that its cluster is gone         | no             | no                          |
 *   | found no workloads, or there was none  | yes            | no                          |
 *   | found workloads, or cannot be read     | yes            | yes                         |
 * Second row: else documents that share a mistake could never be mended, since each would wait for the others.
 */
async function isInTheWay(reading: Reading, service: Standing, { before }: Change): Promise<boolean> {
  const looks = await Promise.all(wakesOf(service.target).map((wake) => reading.get(progressKey(wake))));
  const stored = looks.filter((look) => look !== undefined);
  const read = stored.map((look) => Progress.safeParse(look));
  if (read.some(({ success }) => !success)) return true;
  const progress = read.flatMap(({ data }) => (data === undefined ? [] : [data]));
  if (progress.some((one) => mayStand(service, one))) return true;
  return before === undefined && !progress.some(({ report }) => textAt(report, 'cluster') === CLUSTER_GONE);
}

/** Documents that are read at a time; beyond those of the cluster a page holds some that are not looked at. */
const PAGE = 50;

/** Their targets begin with the cluster's name. One that cannot be read counts by what it says all the same. */
async function findServices(reading: Reading, cluster: string): Promise<readonly Standing[]> {
  const prefix = modelTarget(cluster, '', '').slice(0, -1);
  const found: Standing[] = [];
  for (let afterId = prefix; ; ) {
    const page = await reading.find(collections.documents, { afterId, limit: PAGE });
    const ofCluster = page.filter(({ id }) => id.startsWith(prefix));
    found.push(
      ...ofCluster.map(({ id, value }): Standing => {
        return { kind: 'ModelService', target: id, document: objectAt(value, 'document') };
      }),
    );
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE || ofCluster.length < page.length) return found;
    afterId = last.id;
  }
}
