/** The automations. Adding one is a folder beside this file and one entry here. */
import { type AutomationDoor, bindAutomation } from './automation-door.ts';

export const automations: Readonly<Record<string, AutomationDoor>> = {
  'build-cluster': {
    kinds: ['Cluster'],
    bind: async (runtime) =>
      bindAutomation((await import('./build-cluster/index.ts')).buildCluster, await runtime.buildClusterPorts()),
  },
};

/** Names of the automations that a document of this kind concerns. */
export function concernedBy(kind: string): readonly string[] {
  return Object.entries(automations).flatMap(([name, { kinds }]) => (kinds.includes(kind) ? [name] : []));
}
