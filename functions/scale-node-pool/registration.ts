/** What wakes `scale-node-pool`, and what it works with. Every function reads this file, so the rest is imported when it is bound. */
import { POOL_AUTOMATION, POOL_KIND } from '#shared/domain/pool-names.ts';
import { type AutomationDoor, bindAutomation } from '../automation-door.ts';

export const scaleNodePool: AutomationDoor = {
  name: POOL_AUTOMATION,
  kinds: [POOL_KIND],
  targets: 'pool',
  bind: async ({ cloud }) => {
    const [automation, clusters, pools, sizes, objects, workloads] = await Promise.all([
      import('./index.ts'),
      cloud.clusters(),
      cloud.pools(),
      cloud.sizes(),
      cloud.objects(),
      cloud.workloads(),
    ]);
    return bindAutomation(automation.scaleNodePool, { clusters, pools, sizes, objects, workloads });
  },
};
