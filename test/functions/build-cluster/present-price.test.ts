import { expect, it } from 'vitest';
import { presentPrice } from '../../../functions/build-cluster/present-price.ts';
import { makeResolvedCluster } from '../../support/make-cluster.ts';
import { makeNode } from './support.ts';

const wanted = makeResolvedCluster({ pool: { usdPerNodeHour: 80, size: { initial: 2, min: 1, max: 4 } } });
const nodes = ['a', 'b', 'c'].map((name) => makeNode(name));

// Besides the pool: the management fee of 0.10 and two system nodes of 0.536 each.
it.each([
  { name: 'while it is built: the size that it is built with', settledPools: new Set<string>(), nodes, usd: 161.172 },
  { name: 'afterwards: the nodes that are there', settledPools: new Set(['h200']), nodes, usd: 241.172 },
  { name: 'afterwards: none', settledPools: new Set(['h200']), nodes: [], usd: 1.172 },
])('a pool costs $name', ({ settledPools, nodes: present, usd }) => {
  expect(presentPrice(wanted, { settledPools, nodes: present })).toBe(usd);
});
