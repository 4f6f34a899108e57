/** Where the things of a target stand: what a newer document of the same name must not change while they may. Pure. */
import { textAt } from './compare.ts';
import type { DocumentKind } from './fleet-document.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problem.ts';
import type { Progress } from './progress.ts';
import type { StepMemory } from './step.ts';

/** A target is named without these fields, so a document that changes one of them is about other machines under the same name. */
const placeFields: Readonly<Record<DocumentKind, readonly string[]>> = {
  Cluster: ['spec.project', 'spec.region', 'spec.zone'],
  ModelService: ['spec.cluster.project', 'spec.cluster.location'],
};

export interface Standing {
  readonly kind: DocumentKind;
  readonly target: string;
  /** The document that stands, as it was accepted. */
  readonly document: JsonObject;
}

/** Fields of the place that differ from those of the document that stands; each would leave what is there behind, and paid for. */
export function moves(
  { kind, target, document: stands }: Standing,
  incoming: JsonObject,
  fix = `use another metadata.name, or delete ${target} first (which this version cannot do)`,
): readonly Problem[] {
  const place = placeFields[kind].map((path) => textAt(stands, path) ?? '?').join('/');
  const what = kind === 'Cluster' ? 'was built' : 'is looked after';
  return placeFields[kind].flatMap((field) => {
    const [before, value] = [textAt(stands, field), textAt(incoming, field)];
    if (value === undefined || value === before) return [];
    const rule = `must stay ${JSON.stringify(before)}: what ${what} as ${target} in ${place} may still stand, and would go on being paid for`;
    return [{ field, value, rule, fix }];
  });
}

/** What an automation remembers of a target. */
type Remembered = Pick<Progress, 'steps' | 'report'>;

/**
 * Whether something of the target may stand at its place. False only where it is known that nothing does: an author whose zone
 * turned out to be wrong in the checks can correct it.
 *   | kind         | may stand                                                                        |
 *   | Cluster      | a step that creates was found done or under way, or has a call of unknown outcome |
 *   | ModelService | the last look found its workloads there                                          |
 */
export function mayStand({ kind, document }: Standing, { steps, report }: Remembered): boolean {
  if (kind === 'ModelService') return report !== undefined;
  const notOurs = idsThatOnlyLook(document);
  return Object.entries(steps).some(([id, step]) => !notOurs.has(id) && mayHaveMade(step));
}

/** Ids of `build-cluster`: its checks, and the primary network that is somebody else's. */
function idsThatOnlyLook(document: JsonObject): ReadonlySet<string> {
  const existing = 'spec.networking.primary.existing';
  const [network, subnetwork] = ['network', 'subnetwork'].map((name) => textAt(document, `${existing}.${name}`));
  return new Set(['preflight', `network/${network ?? ''}`, `subnet/${subnetwork ?? ''}`]);
}

function mayHaveMade({ state, endedAtMs, calls, attempts }: StepMemory): boolean {
  // An attempt is counted when its failure is known; a call beyond those may have had its effect.
  return endedAtMs !== undefined || state === 'running' || state === 'intended' || calls > attempts;
}

/** A service of a cluster that we look after is where that cluster is: clusters, and their pools, are known by name alone. */
export function strays(service: JsonObject, cluster: Pick<Standing, 'target' | 'document'>): readonly Problem[] {
  const same: readonly (readonly [field: string, ofCluster: string])[] = [
    ['spec.cluster.project', 'spec.project'],
    ['spec.cluster.location', 'spec.region'],
  ];
  return same.flatMap(([field, ofCluster]) => {
    const [value, wanted] = [textAt(service, field), textAt(cluster.document, ofCluster)];
    if (value === undefined || wanted === undefined || value === wanted) return [];
    const rule = `must be ${JSON.stringify(wanted)}, where ${cluster.target} is: one cluster of a name can be looked after`;
    return [{ field, value, rule, fix: `use ${wanted}, or another spec.cluster.name` }];
  });
}
