/** What a workload's own object says of its size: Deployment, LeaderWorkerSet or the role scaler of a DisaggregatedSet. Pure. */
import { at, listAt, numberAt, objectAt, textAt } from '#shared/domain/compare.ts';
import type { Json, JsonObject } from '#shared/domain/json.ts';
import { hasCondition } from '#shared/domain/kubernetes-facts.ts';
import type { Workload, WorkloadKind } from '#shared/domain/model-service.ts';
import { AutomationError } from '#shared/errors.ts';
import type { ObjectRef } from '#shared/ports/cluster-objects.ts';
import { counted } from '#shared/domain/counted.ts';

/** What is the same for every kind of workload. */
export interface WorkloadFacts {
  /** `spec.replicas`: what is wanted of it now, by whoever wrote it last. */
  readonly replicas: number;
  readonly resourceVersion: string;
  /** Whole replicas that its controller counts as ready; undefined where it does not say. */
  readonly readyReplicas: number | undefined;
  /** A template is being replaced, or the controller has not yet seen the latest change: what it counts may be of before. */
  readonly inMotion: string | undefined;
  /** Label selector of the pods that serve; undefined while the controller has not written one. */
  readonly podSelector: string | undefined;
}

const apiVersions: Readonly<Record<WorkloadKind, string>> = {
  Deployment: 'apps/v1',
  LeaderWorkerSet: 'leaderworkerset.x-k8s.io/v1',
  DisaggregatedSetRoleScaler: 'disaggregatedset.x-k8s.io/v1',
};

/** Address of a workload in the service's namespace. */
export function refOf({ kind, name }: Workload, namespace: string): ObjectRef {
  return { apiVersion: apiVersions[kind], kind, namespace, name };
}

/** Of an object as the API server shows it; kinds differ in what their status says. Throws for one without a `resourceVersion`. */
export function readWorkload(object: JsonObject): WorkloadFacts {
  const kind = textAt(object, 'kind');
  return {
    // Left out it is 1, in all three kinds (Kubernetes API reference; defaults of the CRDs).
    replicas: numberAt(object, 'spec.replicas') ?? 1,
    resourceVersion: resourceVersionOf(object),
    readyReplicas: kind === 'DisaggregatedSetRoleScaler' ? undefined : (numberAt(object, 'status.readyReplicas') ?? 0),
    inMotion: unseenChange(object) ?? motionOf(object, kind),
    podSelector: selectorOf(object, kind),
  };
}

/** An empty one would let a size be written over whatever has changed meanwhile (Kubernetes API conventions, "Concurrency Control"). */
function resourceVersionOf(object: JsonObject): string {
  const version = textAt(object, 'metadata.resourceVersion');
  if (version !== undefined) return version;
  const name = textAt(object, 'metadata.name') ?? '(unnamed)';
  throw new AutomationError('permanent', `reading workload ${name}: it has no metadata.resourceVersion`);
}

function unseenChange(object: JsonObject): string | undefined {
  const generation = numberAt(object, 'metadata.generation');
  const observed = numberAt(object, 'status.observedGeneration');
  // Custom resources without a controller's status have nothing to compare.
  if (generation === undefined || observed === undefined || observed >= generation) return undefined;
  return `its controller has seen generation ${observed} of ${generation}`;
}

/**
 * Zeros are left out of a status. A LeaderWorkerSet says `UpdateInProgress`, but not when its group size changes, so the counts are
 * compared too (kubernetes-sigs/lws pkg/controllers/leaderworkerset_controller.go, as observed).
 */
function motionOf(object: JsonObject, kind: string | undefined): string | undefined {
  const existing = numberAt(object, 'status.replicas') ?? 0;
  if (kind === 'DisaggregatedSetRoleScaler') {
    const wanted = numberAt(object, 'spec.replicas') ?? 1;
    // It counts the groups of all revisions: more than wanted means that one replaces another, or that some are leaving.
    return existing > wanted
      ? `${counted(existing, 'group')} ${existing === 1 ? 'exists' : 'exist'} for ${wanted} wanted`
      : undefined;
  }
  const updated = numberAt(object, 'status.updatedReplicas') ?? 0;
  if (updated < existing)
    return `${updated} of ${counted(existing, 'replica')} ${existing === 1 ? 'is' : 'are'} of the newest template`;
  return hasCondition(object, 'UpdateInProgress') ? 'an update is in progress' : undefined;
}

/** Of a LeaderWorkerSet group only the leader serves (kubernetes-sigs/lws api/leaderworkerset/v1, labels). */
function selectorOf(object: JsonObject, kind: string | undefined): string | undefined {
  const name = textAt(object, 'metadata.name') ?? '';
  if (kind === 'LeaderWorkerSet') {
    return `leaderworkerset.sigs.k8s.io/name=${name},leaderworkerset.sigs.k8s.io/worker-index=0`;
  }
  if (kind === 'DisaggregatedSetRoleScaler') return textAt(object, 'status.selector') || undefined;
  return toSelector(at(object, 'spec.selector'));
}

/** `matchLabels` and `matchExpressions` in the syntax of a query (Kubernetes documentation, "Labels and Selectors"). */
function toSelector(selector: Json | undefined): string | undefined {
  const matchLabels = Object.entries(objectAt(selector, 'matchLabels'));
  const labels = matchLabels.map(([key, value]) => `${key}=${asText(value)}`);
  const expressions = listAt(selector, 'matchExpressions').map((expression) => {
    const key = textAt(expression, 'key') ?? '';
    const values = listAt(expression, 'values').map(asText).join(',');
    switch (textAt(expression, 'operator') ?? '') {
      case 'In':
        return `${key} in (${values})`;
      case 'NotIn':
        return `${key} notin (${values})`;
      case 'DoesNotExist':
        return `!${key}`;
      default:
        return key;
    }
  });
  const parts = [...labels, ...expressions];
  return parts.length === 0 ? undefined : parts.join(',');
}

/** Label values are strings; anything else cannot match and is shown as it is. */
function asText(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
