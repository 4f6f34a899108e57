import { expect, it } from 'vitest';
import { catalogue } from '#manifests/catalogue/index.ts';
import { parseStoredDocument } from '#shared/documents/index.ts';
import { derivedPools } from '#shared/domain/pool-declaration.ts';
import { makeClusterDocument, makePool } from '../../support/make-cluster.ts';
import { makeModelService, makeRole } from '../../support/make-model-service.ts';

it('every GPU pool of a cluster is declared, with the bounds that its sizes mean', () => {
  const gpuPools = [
    makePool({ size: { initial: 2 } }),
    makePool({ name: 'batch', size: { initial: 0, max: 4, owner: 'gke' } }),
    makePool({ name: 'still', size: { initial: 1, owner: 'fixed' } }),
  ];
  const document = parseStoredDocument('Cluster', makeClusterDocument({ spec: { gpuPools } }), catalogue);

  const place = { project: 'demo', location: 'us-central1', cluster: 'demo', declaredBy: 'cluster/demo' };
  expect(derivedPools(document)).toEqual([
    {
      target: 'pool/demo/h200',
      spec: { ...place, pool: 'h200', size: { min: 2, max: 2, owner: 'inference-fleet' } },
    },
    { target: 'pool/demo/batch', spec: { ...place, pool: 'batch', size: { min: 0, max: 4, owner: 'gke' } } },
    { target: 'pool/demo/still', spec: { ...place, pool: 'still', size: { min: 1, max: 1, owner: 'fixed' } } },
  ]);
});

it('a model declares the pools that it lists, in the cluster that it names', () => {
  const cluster = { project: 'p-1', location: 'us-central1-b', name: 'theirs' };
  const document = makeModelService({ spec: { cluster } });

  expect(derivedPools(document)).toEqual([
    {
      target: 'pool/theirs/h200',
      spec: {
        project: 'p-1',
        location: 'us-central1-b',
        cluster: 'theirs',
        pool: 'h200',
        size: { min: 1, max: 4, owner: 'inference-fleet' },
        declaredBy: 'model/theirs/serving/llama-70b',
      },
    },
  ]);
});

it('a pool that a role uses but nobody lists is not declared', () => {
  const document = makeModelService({ spec: { roles: [makeRole('aggregated')], nodePools: [] } });

  expect(derivedPools(document)).toEqual([]);
});
