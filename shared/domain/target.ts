/** Names of the resources that we look after. All of them name their cluster second. */

export function clusterTarget(cluster: string): string {
  return `cluster/${cluster}`;
}

export function poolTarget(cluster: string, pool: string): string {
  return `pool/${cluster}/${pool}`;
}

export function modelTarget(cluster: string, namespace: string, name: string): string {
  return `model/${cluster}/${namespace}/${name}`;
}
