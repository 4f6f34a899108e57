/** Stories of one GPU pool: the real automation in one process, over the world. */
import { describe, expect, it } from 'vitest';
import { textAt } from '#shared/domain/compare.ts';
import { makePoolFleet } from '../support/pool-fleet.ts';

const MINUTES = 60;
const namesOf = (nodes: readonly object[]) =>
  nodes.map((node) => textAt(node as never, 'metadata.name') ?? '').toSorted();

describe('a pool whose demand rises', () => {
  it('has nodes before the pods that need them, by one call', async () => {
    const fleet = await makePoolFleet();
    await fleet.demand(8, 4);

    await fleet.runFor(20 * MINUTES);

    expect(await fleet.nodes()).toHaveLength(4);
    expect(fleet.changes()).toEqual(['setNodePoolSize h200']);
    expect(await fleet.progress()).toMatchObject({ phase: 'ready', report: { nodes: { ready: 4 }, needNodes: 4 } });
  }, 60_000);

  it('counts what came of a growth that stock cut short, says why the rest did not, and has it once there is stock', async () => {
    const fleet = await makePoolFleet();
    const shelf = { zone: 'us-central1-b', machineType: 'a3-ultragpu-8g' };
    fleet.world.gke.limitStock(shelf, 1);
    await fleet.demand(8, 4);

    await fleet.runFor(50 * MINUTES);
    const short = await fleet.progress();
    const calls = fleet.changes().length;
    fleet.world.gke.limitStock(shelf, undefined);
    await fleet.runFor(30 * MINUTES);

    expect(short).toMatchObject({ phase: 'degraded', report: { nodes: { ready: 3, coming: 1 } } });
    expect(short.reason).toContain('GCE_STOCKOUT');
    expect(short.reason).toContain('a3-ultragpu-8g in us-central1-b, spot');
    expect(calls).toBe(1);
    expect(await fleet.progress()).toMatchObject({ phase: 'ready', report: { nodes: { ready: 4 } } });
    expect(fleet.changes()).toHaveLength(1);
  }, 60_000);

  it('waits quietly for somebody else’s operation, and names it', async () => {
    const fleet = await makePoolFleet();
    fleet.world.gke.startForeignOperation('demo', 'UPGRADE_MASTER', 10 * MINUTES * 1000);
    await fleet.demand(6, 4);

    await fleet.runFor(5 * MINUTES);
    const busy = await fleet.progress();
    await fleet.runFor(30 * MINUTES);

    expect(busy.reason).toMatch(/busy: UPGRADE_MASTER \(operation-\S+\) runs on the cluster/);
    expect(busy.steps['resize']).toMatchObject({ state: 'waiting', calls: 0 });
    expect(await fleet.nodes()).toHaveLength(3);
  }, 60_000);

  it('makes no second node in the place of one that is lost and made anew', async () => {
    const fleet = await makePoolFleet();
    fleet.deploy('llama', 4);
    await fleet.demand(4, 4);
    await fleet.runFor(10 * MINUTES);
    const [lost = ''] = namesOf(await fleet.nodes());

    fleet.world.gke.loseInstance(lost, 'hostError');
    await fleet.runFor(40 * MINUTES);

    expect(await fleet.nodes()).toHaveLength(2);
    expect(fleet.changes()).toEqual([]);
    expect(await fleet.running()).toHaveLength(4);
  }, 60_000);
});

describe('a pool whose demand falls', () => {
  it('moves pods together within their budget and deletes exactly the node that they left', async () => {
    const fleet = await makePoolFleet();
    fleet.deploy('llama', 4, { minAvailable: 1 });
    await fleet.demand(4, 4);
    await fleet.runFor(11 * MINUTES);

    fleet.deploy('llama', 2, { minAvailable: 2 });
    await fleet.demand(2, 4);
    await fleet.runFor(25 * MINUTES);
    const held = await fleet.progress();
    const heldNodes = namesOf(await fleet.nodes());
    fleet.deploy('llama', 2, { minAvailable: 1 });
    await fleet.runFor(20 * MINUTES);

    const left = namesOf(await fleet.nodes());
    expect({ heldNodes: heldNodes.length, left: left.length, target: fleet.targetSize() }).toEqual({
      heldNodes: 2,
      left: 1,
      target: 1,
    });
    expect(held.reason).toMatch(/^drain \S+: evicting pod serving\/llama-\S+: .*disruption budget/);
    expect(fleet.changes()).toEqual([expect.stringMatching(/^deleteInstances/)]);
    expect(await fleet.running()).toHaveLength(2);
    expect(await fleet.progress()).toMatchObject({ phase: 'ready' });
  }, 60_000);
});

describe('whose size it is', () => {
  it('sets only the bounds of a pool that GKE owns, when they have changed', async () => {
    const fleet = await makePoolFleet({ size: { min: 1, max: 4, owner: 'gke' } });
    await fleet.demand(8, 4);
    await fleet.runFor(5 * MINUTES);
    const before = fleet.changes();

    fleet.declare({ min: 1, max: 6, owner: 'gke' });
    await fleet.runFor(20 * MINUTES);

    expect(before).toEqual([]);
    expect(fleet.changes()).toEqual(['setNodePoolAutoscaling h200']);
    expect(fleet.targetSize()).toBe(2);
    expect((await fleet.progress()).reason).toBe("GKE's autoscaler keeps it within 1..6 nodes");
  }, 60_000);

  it('changes nothing of a pool that is fixed, and says so', async () => {
    const fleet = await makePoolFleet({ size: { owner: 'fixed' } });
    await fleet.demand(8, 4);

    await fleet.runFor(20 * MINUTES);

    expect(fleet.changes()).toEqual([]);
    expect((await fleet.progress()).reason).toBe('its size is fixed (cluster/demo): nothing is changed');
  }, 60_000);

  it('names the conflict when GKE scales a pool that is ours, and what to do', async () => {
    const fleet = await makePoolFleet();
    const pool = 'projects/demo/locations/us-central1/clusters/demo/nodePools/h200';
    fleet.world.gke.setNodePoolAutoscaling(pool, { enabled: true, totalMinNodeCount: 1, totalMaxNodeCount: 9 });
    await fleet.demand(8, 4);

    await fleet.runFor(5 * MINUTES);

    const { phase, reason, next } = await fleet.progress();
    expect(phase).toBe('holding');
    expect(reason).toContain("GKE's autoscaler and inference-fleet (cluster/demo) would both decide its size");
    expect(next).toContain('gcloud container node-pools update h200 --cluster=demo --location=us-central1');
    expect(fleet.targetSize()).toBe(2);
  }, 60_000);
});
