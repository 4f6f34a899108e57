/** Whether the cluster that a service names is known, and what was probably meant where it is not. */
import { objectAt, textAt } from '#shared/domain/compare.ts';
import type { ModelServiceDocument } from '#shared/domain/model-service.ts';
import { clusterNameOf, isSamePlace } from '#shared/domain/one-cluster.ts';
import type { Problem } from '#shared/domain/problem.ts';
import type { Standing } from '#shared/domain/standing-place.ts';
import { targetOf } from '#shared/documents/index.ts';
import { nearest } from '#shared/documents/nearest.ts';
import { collections } from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';

/** Clusters, and services, that are looked at for a name: a fleet with more has them all the same, and only the advice is shorter. */
const MOST_READ = 200;

/** What the ledger says of a name at a place. */
export interface KnownCluster {
  /** A `Cluster` document says that it is to be there. */
  readonly isDeclared: boolean;
  /** Other clusters there, of documents of both kinds. */
  readonly others: readonly string[];
}

export async function findCluster(ledger: Ledger, service: ModelServiceDocument): Promise<KnownCluster> {
  const own: Standing = { kind: 'ModelService', target: targetOf(service), document: { ...service } };
  const [clusters, services] = await Promise.all([
    readStanding(ledger, 'Cluster', 'cluster/'),
    readStanding(ledger, 'ModelService', 'model/'),
  ]);
  const name = clusterNameOf(own);
  const namesOf = (all: readonly Standing[]) => all.filter((one) => isSamePlace(own, one)).map(clusterNameOf);
  const declared = namesOf(clusters);
  const others = new Set([...declared, ...namesOf(services)].filter((other) => other !== name));
  return { isDeclared: declared.includes(name), others: [...others] };
}

async function readStanding(ledger: Ledger, kind: Standing['kind'], prefix: string): Promise<readonly Standing[]> {
  const found = await ledger.find(collections.documents, { afterId: prefix, limit: MOST_READ });
  return found
    .filter(({ id, value }) => id.startsWith(prefix) && textAt(value, 'kind') === kind)
    .map(({ id, value }) => ({ kind, target: id, document: objectAt(value, 'document') }));
}

export function noSuchCluster(service: ModelServiceDocument, { others }: KnownCluster): Problem {
  const { project, location, name } = service.spec.cluster;
  const meant = nearest(name, others);
  const fix = meant === undefined ? 'make it first, or correct project, location or name' : `did you mean ${meant}?`;
  return { field: 'spec.cluster.name', value: name, rule: `must be a cluster in ${project}/${location}`, fix };
}

/** Nothing is wrong with a service that is published before its cluster stands. */
export function notBuiltYet({ spec }: ModelServiceDocument): string {
  return `cluster ${spec.cluster.name} is not built yet: the service is looked at once it stands`;
}
