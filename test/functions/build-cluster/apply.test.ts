import { beforeEach, describe, expect, it } from 'vitest';
import { apply } from '../../../functions/build-cluster/apply.ts';
import type { BuildPorts } from '../../../functions/build-cluster/ports.ts';
import type { BuildStep } from '../../../functions/build-cluster/steps.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { StepResult } from '#shared/domain/step.ts';
import { AutomationError } from '#shared/errors.ts';
import { LeaseLostError } from '#shared/lease.ts';
import type { ClusterObjects } from '#shared/ports/cluster-objects.ts';
import type { Clusters } from '#shared/ports/clusters.ts';
import { fencedCall } from '#shared/ports/fence.ts';
import { makeLoopBench } from '../../support/loop-ports.ts';
import { makeSubject, stepsOf } from './support.ts';

interface OpenCall {
  readonly name: string;
  end(): void;
  fail(error: Error): void;
}

/** Objects that are under way until a test ends them; `log` has what happened in its order. */
class SlowObjects {
  readonly log: string[] = [];
  readonly open = new Set<OpenCall>();

  readonly port: Pick<ClusterObjects, 'apply'> = {
    apply: (_connection, object) =>
      new Promise<JsonObject>((resolve, reject) => {
        const name = nameOf(object);
        this.log.push(`apply ${name}`);
        const leave = () => void this.open.delete(call);
        const call: OpenCall = {
          name,
          end: () => (leave(), resolve(object)),
          fail: (error) => (leave(), reject(error)),
        };
        this.open.add(call);
      }),
  };
}

const nameOf = (object: JsonObject) => String((object['metadata'] as JsonObject)['name']);
const settle = () => new Promise<void>((resolve) => void setImmediate(resolve));

const clusters: Pick<Clusters, 'read'> = {
  read: async () => ({ endpoint: '10.0.0.2', masterAuth: { clusterCaCertificate: 'eA==' } }),
};

describe('applying the objects of one step', () => {
  const found = stepsOf().find(({ id }) => id === 'objects/node-networks');
  const step = found as Extract<BuildStep, { kind: 'objects' }>;
  let objects: SlowObjects;
  let applying: Promise<StepResult>;
  let over: boolean;

  beforeEach(async () => {
    objects = new SlowObjects();
    over = false;
    const ports = { ...makeLoopBench(), clusters, objects: objects.port } as unknown as BuildPorts;
    const fence = async () => {
      objects.log.push('fence');
      return fencedCall(25_000);
    };
    applying = apply(step, { subject: makeSubject(), fence, guard: async () => undefined }, ports);
    const end = () => void (over = true);
    applying.then(end, end);
    await settle();
  });

  it('has six calls under way at a time, each one fenced', async () => {
    const most: number[] = [];
    while (!over) {
      most.push(objects.open.size);
      for (const call of objects.open) call.end();
      await settle();
    }

    expect(step.objects).toHaveLength(18);
    expect(most).toEqual([6, 6, 6]);
    expect(objects.log.filter((entry) => entry === 'fence')).toHaveLength(18);
    // No object of the second six is fenced before the first six are over: a fence is as old as its own call.
    expect(objects.log.slice(0, 12).toSorted()).toEqual([
      ...step.objects
        .slice(0, 6)
        .map((object) => `apply ${nameOf(object)}`)
        .toSorted(),
      ...Array.from({ length: 6 }, () => 'fence'),
    ]);
    await expect(applying).resolves.toEqual({ kind: 'started' });
  });

  it('waits for the calls beside one that failed, and starts no more', async () => {
    const [first] = objects.open;
    first?.fail(new AutomationError('gone', 'kind not served'));
    await settle();
    const whileSiblingsRun = over;
    for (const call of objects.open) call.end();

    await expect(applying).rejects.toMatchObject({ kind: 'gone', message: 'kind not served' });
    expect(whileSiblingsRun).toBe(false);
    expect(objects.log.filter((entry) => entry.startsWith('apply'))).toHaveLength(6);
  });

  it.each([
    { name: 'a bug', worst: new TypeError('undefined is no function') },
    { name: 'a lost lease', worst: new LeaseLostError({ automation: 'build-cluster', target: 'cluster/demo' }) },
  ])('lets $name win over a failure that came before it', async ({ worst }) => {
    const [first, second, ...others] = objects.open;
    first?.fail(new AutomationError('gone', 'kind not served'));
    second?.fail(worst);
    for (const call of others) call.end();

    await expect(applying).rejects.toBe(worst);
  });
});
