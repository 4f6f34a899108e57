import { expect, it } from 'vitest';
import { decidePool } from '#shared/domain/node-pool/decide.ts';
import { describeTerm } from '#shared/domain/scaling/explain.ts';
import { makeDemand, makeInput, NOW_MS } from './make-pool.ts';

it('a demand is told with how long it has been the same, which is no age', () => {
  const demand = { ...makeDemand(3), decidedAtMs: NOW_MS - 7_080_000 };

  const [term] = decidePool(makeInput({ demands: [demand] })).terms;

  expect(term && describeTerm(term)).toMatch(/^demand of .* 3 \(pods of 8 GPUs, unchanged for 1h58m00s\) → /);
});
