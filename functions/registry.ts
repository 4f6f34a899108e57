/** The automations. Adding one is a folder beside this file and one entry here. */
import type { Wake } from '#shared/ports/wakes.ts';
import { type AutomationDoor, bindAutomation } from './automation-door.ts';

export const automations: Readonly<Record<string, AutomationDoor>> = {
  'build-cluster': {
    kinds: ['Cluster'],
    targets: 'cluster',
    bind: async (runtime) =>
      bindAutomation((await import('./build-cluster/index.ts')).buildCluster, await runtime.buildClusterPorts()),
  },
  'scale-replicas': {
    kinds: ['ModelService'],
    targets: 'model',
    paceSeconds: 15,
    bind: async (runtime) =>
      bindAutomation((await import('./scale-replicas/index.ts')).scaleReplicas, await runtime.scaleReplicasPorts()),
  },
  'scale-node-pool': {
    // Derived by intake from the documents that declare pools; nobody publishes it.
    kinds: ['NodePool'],
    targets: 'pool',
    bind: async (runtime) =>
      bindAutomation((await import('./scale-node-pool/index.ts')).scaleNodePool, await runtime.scaleNodePoolPorts()),
  },
};

/** Names of the automations that a document of this kind concerns. */
export function concernedBy(kind: string): readonly string[] {
  return Object.entries(automations).flatMap(([name, { kinds }]) => (kinds.includes(kind) ? [name] : []));
}

/** Every automation that looks after a target of this name. */
export function wakesOf(target: string): readonly Wake[] {
  const first = target.split('/', 1)[0];
  return Object.entries(automations).flatMap(([automation, { targets }]) =>
    targets === first ? [{ automation, target }] : [],
  );
}

/** What a hint costs at most where an automation names no pace of its own: a look a minute, as the tick would lead to. */
const DEFAULT_PACE_SECONDS = 60;

export function hintPaceMsOf(automation: string): number {
  return (automations[automation]?.paceSeconds ?? DEFAULT_PACE_SECONDS) * 1000;
}
