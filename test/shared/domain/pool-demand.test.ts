import { describe, expect, it } from 'vitest';
import { isSameDemand, type PoolDemand } from '#shared/domain/pool-demand.ts';
import { PoolDemandRecord } from '#shared/ledger/records.ts';

const labels = { app: 'llama', role: 'decode' };
const item = { what: 'decode', pods: 2, gpusPerPod: 8, labels };
const demand: PoolDemand = { pool: 'pool/demo/h200', from: 'model/demo/serving/llama', items: [item], decidedAtMs: 1 };

describe('two demands', () => {
  it.each([
    { name: 'are the same at another time', other: { ...demand, decidedAtMs: 2 }, same: true },
    {
      name: 'are the same with labels in another order',
      other: { ...demand, items: [{ ...item, labels: { role: 'decode', app: 'llama' } }] },
      same: true,
    },
    { name: 'differ in their pods', other: { ...demand, items: [{ ...item, pods: 3 }] }, same: false },
    {
      name: 'differ in the labels of their pods',
      other: { ...demand, items: [{ ...item, labels: { app: 'llama' } }] },
      same: false,
    },
  ])('$name', ({ other, same }) => {
    expect(isSameDemand(demand, other)).toBe(same);
  });
});

describe('the record of a demand', () => {
  it('keeps the labels of its pods', () => {
    expect(PoolDemandRecord.parse(JSON.parse(JSON.stringify(demand)))).toEqual(demand);
  });
});
