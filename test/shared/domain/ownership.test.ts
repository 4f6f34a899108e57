import { describe, expect, it } from 'vitest';
import { isOurs, objectLabels, ownershipDescription, ownershipLabels } from '#shared/domain/ownership.ts';

const target = 'cluster/demo';

describe('the mark', () => {
  it('is compact JSON where a resource has no labels', () => {
    expect(ownershipDescription(target)).toBe('{"managed-by":"inference-fleet","target":"cluster/demo"}');
  });

  it('is a pair of resource labels where it has', () => {
    expect(ownershipLabels(target)).toEqual({ 'managed-by': 'inference-fleet', 'fleet-cluster': 'demo' });
  });

  it('names the cluster of any target', () => {
    expect(ownershipLabels('pool/demo/h200')['fleet-cluster']).toBe('demo');
    expect(() => ownershipLabels('demo')).toThrow('reading target demo: it names no cluster');
  });
});

describe('isOurs', () => {
  it.each([
    { name: 'a network with our description', body: { description: ownershipDescription(target) }, expected: true },
    {
      name: 'a description with its keys in another order',
      body: { description: '{"target":"cluster/demo","managed-by":"inference-fleet"}' },
      expected: true,
    },
    {
      name: 'a network of another cluster',
      body: { description: ownershipDescription('cluster/other') },
      expected: false,
    },
    {
      name: 'a network of another tool',
      body: { description: '{"managed-by":"terraform","target":"cluster/demo"}' },
      expected: false,
    },
    { name: 'a description in words', body: { description: 'the network of cluster/demo' }, expected: false },
    { name: 'a description that is JSON but no object', body: { description: '"inference-fleet"' }, expected: false },
    { name: 'nothing at all', body: {}, expected: false },
    {
      name: 'a cluster with our labels and more',
      body: { resourceLabels: { ...ownershipLabels(target), team: 'x' } },
      expected: true,
    },
    {
      name: 'a cluster of the same tool for another cluster',
      body: { resourceLabels: ownershipLabels('cluster/demo-2') },
      expected: false,
    },
    { name: 'a pool with our labels', body: { config: { resourceLabels: ownershipLabels(target) } }, expected: true },
    { name: 'an object with our labels', body: { metadata: { labels: objectLabels(target) } }, expected: true },
    {
      name: 'an object of Helm',
      body: { metadata: { labels: { 'app.kubernetes.io/managed-by': 'Helm' } } },
      expected: false,
    },
    { name: 'labels that are no object', body: { resourceLabels: ['managed-by'], metadata: null }, expected: false },
  ])('says $expected of $name', ({ body, expected }) => {
    expect(isOurs(body, target)).toBe(expected);
  });
});
