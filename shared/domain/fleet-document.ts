/** Any document that this version understands, and the resource that it is about. */
import type { ClusterDocument } from './cluster.ts';
import type { ModelServiceDocument } from './model-service.ts';
import { clusterTarget, modelTarget } from './target.ts';

export type FleetDocument = ClusterDocument | ModelServiceDocument;

export type DocumentKind = FleetDocument['kind'];

/** The document of one kind. */
export type DocumentOf<K extends DocumentKind> = Extract<FleetDocument, { readonly kind: K }>;

export function targetOf(document: FleetDocument): string {
  switch (document.kind) {
    case 'Cluster':
      return clusterTarget(document.metadata.name);
    case 'ModelService':
      return modelTarget(document.spec.cluster.name, document.spec.namespace, document.metadata.name);
  }
}
