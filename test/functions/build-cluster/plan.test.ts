import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plan } from '../../../functions/build-cluster/plan.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { StepMemory } from '#shared/domain/step.ts';
import { beginProgress, recordPlan } from '#shared/domain/progress.ts';
import { AutomationError, type FailureKind } from '#shared/errors.ts';
import { makeResolvedCluster } from '../../support/make-cluster.ts';
import { makeNode, makeObserved, makeSubject, NOW_MS, stepsOf, target, worldWith } from './support.ts';

const memory = (over: Partial<StepMemory> = {}): StepMemory => ({
  title: 't',
  state: 'waiting',
  attempts: 0,
  calls: 1,
  failuresInARow: 0,
  ...over,
});
const statusOf = (made: ReturnType<typeof plan>, id: string) => made.steps.find(({ step }) => step.id === id)?.status;
const readyIds = (made: ReturnType<typeof plan>) =>
  made.steps.filter(({ status }) => status.state === 'ready').map(({ step }) => step.id);

/** A look so many minutes after the network's creation was called, its operation known by name. */
const startedBefore = (minutes: number) =>
  makeSubject({
    'network/demo-rdma': memory({ state: 'running', operation: 'op-1', startedAtMs: NOW_MS - minutes * 60_000 }),
  });
/** Nothing but the RDMA network is left to start. */
const onlyAbsent = worldWith(new Set(['preflight', 'network/demo-net-0', 'network/demo-net-1']));
const unreadable = (kind: FailureKind, message: string) =>
  makeObserved({
    operations: new Map([['network/demo-rdma', { state: 'unreadable', error: new AutomationError(kind, message) }]]),
  });

/** Plays the build: everything that is ready is done by the next look. */
function playBuild(steps = stepsOf()): readonly (readonly string[])[] {
  const done = new Set<string>();
  const frontiers: (readonly string[])[] = [];
  for (let look = 0; look < 20; look++) {
    const made = plan(makeSubject(), worldWith(done, { steps }));
    for (const { step, status } of made.steps) if (status.state === 'done') done.add(step.id);
    const ready = readyIds(made);
    if (ready.length > 0) frontiers.push(ready);
    for (const id of ready) done.add(id);
    if (ready.length === 0) done.add('readiness');
    if (made.phase === 'ready') return frontiers;
  }
  throw new Error('the build never ends');
}

describe('a whole build, one line per frontier', () => {
  it('of a cluster with a primary network of its own', () => {
    expect(playBuild()).toEqual([
      ['network/demo-net-0', 'network/demo-net-1', 'network/demo-rdma'],
      [
        'subnet/demo-sub-0',
        'subnet/demo-proxy',
        'firewall/demo-net-0-internal',
        'router/demo-router',
        'subnet/demo-sub-1',
        'firewall/demo-net-1-internal',
        'subnet/demo-rdma-sub-0',
        'subnet/demo-rdma-sub-1',
        'subnet/demo-rdma-sub-2',
        'subnet/demo-rdma-sub-3',
        'subnet/demo-rdma-sub-4',
        'subnet/demo-rdma-sub-5',
        'subnet/demo-rdma-sub-6',
        'subnet/demo-rdma-sub-7',
      ],
      ['cluster'],
      ['objects/node-networks', 'objects/namespace'],
      ['pool/h200'],
      ['objects/rdma-installer'],
    ]);
  });

  it('of a cluster in an existing network creates nothing in it', () => {
    const existing = { network: 'corp', subnetwork: 'corp-sub', podsRange: 'p', servicesRange: 's' };
    const wanted = makeResolvedCluster({ spec: { networking: { primary: { existing } } } });
    const ids = stepsOf(wanted).map(({ id }) => id);

    expect(ids).toContain('network/corp');
    expect(ids.filter((id) => /net-0|demo-sub-0|proxy|router/.test(id))).toEqual([]);
  });
});

