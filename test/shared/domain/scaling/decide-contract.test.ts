/** What a decision offers to whoever asks for it: any rule behind the same limits, and all of its arithmetic. */
import { describe, expect, it } from 'vitest';
import { decideSizes } from '#shared/domain/scaling/decide.ts';
import type { Rule } from '#shared/domain/scaling/rule-contract.ts';
import { fresh, makeInput, makeRole, makeSignals } from './make-scaling.ts';

const memory = { roles: { aggregated: { recommendations: [], ups: [], downs: [] } } };

describe('rules', () => {
  it('another rule decides behind the same limits', () => {
    const term = { name: 'forecast', inputs: [], formula: '8 in ten minutes', result: '8' };
    const forecast: Rule = () => ({
      proposals: [{ result: { kind: 'proposal', replicas: 8, usage: 0, keeps: false }, isProven: true, term }],
    });

    const { roles } = decideSizes(
      makeInput({ roles: [makeRole('aggregated', { size: { min: 1, max: 6 } })], memory }),
      forecast,
    );

    expect(roles[0]).toMatchObject({
      desiredReplicas: 6,
      limitedBy: 'ceiling',
      why: 'aggregated 4 → 6: maximum: 8 wanted, which is above it',
    });
  });
});

describe('words', () => {
  it('every term of the arithmetic is there, and one sentence', () => {
    const { roles, summary } = decideSizes(makeInput({ signals: makeSignals({ heldRequests: fresh(7) }), memory }));

    expect(roles[0]?.terms.map(({ name }) => name)).toEqual([
      'supply',
      'held requests',
      'running requests',
      'KV cache used',
      'saturation',
    ]);
    expect(summary).toBe('aggregated 4 → 7: held requests: 7 / 1 per replica');
  });
});
