/** Which node pools a document asks us to keep within bounds: what `scale-node-pool` is told of them, whoever declares them. Pure. */
import type { ClusterDocument, PoolOwner } from './cluster.ts';
import { clusterDefaults } from './cluster-defaults.ts';
import { type FleetDocument, targetOf } from './fleet-document.ts';
import { type ModelServiceDocument, resolveModelService } from './model-service.ts';
import { poolTarget } from './target.ts';

/** A type alias: it is stored as plain JSON. */
export type PoolDeclaration = {
  /** `pool/<cluster>/<pool>`. */
  readonly target: string;
  readonly spec: PoolSpec;
};

export type PoolSpec = {
  readonly project: string;
  /** Region or zone of the cluster's control plane. */
  readonly location: string;
  readonly cluster: string;
  readonly pool: string;
  /** Nodes of the whole pool. */
  readonly size: { readonly min: number; readonly max: number; readonly owner: PoolOwner };
  /** Target of the document that says so; the first one owns the bounds. */
  readonly declaredBy: string;
};

/** In the order of the document. The pool of our system nodes is not among them: its size is part of the cluster. */
export function derivedPools(document: FleetDocument): readonly PoolDeclaration[] {
  const declaredBy = targetOf(document);
  return specsOf(document).map((spec) => ({
    target: poolTarget(spec.cluster, spec.pool),
    spec: { ...spec, declaredBy },
  }));
}

function specsOf(document: FleetDocument): readonly Omit<PoolSpec, 'declaredBy'>[] {
  switch (document.kind) {
    case 'Cluster':
      return poolsOfCluster(document);
    case 'ModelService':
      return poolsOfModelService(document);
  }
}

/** The initial size is the builder's; what was not bounded is bounded by it, as in `resolveCluster`. */
function poolsOfCluster({ metadata, spec }: ClusterDocument): readonly Omit<PoolSpec, 'declaredBy'>[] {
  return spec.gpuPools.map(({ name: pool, size }) => {
    const { initial, min = initial, max = initial, owner = clusterDefaults.pool.owner } = size;
    return { project: spec.project, location: spec.region, cluster: metadata.name, pool, size: { min, max, owner } };
  });
}

function poolsOfModelService(document: ModelServiceDocument): readonly Omit<PoolSpec, 'declaredBy'>[] {
  const { cluster, nodePools } = resolveModelService(document);
  const { project, location, name } = cluster;
  return nodePools.map(({ name: pool, size }) => ({ project, location, cluster: name, pool, size }));
}
