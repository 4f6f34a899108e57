import { describe, expect, it } from 'vitest';
import { lateClusters, lateNodePools, lateZoneFacts } from '../../functions/late-ports.ts';
import { lazily } from '../../functions/lazily.ts';

type Port = Readonly<Record<string, (...call: readonly unknown[]) => Promise<unknown>>>;

/** Any port is its methods here: what each of them means is tested with its adapter. */
const ports: readonly (readonly [string, (load: () => Promise<Port>) => Port, readonly string[]])[] = [
  ['clusters', lateClusters as never, ['read', 'create', 'readOperation', 'runningOperations']],
  ['node pools', lateNodePools as never, ['read', 'create']],
  ['zone facts', lateZoneFacts as never, ['networkProfile', 'offersMachine', 'reservation', 'versions']],
];
const methods = ports.flatMap(([name, make, names]) => names.map((method) => ({ name, make, method })));

describe('a late port', () => {
  it.each(methods)('of $name loads its adapter when $method is called, with the same words both ways', async (row) => {
    const loaded: string[] = [];
    const adapter: Port = { [row.method]: (...call) => Promise.resolve({ answerTo: call }) };
    const port = row.make(() => {
      loaded.push(row.name);
      return Promise.resolve(adapter);
    });
    const loadedBefore = [...loaded];

    const answer = await port[row.method]?.('place', 'name');

    expect(loadedBefore).toEqual([]);
    expect(loaded).toEqual([row.name]);
    expect(answer).toEqual({ answerTo: ['place', 'name'] });
  });

  it('fails in the call where its adapter cannot be loaded', async () => {
    const port = lateNodePools(() => Promise.reject(new Error('loading the adapter: no memory')));

    const call = port.read({ project: 'demo', region: 'us-central1' }, 'demo', 'h200');

    await expect(call).rejects.toThrow('loading the adapter: no memory');
  });
});

describe('what is made lazily', () => {
  it('is made once, however often it is asked for', async () => {
    let made = 0;
    const counter = lazily(() => Promise.resolve(++made));

    const answers = await Promise.all([counter(), counter()]);
    const later = await counter();

    expect([...answers, later]).toEqual([1, 1, 1]);
  });

  it('is made anew after an attempt that failed', async () => {
    let attempts = 0;
    const make = lazily(() => (++attempts === 1 ? Promise.reject(new Error('busy')) : Promise.resolve('made')));

    const [first] = await Promise.allSettled([make()]);
    const second = await make();

    expect(first.status).toBe('rejected');
    expect(second).toBe('made');
  });
});
