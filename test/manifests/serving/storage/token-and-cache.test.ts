/** What is shown to Hugging Face, and where what comes from there is kept. */
import { describe, expect, it } from 'vitest';
import { renderStack } from '#manifests/serving/render.ts';
import { storage as objectsOf } from '#manifests/serving/storage/storage.ts';
import type { ModelStorage } from '#shared/domain/serving/storage.ts';
import { envOf, makeStack, podOf, serverOf } from '../../../support/make-serving-stack.ts';

const stackWith = (storage: ModelStorage) => makeStack({ project: 'acme', storage });

describe('the token', () => {
  it.each([
    { token: {}, secret: 'llm-d-hf-token' },
    { token: { secret: 'mine' }, secret: 'mine' },
    { token: { none: true }, secret: undefined },
  ] as const)('of $token is the Secret $secret', ({ token, secret }) => {
    const variable = serverOf(stackWith({ token })).env?.find(({ name }) => name === 'HF_TOKEN');

    expect(variable?.valueFrom?.secretKeyRef?.name).toBe(secret);
    expect(variable?.value).toBeUndefined();
  });

  it('of Secret Manager is a file that Hugging Face is told of', () => {
    const stack = stackWith({ token: { secretManager: 'hf' } });
    const [found] = objectsOf(stack);
    const { spec } = podOf(stack, 'aggregated');

    expect(found).toMatchObject({
      kind: 'SecretProviderClass',
      spec: {
        provider: 'gke',
        parameters: { secrets: '[{"resourceName":"projects/acme/secrets/hf/versions/latest","path":"token"}]' },
      },
    });
    expect(spec.volumes?.find(({ name }) => name === 'hf-token')?.csi).toMatchObject({
      driver: 'secrets-store-gke.csi.k8s.io',
      volumeAttributes: { secretProviderClass: found?.metadata.name },
    });
    expect(envOf(serverOf(stack))).toMatchObject({ HF_TOKEN_PATH: '/var/run/secrets/huggingface.co/token' });
  });

  it('is never rendered', () => {
    const objects = renderStack(stackWith({}));

    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  it('reaches the tokenizer of a picker that knows prefixes, and no server that needs none', () => {
    const stack = makeStack({
      gateway: { scoring: 'precise-prefix' },
      kvCache: { events: true },
      storage: { weights: { claim: { name: 'c' } } },
    });
    const picker = renderStack(stack).find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'demo-epp',
    );

    expect(JSON.stringify(picker)).toContain('llm-d-hf-token');
    expect(JSON.stringify(serverOf(stack))).not.toContain('llm-d-hf-token');
  });
});

describe('the cache', () => {
  it('holds all that is downloaded and compiled', () => {
    const env = envOf(serverOf(stackWith({})));
    const folders = ['HF_HOME', 'VLLM_CACHE_ROOT', 'TRITON_CACHE_DIR', 'CUDA_CACHE_PATH', 'FLASHINFER_WORKSPACE_BASE'];

    expect(folders.filter((name) => env[name]?.startsWith('/cache/') !== true)).toEqual([]);
    expect(new Set(folders.map((name) => env[name])).size).toBe(folders.length);
  });

  it.each([
    { keptBy: 'pod', volume: { name: 'cache', emptyDir: {} } },
    {
      keptBy: 'node',
      volume: {
        name: 'cache',
        hostPath: {
          path: '/mnt/stateful_partition/kube-ephemeral-ssd/shared_disk/inference-fleet-cache',
          type: 'DirectoryOrCreate',
        },
      },
    },
  ] as const)('kept by the $keptBy', ({ keptBy, volume }) => {
    const { spec } = podOf(stackWith({ cache: { keptBy } }), 'aggregated');

    expect(spec.volumes?.find(({ name }) => name === 'cache')).toEqual(volume);
  });

  it('is counted where its size is known', () => {
    const { spec } = podOf(stackWith({ cache: { sizeGib: 500 } }), 'aggregated');
    const { requests, limits } = spec.containers[0]?.resources ?? {};

    expect(requests?.['ephemeral-storage']).toBe('500Gi');
    expect(limits).not.toHaveProperty('ephemeral-storage');
    expect(spec.volumes).toContainEqual({ name: 'cache', emptyDir: { sizeLimit: '500Gi' } });
  });
});
