/** Where the things of a target stand: what a newer document of the same name must not change while they may. Pure. */
import { textAt } from './compare.ts';
import type { DocumentKind } from './fleet-document.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problem.ts';
import type { Progress } from './progress.ts';
import type { StepMemory } from './step.ts';

/** `report.cluster` of a service whose cluster GKE does not know: nothing of the service can stand. */
export const CLUSTER_GONE = 'gone';

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
 *   | ModelService | the last look that saw anything found its workloads, and not that the cluster is gone |
 */
export function mayStand({ kind, document }: Standing, { steps, report }: Remembered): boolean {
  if (kind === 'ModelService') return report !== undefined && textAt(report, 'cluster') !== CLUSTER_GONE;
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
