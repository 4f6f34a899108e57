/**
 * Documents that speak of a cluster of the same name. Clusters and their pools are known by name alone, and so is the demand that
 * services file with a pool: all of them must mean the same cluster, and no two of them the same workload. Pure.
 */
import { listAt, textAt } from './compare.ts';
import type { DocumentKind } from './fleet-document.ts';
import type { Problem } from './problem.ts';
import type { Standing } from './standing-place.ts';

/** Where a document says which cluster it means. */
interface ClusterFields {
  readonly name: string;
  readonly project: string;
  readonly location: string;
}

/** What a Cluster document builds is regional (shared/domain/cluster.ts): its location is its region. */
const clusterFields: Readonly<Record<DocumentKind, ClusterFields>> = {
  Cluster: { name: 'metadata.name', project: 'spec.project', location: 'spec.region' },
  ModelService: { name: 'spec.cluster.name', project: 'spec.cluster.project', location: 'spec.cluster.location' },
};

export function clusterNameOf({ kind, document }: Standing): string {
  return textAt(document, clusterFields[kind].name) ?? '';
}

/** Whether both mean the cluster at the same place. */
export function isSamePlace(one: Standing, other: Standing): boolean {
  return strays(one, other).length === 0;
}

/** Fields by which a document means another cluster of the name than one that stands. */
export function strays({ kind, document }: Standing, other: Standing): readonly Problem[] {
  const [fields, ofOther] = [clusterFields[kind], clusterFields[other.kind]];
  const ways = [`another ${fields.name}`, ...(other.kind === 'ModelService' ? [`change ${other.target} first`] : [])];
  return [[fields.project, ofOther.project] as const, [fields.location, ofOther.location] as const].flatMap(
    ([field, fieldOfOther]) => {
      const [value, wanted] = [textAt(document, field), textAt(other.document, fieldOfOther)];
      if (value === undefined || wanted === undefined || value === wanted) return [];
      const rule = `must be ${JSON.stringify(wanted)}, where ${other.target} is: one cluster of a name can be looked after`;
      return [{ field, value, rule, fix: `use ${[wanted, ...ways].join(', or ')}` }];
    },
  );
}

/** A workload that a service names. */
interface NamedWorkload {
  readonly field: string;
  readonly role: string;
  readonly name: string;
  /** `Deployment serving/llama-decode`: what it is known by within its cluster. */
  readonly title: string;
}

/** Of a Cluster document: none. */
function workloadsOf({ kind, document }: Standing): readonly NamedWorkload[] {
  if (kind !== 'ModelService') return [];
  const namespace = textAt(document, 'spec.namespace') ?? '';
  return listAt(document, 'spec.roles').map((role, index) => {
    const name = textAt(role, 'workload.name') ?? '';
    return {
      field: `spec.roles[${index}].workload.name`,
      role: textAt(role, 'role') ?? '',
      name,
      title: `${textAt(role, 'workload.kind') ?? ''} ${namespace}/${name}`,
    };
  });
}

/** Workloads that the document which stands does not name yet, or names in a cluster elsewhere. */
export function newWorkloads(incoming: Standing, before: Standing | undefined): readonly NamedWorkload[] {
  const named = workloadsOf(incoming);
  if (before === undefined || !isSamePlace(incoming, before)) return named;
  const known = new Set(workloadsOf(before).map(({ title }) => title));
  return named.filter(({ title }) => !known.has(title));
}

/** Two documents would each set the size of one workload, by bounds of their own, and ask the pool for its pods twice. */
export function sharedWorkloads(named: readonly NamedWorkload[], other: Standing): readonly Problem[] {
  const taken = new Map(workloadsOf(other).map((workload) => [workload.title, workload]));
  return named.flatMap(({ field, name, title }) => {
    const theirs = taken.get(title);
    if (theirs === undefined) return [];
    const rule = `must be named by one document: ${title} is ${theirs.role} of ${other.target}`;
    return [{ field, value: name, rule, fix: `name another workload, or change ${other.target} first` }];
  });
}
