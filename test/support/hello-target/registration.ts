import { type AutomationDoor, bindAutomation } from '../../../functions/automation-door.ts';

export const helloTarget: AutomationDoor = {
  name: 'hello-target',
  kinds: ['Cluster'],
  targets: 'cluster',
  bind: async ({ cloud }) => {
    const [automation, clusters, objects] = await Promise.all([
      import('./index.ts'),
      cloud.clusters(),
      cloud.objects(),
    ]);
    return bindAutomation(automation.helloTarget, { clusters, objects });
  },
};
