import { describe, expect, it } from 'vitest';
import { demandLabels } from '../../../functions/scale-replicas/demand-labels.ts';

describe('the labels of a demand', () => {
  it.each([
    {
      name: 'are the equalities of the selector',
      selector: 'app=llama,role=decode',
      labels: { app: 'llama', role: 'decode' },
    },
    { name: 'may be written with two signs', selector: 'app==llama', labels: { app: 'llama' } },
    {
      name: 'are those of workers too, though only the leader serves',
      selector: 'leaderworkerset.sigs.k8s.io/name=llama,leaderworkerset.sigs.k8s.io/worker-index=0',
      labels: { 'leaderworkerset.sigs.k8s.io/name': 'llama' },
    },
    {
      name: 'leave out what is no equality',
      selector: 'app=llama,tier in (a,b),!old,x!=y,z',
      labels: { app: 'llama' },
    },
    { name: 'are unknown without an equality', selector: 'tier in (a,b)', labels: undefined },
    { name: 'are unknown without a selector', selector: undefined, labels: undefined },
  ])('$name', ({ selector, labels }) => {
    expect(demandLabels(selector)).toEqual(labels);
  });
});
