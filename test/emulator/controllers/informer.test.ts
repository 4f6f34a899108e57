import { describe, expect, it } from 'vitest';
import { WorkQueue } from '../../../emulator/controllers/informer.ts';
import { KubernetesCallError } from '../../../emulator/kubernetes/client-types.ts';
import { makeWorld } from '../kubernetes/kubernetes-fixtures.ts';

const refused = () =>
  new KubernetesCallError('creating Pod a', { status: 403, headers: {}, body: { reason: 'Forbidden' } });

describe('a work queue', () => {
  it('looks once at what was added often, holding the clock until then', async () => {
    const { clock } = makeWorld();
    const seen: string[] = [];
    const queue = new WorkQueue(clock, (key) => void seen.push(key));

    for (const key of ['a', 'b', 'a']) queue.add(key);
    const holds = clock.holds;
    await Promise.resolve();

    expect(seen).toEqual(['a', 'b']);
    expect([holds, clock.holds]).toEqual([2, 0]);
  });

  it('tries again, ever later, what the API refuses', async () => {
    const { clock, pass } = makeWorld();
    const startMs = clock.nowMs();
    const triedAtSeconds: number[] = [];
    const queue = new WorkQueue(clock, () => {
      triedAtSeconds.push((clock.nowMs() - startMs) / 1000);
      if (triedAtSeconds.length < 4) throw refused();
    });

    queue.add('a');
    await pass(60_000);

    expect(triedAtSeconds).toEqual([0, 1, 3, 7]);
  });

  it('gives up after five more tries, so that the world can come to rest', async () => {
    const { clock, pass } = makeWorld();
    let tries = 0;
    const queue = new WorkQueue(clock, () => {
      tries++;
      throw refused();
    });

    queue.add('a');
    await pass(3_600_000);

    expect(tries).toBe(6);
  });

  it('looks at nothing after it was stopped', async () => {
    const { clock } = makeWorld();
    const seen: string[] = [];
    const queue = new WorkQueue(clock, (key) => void seen.push(key));

    queue.add('a');
    queue.stop();
    await Promise.resolve();

    expect(seen).toEqual([]);
    expect(clock.holds).toBe(0);
  });
});