describe('the status of one step', () => {
  it('is done when it stands as wanted', () => {
    const made = plan(makeSubject(), worldWith(new Set(['network/demo-net-0'])));

    expect(statusOf(made, 'network/demo-net-0')).toEqual({ state: 'done' });
  });

  it('is running while our own operation runs, even when the resource is listed already', () => {
    const observed = worldWith(new Set(['network/demo-rdma']), {
      operations: new Map([['network/demo-rdma', { state: 'running' }]]),
    });

    const made = plan(makeSubject({ 'network/demo-rdma': memory({ state: 'running', operation: 'op-1' }) }), observed);

    expect(statusOf(made, 'network/demo-rdma')).toEqual({
      state: 'running',
      reason: 'operation op-1 runs',
      operation: 'op-1',
    });
  });

  it('is failed for a foreign resource of the same name, which is left untouched', () => {
    const networks = [{ name: 'demo-rdma', description: 'somebody else' }];
    const made = plan(makeSubject(), makeObserved({ network: { ...makeObserved().network, networks } }));

    expect(statusOf(made, 'network/demo-rdma')).toMatchObject({
      state: 'failed',
      failure: {
        kind: 'permanent',
        message:
          'network demo-rdma exists and is not ours: it is left untouched; rename the cluster in the document, or remove what is there',
      },
    });
    expect(readyIds(made)).not.toContain('network/demo-rdma');
  });

  it('is failed when what is fixed at creation differs, and names the difference', () => {
    const [rdma] = stepsOf().filter(({ id }) => id === 'network/demo-rdma');
    const body = rdma?.kind === 'network' ? rdma.body : {};
    const networks = [
      { ...body, networkProfile: 'https://x/projects/demo/global/networkProfiles/us-east4-b-vpc-roce' },
    ];

    const made = plan(makeSubject(), makeObserved({ network: { ...makeObserved().network, networks } }));

    expect(statusOf(made, 'network/demo-rdma')).toMatchObject({
      state: 'failed',
      failure: {
        message: expect.stringContaining(
          'networkProfile: wanted "projects/demo/global/networkProfiles/us-central1-b-vpc-roce"',
        ),
      },
    });
  });

  it('is failed and fresh when its operation has failed', () => {
    const error = new AutomationError('quota', 'NETWORKS is 50', { code: 'QUOTA_EXCEEDED' });
    const observed = makeObserved({ operations: new Map([['network/demo-rdma', { state: 'failed', error }]]) });

    const made = plan(makeSubject({ 'network/demo-rdma': memory({ operation: 'op-1' }) }), observed);

    expect(statusOf(made, 'network/demo-rdma')).toEqual({
      state: 'failed',
      fresh: true,
      failure: { kind: 'quota', message: 'NETWORKS is 50', code: 'QUOTA_EXCEEDED' },
    });
    expect(made.recheckAfterSeconds).toBe(1);
  });

  it('is neither done nor failed while its operation cannot be read for a moment', () => {
    const made = plan(startedBefore(4), unreadable('transient', '503'));

    expect(statusOf(made, 'network/demo-rdma')).toEqual({
      state: 'running',
      reason: 'its operation cannot be read: 503',
      operation: 'op-1',
    });
  });

  it('is failed and fresh when its operation cannot be read for five minutes, so that it is tried again', () => {
    const made = plan(startedBefore(5), unreadable('transient', '503'));

    expect(statusOf(made, 'network/demo-rdma')).toEqual({
      state: 'failed',
      fresh: true,
      failure: {
        kind: 'gone',
        message: 'network demo-rdma is not there, and its operation could not be read for 5 minutes: 503',
      },
    });
  });

  it('waits for a person, however long, when we may not read its operation', () => {
    const made = plan(startedBefore(60), unreadable('auth', 'compute.globalOperations.get denied'));

    expect(statusOf(made, 'network/demo-rdma')).toEqual({
      state: 'failed',
      fresh: false,
      failure: { kind: 'auth', message: 'its operation cannot be read: compute.globalOperations.get denied' },
    });
    expect(readyIds(made)).not.toContain('network/demo-rdma');
    expect(made.recheckAfterSeconds).toBe(60);
  });

  it.each(['transient', 'auth'] as const)(
    'is done when it stands, although its operation is unreadable (%s)',
    (kind) => {
      const { operations } = unreadable(kind, 'x');

      const made = plan(startedBefore(1), worldWith(new Set(['network/demo-rdma']), { operations }));

      expect(statusOf(made, 'network/demo-rdma')).toEqual({ state: 'done' });
    },
  );

  it.each([
    { name: 'it was done and has vanished', known: memory({ state: 'done' }), operations: new Map() },
    {
      name: 'its operation succeeded and it is not there',
      known: memory({ operation: 'op-1' }),
      operations: new Map([['network/demo-rdma', { state: 'succeeded' as const }]]),
    },
    {
      name: 'nobody knows its operation any more',
      known: memory({ state: 'running', operation: 'op-1' }),
      operations: new Map([['network/demo-rdma', { state: 'gone' as const, reason: '404' }]]),
    },
  ])('is failed and fresh when $name, so that the next attempt gets another request id', ({ known, operations }) => {
    const made = plan(makeSubject({ 'network/demo-rdma': known }), makeObserved({ operations }));

    expect(statusOf(made, 'network/demo-rdma')).toMatchObject({
      state: 'failed',
      fresh: true,
      failure: { kind: 'gone' },
    });
  });

  it('is created again when nobody knows its operation any more', () => {
    const known = { 'network/demo-rdma': memory({ state: 'running', operation: 'op-1' }) };
    const gone = makeObserved({ operations: new Map([['network/demo-rdma', { state: 'gone', reason: '404' }]]) });
    const begun = beginProgress({ automation: 'build-cluster', target, buildId: 'b', sequence: 1 }, NOW_MS);

    const { steps } = recordPlan({ ...begun, steps: known }, plan(makeSubject(known), gone), NOW_MS);
    const later = plan(makeSubject(steps, NOW_MS + 60_000), makeObserved());

    expect(steps['network/demo-rdma']).toMatchObject({ attempts: 1 });
    expect(readyIds(later)).toContain('network/demo-rdma');
  });

  it('of a call that was refused for want of permission is looked at when its retry is due', () => {
    const known = memory({ state: 'failed', failureKind: 'auth', notBeforeMs: NOW_MS + 20_000 });

    expect(plan(makeSubject({ 'network/demo-rdma': known }), onlyAbsent)).toMatchObject({ recheckAfterSeconds: 20 });
  });

  it('waits for its prerequisites by name', () => {
    expect(statusOf(plan(makeSubject(), makeObserved()), 'subnet/demo-sub-1')).toEqual({
      state: 'waiting',
      cause: 'prerequisites',
      reason: 'needs network demo-net-1',
    });
  });

  it('waits until its retry is due, with the reason of the failure', () => {
    const waiting = { 'network/demo-rdma': memory({ reason: 'API quota', notBeforeMs: NOW_MS + 30_000 }) };

    expect(statusOf(plan(makeSubject(waiting), makeObserved()), 'network/demo-rdma')).toEqual({
      state: 'waiting',
      cause: 'retry',
      reason: 'API quota',
    });
    expect(statusOf(plan(makeSubject(waiting, NOW_MS + 30_000), makeObserved()), 'network/demo-rdma')).toEqual({
      state: 'ready',
    });
  });

  it('of a pool waits for whoever keeps the cluster busy, and says for whom', () => {
    const done = new Set(
      stepsOf()
        .map(({ id }) => id)
        .filter((id) => !/^(pool|readiness|objects\/rdma)/.test(id)),
    );
    const clusterOperations = [{ name: 'operation-7', type: 'UPGRADE_MASTER', subject: 'cluster' }];

    const made = plan(makeSubject(), worldWith(done, { clusterOperations }));

    expect(statusOf(made, 'pool/h200')).toEqual({
      state: 'waiting',
      cause: 'others',
      reason: 'busy: UPGRADE_MASTER (operation-7) runs on the cluster',
    });
    expect(made).toMatchObject({
      kind: 'hold',
      phase: 'building',
      recheckAfterSeconds: 20,
      reason: 'GPU pool h200: busy: UPGRADE_MASTER (operation-7) runs on the cluster',
    });
  });

  it('of a pool does not wait for another pool’s operation', () => {
    const done = new Set(
      stepsOf()
        .map(({ id }) => id)
        .filter((id) => !/^(pool|readiness|objects\/rdma)/.test(id)),
    );
    const clusterOperations = [{ name: 'operation-7', type: 'AUTO_REPAIR_NODES', subject: 'pool/system' }];

    expect(readyIds(plan(makeSubject(), worldWith(done, { clusterOperations })))).toEqual(['pool/h200']);
  });

  it('of a pool in ERROR is failed with GKE’s own words, and is never recreated', () => {
    const all = new Set(stepsOf().map(({ id }) => id));
    const world = worldWith(all);
    const broken = {
      ...(world.cluster?.['nodePools'] as readonly object[] | undefined)?.[0],
      status: 'ERROR',
      conditions: [{ code: 'GCE_STOCKOUT', message: 'no H200' }],
    };

    const made = plan(makeSubject(), { ...world, cluster: { ...world.cluster, nodePools: [broken] } });

    expect(statusOf(made, 'pool/h200')).toMatchObject({
      state: 'failed',
      failure: { kind: 'capacity', message: 'GPU pool h200 is in ERROR: GCE_STOCKOUT: no H200' },
    });
    expect(readyIds(made)).toEqual([]);
  });

  it.each([
    { what: 'a pool', world: { status: 'RUNNING', nodePools: [{ status: 'ERROR' }] } },
    { what: 'the cluster', world: { status: 'ERROR', nodePools: [] } },
  ])('of $what in ERROR is looked at every minute, since GKE may heal it by itself', ({ world }) => {
    const standing = worldWith(new Set(stepsOf().map(({ id }) => id)));
    const [pool] = (standing.cluster?.['nodePools'] ?? []) as readonly JsonObject[];
    const nodePools = world.nodePools.map((over) => ({ ...pool, ...over }));
    // A retry that was planned for later, while the pool was not there, does not put the look off.
    const known = { 'pool/h200': memory({ state: 'failed', notBeforeMs: NOW_MS + 1_800_000 }) };

    const made = plan(makeSubject(known), { ...standing, cluster: { ...standing.cluster, ...world, nodePools } });

    expect(made).toMatchObject({
      phase: 'failed',
      recheckAfterSeconds: 60,
      next: 'a look every minute: it may heal by itself, or a person changes the document or the world',
    });
  });

  it('of what only a person can change is looked at every ten minutes', () => {
    const made = plan(makeSubject(), makeObserved({ preflight: { problems: ['no profile'], holds: false } }));

    expect(made).toMatchObject({
      recheckAfterSeconds: 600,
      next: 'a person changes the document or the world; then the build goes on by itself',
    });
  });

  it('of node networks is running until GKE calls them Ready', () => {
    const done = new Set(
      stepsOf()
        .map(({ id }) => id)
        .filter((id) => !/^(pool|readiness|objects\/rdma)/.test(id)),
    );
    const world = worldWith(done);
    const objects = new Map([...(world.objects ?? [])].map(([key, object]) => [key, { ...object, status: {} }]));

    expect(statusOf(plan(makeSubject(), { ...world, objects }), 'objects/node-networks')).toMatchObject({
      state: 'running',
      reason: expect.stringContaining('18 not Ready yet'),
    });
  });

  it('of objects with a foreign one among them is failed', () => {
    const done = new Set(stepsOf().map(({ id }) => id));
    const world = worldWith(done);
    const objects = new Map(
      [...(world.objects ?? [])].map(([key, object]) => [
        key,
        key.includes('nccl') ? { ...object, metadata: { name: 'nccl-rdma-installer', labels: {} } } : object,
      ]),
    );

    expect(statusOf(plan(makeSubject(), { ...world, objects }), 'objects/rdma-installer')).toMatchObject({
      state: 'failed',
      failure: { message: expect.stringContaining('DaemonSet nccl-rdma-installer exists and is not ours') },
    });
  });
});

