import { it } from 'vitest';
import { makeServedFleet, POOL } from './support/served-fleet.ts';
import { looks, somebody, silence } from './support/scaling-story.ts';
import { makeOverride } from './support/make-command.ts';
it('x', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    console.log(JSON.stringify((fleet.world.gke.getNodePool('projects/demo/locations/us-central1/clusters/demo/nodePools/h200') as any).config));
}, 60000);
