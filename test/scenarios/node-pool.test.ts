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
    // One more than is asked for, so that one may be missing.
    await fleet.demand(1, 4);
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

  it('keeps a node as long as all the pods are asked for that its removal would move, budget or none', async () => {
    const fleet = await makePoolFleet();
    fleet.deploy('llama', 2);
    await fleet.demand(2, 4);

    await fleet.runFor(45 * MINUTES);

    expect(await fleet.nodes()).toHaveLength(2);
    expect(fleet.changes()).toEqual([]);
    expect(fleet.effects.seen.filter(({ label }) => label.startsWith('workloads.'))).toEqual([]);
    expect(await fleet.progress()).toMatchObject({
      phase: 'ready',
      reason: expect.stringContaining('stays in service: decode needs 2 ready pods and would have 1'),
    });
  }, 60_000);
});

describe('a reservation that has not all of what is needed', () => {
  it('gives what it has at the second try, and what is missing is said', async () => {
    const fleet = await makePoolFleet({
      size: { min: 1, max: 8 },
      consumption: { reservation: { name: 'h200-res' } },
    });
    // The reservation has four machines, of which two stand.
    await fleet.demand(12, 4);

    await fleet.runFor(60);
    const refused = await fleet.progress();
    await fleet.runFor(30 * MINUTES);
    const partly = await fleet.progress();

    expect(refused).toMatchObject({ phase: 'degraded', report: { nodes: { ready: 2, coming: 0 }, needNodes: 6 } });
    expect(refused.reason).toMatch(/required 4 and short of 2 VM count.*2 of 6 nodes needed are there/);
    expect(JSON.stringify(refused.decisions?.at(-1))).toContain('6 in each zone were refused with 2 free');
    expect(await fleet.nodes()).toHaveLength(4);
    expect(partly).toMatchObject({ phase: 'degraded', report: { nodes: { ready: 4 }, needNodes: 6 } });
    expect(partly.reason).toMatch(/short of \d VM count.*4 of 6 nodes needed are there/);
    expect(fleet.changes()).toEqual(['setNodePoolSize h200']);
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
