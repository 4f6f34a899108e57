/** Nodes that do not come, are lost, or may not go. */
import { describe, expect, it } from 'vitest';
import { KubernetesClient } from '../../emulator/kubernetes/client.ts';
import { textAt } from '#shared/domain/compare.ts';
import { makeOverride } from '../support/make-command.ts';
import {
  allowMissingCompanions,
  deployCompanion,
  deploymentRef,
  looks,
  rollOut,
  patches,
  silence,
  sizes,
} from '../support/scaling-story.ts';
import { makeServedFleet, MODEL, POOL, type ServedFleet } from '../support/served-fleet.ts';

const shelf = { zone: 'us-central1-b', machineType: 'a3-ultragpu-8g' };

/** Calls that GKE or Compute Engine accepted, in order. */
const accepted = ({ world }: ServedFleet, method: string) =>
  world.journal.entries.filter((entry) => entry.effect && entry.method === method).map(({ resource }) => resource);

const reasons = (fleet: ServedFleet, target: string) =>
  looks(fleet, target).map(({ fields }) => String(fields['reason']));

const wake = (sizesByRole: { readonly prefill?: number; readonly decode?: number }) =>
  makeOverride({ sizes: sizesByRole, forSeconds: 6 * 3_600 });

/** A person's word on which pod of a role goes: the one on the node that another role is on. */
async function letGoFirst(fleet: ServedFleet, role: string, { beside }: { readonly beside: string }): Promise<void> {
  const query = { apiVersion: 'v1', kind: 'Pod', namespace: 'serving' };
  const pods = await fleet.inside.list({ server: 'https://in-process/demo' }, query);
  const of = (name: string) =>
    pods.filter((pod) => textAt(pod, 'metadata.name')?.startsWith(`llama-70b-${name}-`) === true);
  const nodes = of(beside).map((pod) => textAt(pod, 'spec.nodeName'));
  const first = of(role).find((pod) => nodes.includes(textAt(pod, 'spec.nodeName')));
  const client = new KubernetesClient(fleet.apiOf('demo'), 'somebody');
  const annotations = { 'controller.kubernetes.io/pod-deletion-cost': '-5' };
  client.patch({ ...query, name: textAt(first, 'metadata.name') ?? '' }, { metadata: { annotations } });
}

describe('growth', () => {
  it('without machines in stock: it says what was asked for, asks once, and goes on when there are some', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    await fleet.runFor(20);
    fleet.world.gke.limitStock(shelf, 0);
    fleet.publish(wake({ prefill: 3 }));

    // GKE itself gives up after 35 minutes.
    await fleet.runFor(2_400);
    const short = {
      pool: await fleet.progressOf('scale-node-pool', POOL),
      model: await fleet.progressOf('scale-replicas', MODEL),
    };
    fleet.world.gke.limitStock(shelf, undefined);
    await fleet.runFor(1_800);

    expect(short.pool).toMatchObject({
      phase: 'degraded',
      reason: expect.stringMatching(
        /GCE_STOCKOUT.*asked for: a3-ultragpu-8g in us-central1-b.*1 of 2 nodes needed are there/,
      ),
    });
    expect(short.model).toMatchObject({ phase: 'updating' });
    expect(accepted(fleet, 'setNodePoolSize')).toHaveLength(1);
    expect(await fleet.deployment('llama-70b-prefill')).toEqual({ replicas: 3, ready: 3 });
    expect((await fleet.progressOf('scale-node-pool', POOL)).phase).toBe('ready');
    expect(patches(fleet)).toEqual(['llama-70b-prefill']);
  });

  it('while somebody works on the pool: it waits quietly, says for whom, and then grows once', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    await fleet.runFor(20);
    fleet.world.gke.startForeignOperation('demo/h200', 'UPGRADE_NODES', 600_000);
    fleet.publish(wake({ prefill: 3 }));

    await fleet.runFor(300);
    const meanwhile = accepted(fleet, 'setNodePoolSize');
    const said = reasons(fleet, POOL).at(-1);
    await fleet.runFor(1_200);

    expect(meanwhile).toEqual([]);
    expect(said).toMatch(/busy: UPGRADE_NODES \(operation-.*\) runs on pool\/h200/);
    expect(accepted(fleet, 'setNodePoolSize')).toHaveLength(1);
    expect(await fleet.deployment('llama-70b-prefill')).toEqual({ replicas: 3, ready: 3 });
  });

  it('for a rollout that makes its new pod first on a full pool: one more, once', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    await fleet.runFor(20);
    const strategy = { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
    new KubernetesClient(fleet.apiOf('demo'), 'somebody').patch(deploymentRef('decode'), { spec: { strategy } });
    rollOut(fleet, 'decode');

    await fleet.runFor(1_200);
    const rolled = await fleet.inside.read({ server: 'https://in-process/demo' }, deploymentRef('decode'));
    await fleet.runFor(1_800);

    expect(rolled).toMatchObject({ status: { replicas: 1, updatedReplicas: 1, readyReplicas: 1 } });
    expect(accepted(fleet, 'setNodePoolSize')).toHaveLength(1);
    expect(patches(fleet)).toEqual([]);
  });

  it('above what the pool may have: as many as it may, and the rest is said', async () => {
    const fleet = await makeServedFleet({ nodes: 1, requests: silence() });
    await fleet.runFor(20);
    fleet.publish(wake({ prefill: 8, decode: 2 }));

    await fleet.runFor(1_500);

    expect(await fleet.nodes()).toHaveLength(4);
    expect(await fleet.progressOf('scale-node-pool', POOL)).toMatchObject({
      phase: 'holding',
      reason: expect.stringMatching(/5|maximum|at most 4/),
    });
  });
});

