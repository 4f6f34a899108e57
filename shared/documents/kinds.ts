/** The registry of document kinds: a new kind is one line in each of the three declarations below. */
import type * as z from 'zod';
import type { Catalogue } from '../domain/catalogue.ts';
import type { ClusterDocument } from '../domain/cluster.ts';
import type { Problem } from '../domain/problem.ts';
import { clusterKind } from './cluster/kind.ts';

/** Any document that this version understands. */
export type FleetDocument = ClusterDocument;

export type DocumentKind = FleetDocument['kind'];

export interface KindDefinition {
  readonly schema: z.ZodType<FleetDocument>;
  /** What the form alone cannot say. Looks at every part whose form is right, even if another part's is not. */
  check(value: unknown, catalogue: Catalogue): Findings;
  /** The resource that the document is about, e.g. `cluster/demo`. */
  targetOf(document: FleetDocument): string;
}

export interface Findings {
  readonly problems: readonly Problem[];
  /** What may be wrong, but only Google knows. */
  readonly warnings: readonly Problem[];
}

export const kinds: { readonly [K in DocumentKind]: KindDefinition } = {
  Cluster: clusterKind,
};

export function isDocumentKind(kind: unknown): kind is DocumentKind {
  return typeof kind === 'string' && Object.hasOwn(kinds, kind);
}
