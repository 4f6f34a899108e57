/** The vocabulary of a build: its steps, and what was seen of each in the world. */
import { textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { ClusterOperation, OperationReading } from '#shared/domain/operation.ts';
import type { Place } from '#shared/domain/place.ts';
import type { Step, StepStatus } from '#shared/domain/step.ts';
import type { NetworkKind } from '#shared/ports/cloud-networks.ts';

interface OfCluster extends Step {
  readonly place: Place;
  /** Name of the cluster that is being built. */
  readonly cluster: string;
}

export type BuildStep =
  /** Read-only checks before anything is created. */
  | (OfCluster & { readonly kind: 'preflight' })
  | (OfCluster & {
      readonly kind: 'network';
      readonly resource: NetworkKind;
      readonly name: string;
      readonly body: JsonObject;
    })
  /** Somebody else's network that the cluster is to live in: looked at, never touched. */
  | (OfCluster & { readonly kind: 'existing'; readonly resource: NetworkKind; readonly name: string })
  | (OfCluster & { readonly kind: 'cluster'; readonly name: string; readonly body: JsonObject })
  | (OfCluster & { readonly kind: 'pool'; readonly name: string; readonly body: JsonObject })
  | (OfCluster & { readonly kind: 'objects'; readonly objects: readonly JsonObject[] })
  /** Re-read from the cluster itself: "operation done" proves nothing. */
  | (OfCluster & { readonly kind: 'readiness'; readonly pools: readonly PoolExpectation[] });

export interface PoolExpectation {
  readonly pool: string;
  readonly nodes: number;
  readonly gpusPerNode: number;
  /** Extended resources of which every node must offer at least one, each in one of the spellings given. */
  readonly rdmaResources: readonly (readonly string[])[];
}

/** What one look read from the world. */
export interface Observed {
  /** `cluster/<name>`: what carries this mark is ours. */
  readonly target: string;
  readonly steps: readonly BuildStep[];
  readonly preflight: PreflightOutcome | undefined;
  readonly network: Readonly<Record<NetworkKind, readonly JsonObject[]>>;
  readonly cluster: JsonObject | undefined;
  readonly clusterOperations: readonly ClusterOperation[];
  /** Readings of the operations that the ledger remembers, by step id. */
  readonly operations: ReadonlyMap<string, OperationReading>;
  /** Objects by `objectKey`; undefined while the cluster cannot be asked. */
  readonly objects: ReadonlyMap<string, JsonObject> | undefined;
  readonly nodes: readonly JsonObject[];
  /** What the build costs while it stands, for the report; undefined: unknown. */
  readonly usdPerHour: number | undefined;
}

/** What the world says of a step, before prerequisites and retries are considered. */
export type WorldStatus = StepStatus | { readonly state: 'absent' };

/** `problems` empty: nothing speaks against starting. */
export interface PreflightOutcome {
  readonly problems: readonly string[];
  /** All problems wait for a person's decision (spend cap, unknown price), so nothing is wrong with the document. */
  readonly holds: boolean;
}

/** Identity of an object inside a cluster. */
export function objectKey(object: JsonObject): string {
  return ['apiVersion', 'kind', 'metadata.namespace', 'metadata.name']
    .map((path) => textAt(object, path) ?? '')
    .join('|');
}
