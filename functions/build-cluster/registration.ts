/** What wakes `build-cluster`, and what it works with. Every function reads this file, so the rest is imported when it is bound. */
import { type AutomationDoor, bindAutomation } from '../automation-door.ts';
import { lateClusters, lateNodePools, lateZoneFacts } from '../late-ports.ts';

export const buildCluster: AutomationDoor = {
  name: 'build-cluster',
  kinds: ['Cluster'],
  targets: 'cluster',
  /** The networks are asked first; making the clients of everything else would hold that call up (50 ms of CPU). */
  bind: async ({ cloud }) => {
    const [automation, networks, objects] = await Promise.all([
      import('./index.ts'),
      cloud.networks(),
      cloud.objects(),
    ]);
    return bindAutomation(automation.buildCluster, {
      networks,
      zones: lateZoneFacts(cloud.zones),
      clusters: lateClusters(cloud.clusters),
      pools: lateNodePools(cloud.pools),
      objects,
      spendCapUsdPerHour: cloud.spendCapUsdPerHour,
    });
  },
};
