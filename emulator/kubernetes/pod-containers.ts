/** What the subresources of pods that speak with a container check first (pkg/registry/core/pod/strategy.go of kubernetes/kubernetes). */
import { type KubernetesObject, mapsAt, nameOf, textAt } from './objects.ts';
import { badRequest, notFound } from './rejections.ts';
import { type ClusterState, collectionOf } from './state.ts';
import { refuse } from './status.ts';

const namesIn = (pod: KubernetesObject, field: string): readonly string[] =>
  mapsAt(pod, 'spec', field).map((container) => textAt(container, 'name'));

/** The container that is asked for, or the only one. */
export function requireContainer(pod: KubernetesObject, asked: string): string {
  const containers = namesIn(pod, 'containers');
  const inits = namesIn(pod, 'initContainers');
  const [only, ...others] = containers;
  if (asked !== '') {
    const known = [...containers, ...inits, ...namesIn(pod, 'ephemeralContainers')];
    return known.includes(asked)
      ? asked
      : refuse(badRequest, undefined, `container ${asked} is not valid for pod ${nameOf(pod)}`);
  }
  if (only !== undefined && others.length === 0) return only;
  const choice = [...inits, ...containers].join(' ');
  return refuse(
    badRequest,
    undefined,
    `a container name must be specified for pod ${nameOf(pod)}, choose one of: [${choice}]`,
  );
}

/** A pod of a node that is not there is reported as a pod of the node's name. */
export function requireNode(state: ClusterState, node: string): void {
  if (state.store.get(collectionOf({ group: '', plural: 'nodes' }), '', node) !== undefined) return;
  refuse(notFound, { name: node, kind: 'pods' }, 'pods', node);
}
