import { describe, expect, it } from 'vitest';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import { fresh, makeInput, makeRole, makeSettings, makeSignals } from './make-scaling.ts';

/** A replica of 4 GPUs at 10 USD is 40 USD/h; 4 prefill and 4 decode are 320. The rule wants 6 and 5. */
function decide(capUsdPerHour: number | undefined, prices: readonly (number | undefined)[] = [10, 10]) {
  const priced = (price: number | undefined) => (price === undefined ? {} : { usdPerGpuHour: price });
  const prefill = makeRole('prefill', {
    peakPrefillTokensPerSecond: 10_000,
    inflightTokens: fresh(90_000),
    gauges: { kv: 0.3 },
    ...priced(prices[0]),
  });
  const decode = makeRole('decode', { gauges: { kv: 0.79 }, ...priced(prices[1]) });
  const cap = capUsdPerHour === undefined ? {} : { spendCapUsdPerHour: capUsdPerHour };
  const settings = makeSettings({ ...cap, targets: { ...makeSettings().targets, kvCacheUsedRatio: 0.7 } });
  return decideSizes(makeInput({ roles: [prefill, decode], settings, signals: makeSignals() }), (view) => {
    const replicas = view.role.role === 'prefill' ? 6 : 5;
    const term = { name: 'wish', inputs: [], formula: `${replicas}`, result: `${replicas}` };
    return { proposals: [{ result: { kind: 'proposal', replicas, usage: 0, keeps: false }, isProven: true, term }] };
  }).roles;
}

describe('the spend cap', () => {
  it.each([
    { name: 'none: everything', cap: undefined, expected: [6, 5], limitedBy: [undefined, undefined] },
    { name: 'enough for everything', cap: 440, expected: [6, 5], limitedBy: [undefined, undefined] },
    {
      name: 'enough for two more: the shorter one first',
      cap: 400,
      expected: [5, 5],
      limitedBy: ['spendCap', undefined],
    },
    { name: 'enough for one more', cap: 360, expected: [5, 4], limitedBy: ['spendCap', 'spendCap'] },
    { name: 'enough for none', cap: 359, expected: [4, 4], limitedBy: ['spendCap', 'spendCap'] },
    { name: 'already above: nothing is taken away', cap: 100, expected: [4, 4], limitedBy: ['spendCap', 'spendCap'] },
  ])('$name', ({ cap, expected, limitedBy }) => {
    const roles = decide(cap);

    expect(roles.map(({ desiredReplicas }) => desiredReplicas)).toEqual(expected);
    expect(roles.map((role) => role.limitedBy)).toEqual(limitedBy);
  });

  it('an unknown price of one role holds both, and says so', () => {
    const roles = decide(10_000, [10, undefined]);

    expect(roles.map(({ desiredReplicas, action, limitedBy }) => [desiredReplicas, action, limitedBy])).toEqual([
      [4, 'hold', 'priceUnknown'],
      [4, 'hold', 'priceUnknown'],
    ]);
    expect(roles[0]?.why).toBe(
      "prefill is held at 4: price unknown: the price of decode's GPUs is unknown (state usdPerGpuHour of the role), the cap is 10000.00 USD/h",
    );
  });

  it('a cap is told in dollars and cents', () => {
    expect(decide(360)[0]?.why).toContain('all roles at 360.00 of at most 360.00 USD/h');
  });

  it('an unknown price without a cap holds nothing', () => {
    expect(decide(undefined, [10, undefined]).map(({ desiredReplicas }) => desiredReplicas)).toEqual([6, 5]);
  });
});
