import { describe, expect, it } from 'vitest';
import { attempt, lazily } from '#shared/gcp/calls.ts';

describe('lazily', () => {
  it('makes a client at its first use and once', async () => {
    let made = 0;
    const client = lazily(() => {
      made++;
      return { initialize: () => Promise.resolve() };
    });

    expect(made).toBe(0);
    expect(await client()).toBe(await client());
    expect(made).toBe(1);
  });

  it('makes a client anew after its start has failed', async () => {
    let starts = 0;
    const client = lazily(() => ({
      initialize: async () => {
        if (starts++ === 0) throw new Error('no credentials yet');
      },
    }));

    await expect(client()).rejects.toThrow('no credentials yet');
    await expect(client()).resolves.toBeDefined();
  });
});

describe('clients that are wanted at once', () => {
  it('are made one a turn of the event loop, so that the call of the first is on its way before the last is made', async () => {
    const order: string[] = [];
    const make = (name: string) =>
      lazily(() => {
        order.push(`made ${name}`);
        return { initialize: () => Promise.resolve() };
      });
    const call = async (name: string) => {
      await make(name)();
      order.push(`called ${name}`);
    };

    await Promise.all([call('a'), call('b'), call('c')]);

    expect(order).toEqual(['made a', 'called a', 'made b', 'called b', 'made c', 'called c']);
  });

  it('do not wait for one that cannot be made', async () => {
    const failing = lazily((): { initialize(): Promise<void> } => {
      throw new Error('no such client');
    });
    const good = lazily(() => ({ initialize: () => Promise.resolve() }));

    const [failed, made] = await Promise.allSettled([failing(), good()]);

    expect(failed).toMatchObject({ status: 'rejected', reason: { message: 'no such client' } });
    expect(made.status).toBe('fulfilled');
  });
});

describe('attempt', () => {
  it('translates what a call throws', async () => {
    const failing = attempt('reading a', () =>
      Promise.reject(Object.assign(new Error('5 NOT_FOUND: no a'), { code: 5, details: 'no a' })),
    );

    await expect(failing).rejects.toMatchObject({ name: 'AutomationError', kind: 'gone', message: 'reading a: no a' });
  });
});
