import type { JsonMap } from '../world/json.ts';
import type { Scenario } from './scenario.ts';

/** How long somebody else's operation takes, world time. */
const FOREIGN_OPERATION_MS = 10 * 60_000;

/** How often the story looks whether the cluster has come up, world time. */
const LOOK_MS = 5_000;

export const busy: Scenario = {
  name: 'busy',
  summary: "somebody else's operation keeps the cluster busy when the GPU pool is due",
  begin({ world }, { cluster, location }) {
    let startedAtMs: number | undefined;
    const look = (): void => {
      if (statusOf(() => world.gke.getCluster(`${location}/clusters/${cluster}`)) === 'RUNNING') {
        startedAtMs = world.clock.nowMs();
        world.gke.startForeignOperation(cluster, 'UPGRADE_MASTER', FOREIGN_OPERATION_MS);
        return;
      }
      world.clock.after(LOOK_MS, look, { periodic: true });
    };
    look();
    return () => {
      if (startedAtMs === undefined) return ['The cluster never came up, so nobody could keep it busy.'];
      const creations = world.gke.operations.filter(({ operationType }) => operationType === 'CREATE_NODE_POOL').length;
      const minutes = FOREIGN_OPERATION_MS / 60_000;
      return [
        `Somebody upgraded the control plane for ${minutes} minutes just when the GPU pool was due: the build said for whom it ` +
          `waited, tried nothing meanwhile, and created the pool afterwards (${creations} creation in all).`,
      ];
    };
  },
};

/** Undefined while there is no such cluster. */
function statusOf(read: () => JsonMap): unknown {
  try {
    return read()['status'];
  } catch {
    // Not there yet: that is what is being waited for.
    return undefined;
  }
}