describe('readiness', () => {
  const all = new Set(stepsOf().map(({ id }) => id));

  it.each([
    { name: 'too few nodes', nodes: [makeNode('a')], reason: 'pool h200: 1 of 2 nodes Ready' },
    {
      name: 'a node that is not Ready',
      nodes: [makeNode('a'), makeNode('b', { ready: false })],
      reason: 'pool h200: 1 of 2 nodes Ready',
    },
    {
      name: 'a node without GPUs',
      nodes: [makeNode('a'), makeNode('b', { gpus: '0' })],
      reason: 'pool h200: 1 node without 8 allocatable GPUs',
    },
    {
      name: 'a node with seven GPUs',
      nodes: [makeNode('a'), makeNode('b', { gpus: '7' })],
      reason: 'pool h200: 1 node without 8 allocatable GPUs',
    },
    {
      name: 'a node with seven RDMA networks',
      nodes: [makeNode('a'), makeNode('b', { rdma: 7 })],
      reason: 'pool h200: 1 node without all 8 RDMA networks',
    },
    {
      name: 'nodes of another pool only',
      nodes: [makeNode('a', { pool: 'system' }), makeNode('b', { pool: 'system' })],
      reason: 'pool h200: 0 of 2 nodes Ready',
    },
  ])('is not reached with $name', ({ nodes, reason }) => {
    const made = plan(makeSubject(), worldWith(all, { nodes }));

    expect(made.phase).toBe('building');
    expect(statusOf(made, 'readiness')).toEqual({ state: 'running', reason });
  });

  it('is not reached while the installer is not ready everywhere', () => {
    const world = worldWith(all);
    const objects = new Map(
      [...(world.objects ?? [])].map(([key, object]) => [
        key,
        key.includes('nccl')
          ? { ...object, status: { desiredNumberScheduled: 2, numberReady: 1, observedGeneration: 1 } }
          : object,
      ]),
    );

    expect(statusOf(plan(makeSubject(), { ...world, objects }), 'readiness')).toEqual({
      state: 'running',
      reason: 'DaemonSet nccl-rdma-installer: 1 of 2 pods ready',
    });
  });

  it('ends the build, with a report counted from the world', () => {
    const made = plan(makeSubject(), worldWith(all));

    expect(made).toMatchObject({
      kind: 'hold',
      phase: 'ready',
      recheckAfterSeconds: 600,
      report: {
        networks: 3,
        subnetworks: 11,
        firewalls: 2,
        routers: 1,
        clusters: 1,
        gpuNodes: 2,
        gpus: 16,
        rdmaNics: 16,
        usdPerHour: 174.8,
      },
    });
  });

  it('tells of a pool that has another size by now than it was built with', () => {
    const was = { readiness: memory({ state: 'done', endedAtMs: 1 }) };
    const steps = stepsOf(makeResolvedCluster({ pool: { size: { initial: 2, min: 1, max: 4 } } }), new Set(['h200']));
    const readyWith = (count: number) => {
      const nodes = Array.from({ length: count }, (_, index) => makeNode(`n${index}`));
      const world = worldWith(all, { steps, nodes });
      const objects = new Map(
        [...(world.objects ?? [])].map(([key, object]) => {
          const pods = { desiredNumberScheduled: count, numberReady: count, observedGeneration: 1 };
          return [key, key.includes('nccl') ? { ...object, status: pods } : object];
        }),
      );
      return plan(makeSubject(was), { ...world, objects });
    };

    const reason = 'every node, GPU and RDMA network asked for is there';
    expect(readyWith(2)).toMatchObject({ phase: 'ready', reason });
    expect(readyWith(3)).toMatchObject({ phase: 'ready', reason: `${reason}; pool h200 has 3 nodes now, 2 as built` });
    expect(readyWith(1)).toMatchObject({ phase: 'ready', reason: `${reason}; pool h200 has 1 node now, 2 as built` });
  });

  it('lost after the build is degraded, and insists on the minimum only: the size is its owner’s', () => {
    const was = { readiness: memory({ state: 'done', endedAtMs: 1 }) };
    const steps = stepsOf(makeResolvedCluster({ pool: { size: { initial: 2, min: 1, max: 4 } } }), new Set(['h200']));

    const none = plan(makeSubject(was), worldWith(all, { steps, nodes: [] }));
    const one = plan(makeSubject(was), worldWith(all, { steps, nodes: [makeNode('a')] }));

    expect(none).toMatchObject({
      phase: 'degraded',
      reason: 'waiting for nodes, GPUs and RDMA networks: pool h200: 0 of 1 node Ready',
    });
    expect(statusOf(one, 'readiness')).not.toMatchObject({ reason: expect.stringContaining('nodes Ready') });
  });
});

