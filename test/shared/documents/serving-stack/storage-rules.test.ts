import { describe, expect, it } from 'vitest';
import { storageRules } from '#shared/documents/serving-stack/storage-rules.ts';
import { storage } from '#shared/documents/serving-stack/storage-schema.ts';
import type { ServingStackSpec } from '#shared/domain/serving/stack.ts';
import { makeStack } from '../../../support/make-serving-stack.ts';

function problemsOf(spec: Partial<ServingStackSpec>) {
  const stack = makeStack(spec);
  return storageRules.flatMap((rule) => rule(stack)).map(({ field, fix }) => ({ field, fix }));
}

const disk = { zone: 'us-east4-b', sizeGib: 200 } as const;
const fill = { bucket: 'acme-models' } as const;
const lustre = { instance: 'm', location: 'us-east4-b', ip: '10.0.0.2', filesystem: 'lfs', sizeGib: 9000 } as const;

describe('storage', () => {
  it.each([
    { name: 'nothing', spec: {} },
    {
      name: 'a disk of a project',
      spec: { project: 'acme', storage: { weights: { hyperdiskMl: { ...disk, disk: 'd' } } } },
    },
    {
      name: 'a disk that is filled, which needs no project',
      spec: { storage: { weights: { hyperdiskMl: { ...disk, fill } } } },
    },
    { name: 'a token without a project', spec: { storage: { token: { secret: 'mine' } } } },
    { name: 'a cache of the node', spec: { storage: { cache: { keptBy: 'node' } } } },
    {
      name: 'a token and a revision for the tokenizer of a picker',
      spec: {
        model: { id: 'org/model', revision: 'main' },
        gateway: { scoring: 'precise-prefix' },
        storage: { weights: { claim: { name: 'c' } }, token: { secret: 'mine' } },
      },
    },
  ] as const)('takes $name', ({ spec }) => {
    expect(problemsOf(spec)).toEqual([]);
  });

  it.each([
    {
      name: 'two places of weights',
      spec: { storage: { weights: { claim: { name: 'c' }, bucket: { name: 'b' } } } },
      field: 'spec.storage.weights',
      fix: 'keep the one that they are loaded from',
    },
    {
      name: 'no place',
      spec: { storage: { weights: {} } },
      field: 'spec.storage.weights',
      fix: 'remove it, for Hugging Face',
    },
    {
      name: 'two tokens',
      spec: { storage: { token: { secret: 's', none: true } } },
      field: 'spec.storage.token',
      fix: 'keep the one that has the token',
    },
    {
      name: 'a disk that is there and filled',
      spec: { project: 'acme', storage: { weights: { hyperdiskMl: { ...disk, disk: 'd', fill } } } },
      field: 'spec.storage.weights.hyperdiskMl',
      fix: 'name the disk that is there, or the bucket that a new one is filled from',
    },
    {
      name: 'a disk without a project',
      spec: { storage: { weights: { hyperdiskMl: { ...disk, disk: 'd' } } } },
      field: 'spec.storage.weights.hyperdiskMl.disk',
      fix: 'add spec.project',
    },
    {
      name: 'an instance without a project',
      spec: { storage: { weights: { lustre } } },
      field: 'spec.storage.weights.lustre',
      fix: 'add spec.project',
    },
    {
      name: 'an address that is none',
      spec: { project: 'acme', storage: { weights: { lustre: { ...lustre, ip: '10.0.0.256' } } } },
      field: 'spec.storage.weights.lustre.ip',
      fix: 'gcloud lustre instances describe shows it as mountPoint',
    },
    {
      name: 'a secret of Secret Manager without a project',
      spec: { storage: { token: { secretManager: 'hf' } } },
      field: 'spec.storage.token.secretManager',
      fix: 'add spec.project',
    },
    {
      name: 'a revision of weights that are a folder',
      spec: { model: { id: 'org/model', revision: 'main' }, storage: { weights: { claim: { name: 'c' } } } },
      field: 'spec.model.revision',
      fix: 'pin the folder by its name instead',
    },
    {
      name: 'a token for nobody',
      spec: { storage: { weights: { claim: { name: 'c' } }, token: { secret: 's' } } },
      field: 'spec.storage.token',
      fix: 'remove it',
    },
    {
      name: 'a size of what Kubernetes does not count',
      spec: { storage: { cache: { keptBy: 'node', sizeGib: 10 } } },
      field: 'spec.storage.cache.sizeGib',
      fix: 'remove it, or let the pod keep the cache',
    },
  ] as const)('refuses $name', ({ spec, field, fix }) => {
    expect(problemsOf(spec)).toEqual([{ field, fix }]);
  });

  it('refuses a cache of a node that has no local SSDs', () => {
    const stack = makeStack({ storage: { cache: { keptBy: 'node' } } });
    const without = { ...stack, machine: { ...stack.machine, localSsdCount: 0 } };

    expect(storageRules.flatMap((rule) => rule(without)).map(({ field }) => field)).toEqual([
      'spec.storage.cache.keptBy',
    ]);
  });
});

describe('a folder', () => {
  it.each([
    { path: 'llama', ok: true },
    { path: 'v1.0/llama-3.3_70b', ok: true },
    { path: '..', ok: false },
    { path: 'a/../../b', ok: false },
    { path: './a', ok: false },
    { path: '/models', ok: false },
    { path: 'models/', ok: false },
    { path: 'a,only-dir:b', ok: false },
    { path: '$(HOME)', ok: false },
  ])('$path is one: $ok', ({ path, ok }) => {
    expect(storage.safeParse({ weights: { claim: { name: 'c', path } } }).success).toBe(ok);
  });
});
