/** What wakes `scale-replicas`, and what it works with. Every function reads this file, so the rest is imported when it is bound. */
import { DEMAND_AUTOMATION } from '#shared/domain/pool-names.ts';
import { type AutomationDoor, bindAutomation } from '../automation-door.ts';

export const scaleReplicas: AutomationDoor = {
  name: DEMAND_AUTOMATION,
  kinds: ['ModelService'],
  targets: 'model',
  paceSeconds: 15,
  /** GKE and Cloud Monitoring are asked seldom, and their clients are the slowest to load: each is at its first use. */
  bind: async ({ cloud }) => {
    const [automation, objects, workloads, podTexts] = await Promise.all([
      import('./index.ts'),
      cloud.objects(),
      cloud.workloads(),
      cloud.podTexts(),
    ]);
    const { clusterReader: clusters, signalStore } = cloud;
    return bindAutomation(automation.scaleReplicas, { clusters, objects, workloads, podTexts, signalStore });
  },
};
