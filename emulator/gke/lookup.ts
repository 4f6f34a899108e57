/** Finds what a resource name of the GKE API means, or rejects. */
import { reject } from '../world/rejection.ts';
import { checkProject, type NameKind, type ParsedName, parseName } from './names.ts';
import { notFound } from './rejections.ts';
import type { ClusterState, GkeContext, PoolOfCluster } from './state.ts';

/** Permissions that GKE asks for to find what a name means; page "Kubernetes Engine roles and permissions". */
const PERMISSIONS: Readonly<Record<NameKind, string>> = {
  location: 'container.clusters.list',
  cluster: 'container.clusters.get',
  nodePool: 'container.clusters.get',
  operation: 'container.operations.get',
};

/** `permission` is that of the call where it is another one than looking. */
export function parseKnown(
  context: GkeContext,
  name: string,
  kind: NameKind,
  permission = PERMISSIONS[kind],
): ParsedName {
  const parsed = parseName(name, kind);
  checkProject(context.base, name, permission);
  return parsed;
}

export function findCluster(context: GkeContext, name: string): ClusterState {
  return clusterOf(context, parseKnown(context, name, 'cluster'));
}

export function findNodePool(context: GkeContext, name: string): PoolOfCluster {
  const parsed = parseKnown(context, name, 'nodePool');
  const cluster = clusterOf(context, parsed);
  const pool = cluster.pools.get(parsed.nodePool);
  return { cluster, pool: pool ?? reject(notFound, `${cluster.path}/nodePools/${parsed.nodePool}`) };
}

function clusterOf(context: GkeContext, { location, cluster }: ParsedName): ClusterState {
  const path = `projects/${context.base.project}/locations/${location}/clusters/${cluster}`;
  return context.clusters.get(path) ?? reject(notFound, path);
}