describe('a machine that is lost', () => {
  it('comes again with its pods; no size changes, and no other node goes', async () => {
    const fleet = await makeServedFleet({ replicas: { prefill: 3, decode: 1 }, requestsPerSecond: 0.2 });
    fleet.publish(wake({ prefill: 3, decode: 1 }));
    await fleet.runFor(60);
    const [lost = '', ...others] = await fleet.nodes();

    fleet.world.gke.loseInstance(lost, 'preemption');
    await fleet.runFor(120);
    const meanwhile = await fleet.progressOf('scale-replicas', MODEL);
    await fleet.runFor(1_200);

    expect(meanwhile.phase).toMatch(/updating|degraded/);
    expect(await sizes(fleet)).toEqual({ prefill: 3, decode: 1 });
    expect(await fleet.deployment('llama-70b-prefill')).toEqual({ replicas: 3, ready: 3 });
    expect(await fleet.nodes()).toEqual(expect.arrayContaining(others));
    expect(await fleet.nodes()).toHaveLength(2);
    expect(accepted(fleet, 'deleteInstances')).toEqual([]);
    expect(patches(fleet)).toEqual([]);
  });
});

describe('shrinking', () => {
  it('takes exactly the node that was cordoned and drained, once it has not been needed for its time', async () => {
    const fleet = await makeServedFleet({ replicas: { prefill: 3, decode: 1 }, requests: silence() });
    await fleet.runFor(20);
    const before = await fleet.nodes();
    fleet.publish(wake({ prefill: 1, decode: 1 }));

    await fleet.runFor(1_200);

    const cordoned = fleet.effects.seen.flatMap(({ label }) => /setUnschedulable (\S+) true$/.exec(label)?.[1] ?? []);
    const deleted = fleet.effects.seen.flatMap(({ label }) => /deleteInstances (.*)$/.exec(label)?.[1] ?? []);
    expect(deleted).toHaveLength(1);
    expect(cordoned).toEqual(deleted);
    expect(await fleet.nodes()).toEqual(before.filter((node) => !deleted.includes(node)));
    expect(await sizes(fleet)).toEqual({ prefill: 1, decode: 1 });
    expect(await fleet.deployment('llama-70b-decode')).toEqual({ replicas: 1, ready: 1 });
    expect((await fleet.progressOf('scale-node-pool', POOL)).phase).toBe('ready');
  });

  it('stops before a disruption budget that allows none, says so, and goes on when it does', async () => {
    const fleet = await makeServedFleet({ replicas: { prefill: 2, decode: 2 }, requests: silence() });
    deployCompanion(fleet, 0);
    await fleet.runFor(20);
    fleet.publish(wake({ prefill: 1, decode: 1 }));

    await fleet.runFor(900);
    const blocked = { nodes: await fleet.nodes(), said: reasons(fleet, POOL).join('\n') };
    const ready = await fleet.deployment('companion');
    allowMissingCompanions(fleet, 1);
    await fleet.runFor(1_200);

    expect(blocked.nodes).toHaveLength(2);
    expect(blocked.said).toMatch(/disruption budget/);
    expect(ready).toEqual({ replicas: 2, ready: 2 });
    expect(await fleet.nodes()).toHaveLength(1);
    expect(await fleet.deployment('companion')).toEqual({ replicas: 2, ready: 2 });
    expect(await fleet.deployment('llama-70b-decode')).toEqual({ replicas: 1, ready: 1 });
  });

  it('never takes the last replica of a role from its node, whatever its disruption budget allows', async () => {
    const fleet = await makeServedFleet({
      replicas: { prefill: 1, decode: 2 },
      requestsPerSecond: 0.2,
      maxUnavailable: 1,
    });
    await fleet.runFor(20);
    // Somebody's choice: what is left is one pod on each of the nodes, and both would fit on one.
    await letGoFirst(fleet, 'decode', { beside: 'prefill' });
    fleet.publish(wake({ prefill: 1, decode: 1 }));

    await fleet.runFor(1_500);

    const { phase, reason } = await fleet.progressOf('scale-node-pool', POOL);
    expect(await fleet.nodes()).toHaveLength(2);
    expect(fleet.effects.seen.filter(({ label }) => /setUnschedulable|evict/.test(label))).toEqual([]);
    expect(phase).toBe('ready');
    expect(reason).toMatch(/stays in service: (prefill|decode) needs 1 ready pod and would have 0/);
    expect(fleet.served.summary().lostRequests).toBe(0);
  });

  it('finds a node free without evicting anybody, since the pods that went were chosen so', async () => {
    const fleet = await makeServedFleet({ replicas: { prefill: 1, decode: 2 }, requestsPerSecond: 0.2 });
    await fleet.runFor(20);
    fleet.publish(wake({ prefill: 1, decode: 1 }));

    await fleet.runFor(1_500);

    const { decisions } = await fleet.progressOf('scale-replicas', MODEL);
    expect(await fleet.nodes()).toHaveLength(1);
    expect(fleet.effects.seen.filter(({ label }) => /evict/.test(label))).toEqual([]);
    expect(JSON.stringify(decisions)).toMatch(/1 of 2 pods: llama-70b-decode-\S+","result":"node \S+ becomes free/);
    expect(fleet.served.summary().lostRequests).toBe(0);
  });
});