describe('the phase', () => {
  it('is failed when the checks find something, before anything is created', () => {
    const made = plan(
      makeSubject(),
      makeObserved({ preflight: { problems: ['spec.zone x: no profile'], holds: false } }),
    );

    expect(made).toMatchObject({
      kind: 'hold',
      phase: 'failed',
      reason: 'checks before anything is created: spec.zone x: no profile',
    });
  });

  it('is holding when a person has to decide about money', () => {
    const made = plan(
      makeSubject(),
      makeObserved({ preflight: { problems: ['300 USD per hour are above the cap'], holds: true } }),
    );

    expect(made).toMatchObject({ kind: 'hold', phase: 'holding' });
  });

  it('stays building while independent work goes on beside a failure', () => {
    const networks = [{ name: 'demo-rdma', description: 'somebody else' }];
    const made = plan(makeSubject(), makeObserved({ network: { ...makeObserved().network, networks } }));

    expect(made).toMatchObject({ kind: 'act', phase: 'building' });
  });
});

describe('invariants over any set of finished steps', () => {
  const ids = stepsOf().map(({ id }) => id);
  const anySet = fc.subarray(ids).map((chosen) => new Set(chosen));

  it('a step is started only when all its prerequisites stand', () => {
    fc.assert(
      fc.property(anySet, (done) => {
        const made = plan(makeSubject(), worldWith(done));
        const standing = new Set(made.steps.filter(({ status }) => status.state === 'done').map(({ step }) => step.id));
        for (const { step, status } of made.steps) {
          if (status.state === 'ready') expect(step.dependsOn.filter((id) => !standing.has(id))).toEqual([]);
        }
      }),
    );
  });

  it('planning twice without a change of the world gives the same plan', () => {
    fc.assert(
      fc.property(anySet, (done) => {
        expect(plan(makeSubject(), worldWith(done))).toEqual(plan(makeSubject(), worldWith(done)));
      }),
    );
  });

  it('there is always something to do, to wait for, or to be told', () => {
    fc.assert(
      fc.property(anySet, (done) => {
        const made = plan(makeSubject(), worldWith(done));
        expect(made.kind === 'act' || made.recheckAfterSeconds !== undefined).toBe(true);
        expect(made.reason).not.toBe('');
      }),
    );
  });

  it('every wait is short enough for the next step to start within 30 s', () => {
    fc.assert(
      fc.property(anySet, (done) => {
        const made = plan(makeSubject(), worldWith(done));
        if (made.steps.some(({ status }) => status.state === 'running'))
          expect(made.recheckAfterSeconds).toBeLessThanOrEqual(20);
      }),
    );
  });
});
