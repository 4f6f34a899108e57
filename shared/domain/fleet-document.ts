/** Any document that this version understands, and the resource that it is about. */
import type { ClusterDocument } from './cluster.ts';
import type { ModelServiceDocument } from './model-service.ts';
import { clusterTarget, modelTarget } from './target.ts';

/** What can be wanted. Commands are no documents: they happen once, and nothing is kept at their state. */
export type FleetDocument = ClusterDocument | ModelServiceDocument;

/** The field `kind`, by which the registry knows which automations it concerns. */
export type DocumentKind = FleetDocument['kind'];

/** The document of one kind. */
export type DocumentOf<K extends DocumentKind> = Extract<FleetDocument, { readonly kind: K }>;

/** Name under which the ledger keeps it. Two documents of one target are two versions of one wish. */
export function targetOf(document: FleetDocument): string {
  switch (document.kind) {
    case 'Cluster':
      return clusterTarget(document.metadata.name);
    case 'ModelService':
      return modelTarget(document.spec.cluster.name, document.spec.namespace, document.metadata.name);
  }
}
