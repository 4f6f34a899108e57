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
    const starts = [Promise.reject(new Error('no credentials yet')), Promise.resolve()];
    const client = lazily(() => ({ initialize: () => starts.shift() ?? Promise.resolve() }));

    await expect(client()).rejects.toThrow('no credentials yet');
    await expect(client()).resolves.toBeDefined();
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
