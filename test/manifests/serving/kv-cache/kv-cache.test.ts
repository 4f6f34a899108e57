/** Where blocks go, and that the one value of `--kv-transfer-config` says so. */
import { describe, expect, it } from 'vitest';
import type { KvCache } from '#shared/domain/serving/kv-cache.ts';
import type { StackRoles } from '#shared/domain/serving/roles.ts';
import { envOf, flagOf, makeStack, podOf, serverOf } from '../../../support/make-serving-stack.ts';

const GIB = 2 ** 30;
const prefillAndDecode: StackRoles = { prefill: {}, decode: {} };

function transferOf(
  kvCache: KvCache,
  roles: StackRoles = { aggregated: { gpus: 2 } },
  role: 'aggregated' | 'prefill' | 'decode' = 'aggregated',
) {
  const value = flagOf(serverOf(makeStack({ roles, kvCache }), role), '--kv-transfer-config');
  return value === undefined ? undefined : (JSON.parse(value) as unknown);
}

describe('--kv-transfer-config', () => {
  it('is not there where nothing leaves the GPU', () => {
    expect(transferOf({})).toBeUndefined();
  });

  it.each([
    {
      name: 'memory',
      offload: { cpuGib: 100 },
      expected: {
        kv_connector: 'OffloadingConnector',
        kv_role: 'kv_both',
        kv_load_failure_policy: 'recompute',
        kv_connector_extra_config: { cpu_bytes_to_use: 100 * GIB },
      },
    },
    {
      name: 'memory and files',
      offload: { cpuGib: 1, tier: { kind: 'claim', claim: 'kv' } },
      expected: {
        kv_connector: 'OffloadingConnector',
        kv_role: 'kv_both',
        kv_load_failure_policy: 'recompute',
        kv_connector_extra_config: {
          spec_name: 'TieringOffloadingSpec',
          cpu_bytes_to_use: GIB,
          block_size: 256,
          secondary_tiers: [{ type: 'fs', root_dir: '/mnt/kv-cache' }],
        },
      },
    },
    {
      name: 'LMCache',
      offload: { connector: 'lmcache', cpuGib: 100 },
      expected: { kv_connector: 'LMCacheConnectorV1', kv_role: 'kv_both', kv_load_failure_policy: 'recompute' },
    },
  ] as const)('of an aggregated role with $name', ({ offload, expected }) => {
    expect(transferOf({ offload })).toEqual(expected);
  });

  it.each([
    { role: 'prefill', kv_role: 'kv_producer' },
    { role: 'decode', kv_role: 'kv_consumer' },
  ] as const)('connects $role by NIXL', ({ role, kv_role }) => {
    expect(transferOf({}, prefillAndDecode, role)).toEqual({
      kv_connector: 'NixlConnector',
      kv_role,
      kv_load_failure_policy: 'fail',
    });
  });

  it('has both connectors on prefill, and NIXL alone on decode, which gets its blocks from there', () => {
    const kvCache: KvCache = { offload: { cpuGib: 2 } };

    expect(transferOf(kvCache, prefillAndDecode, 'prefill')).toEqual({
      kv_connector: 'MultiConnector',
      kv_role: 'kv_both',
      kv_load_failure_policy: 'recompute',
      kv_connector_extra_config: {
        connectors: [
          { kv_connector: 'NixlConnector', kv_role: 'kv_producer' },
          {
            kv_connector: 'OffloadingConnector',
            kv_role: 'kv_both',
            kv_connector_extra_config: { cpu_bytes_to_use: 2 * GIB },
          },
        ],
      },
    });
    expect(transferOf(kvCache, prefillAndDecode, 'decode')).toMatchObject({ kv_connector: 'NixlConnector' });
  });

  it('divides the memory of a pod among its ranks of data parallelism, each a server of its own', () => {
    const roles: StackRoles = { aggregated: { nodes: 2, parallelism: 'expert' } };

    expect(transferOf({ offload: { cpuGib: 64 } }, roles)).toMatchObject({
      kv_connector_extra_config: { cpu_bytes_to_use: 8 * GIB },
    });
  });

  it.each([
    { name: 'NIXL', kvCache: {}, roles: prefillAndDecode, flag: '' },
    { name: 'offloading', kvCache: { offload: { cpuGib: 1 } }, roles: undefined, flag: '' },
    {
      name: 'LMCache, which would refuse it',
      kvCache: { offload: { connector: 'lmcache', cpuGib: 1 } },
      roles: undefined,
      flag: undefined,
    },
    { name: 'no connector', kvCache: {}, roles: undefined, flag: undefined },
  ] as const)('keeps the memory of hybrid models with $name', ({ kvCache, roles, flag }) => {
    const stack = makeStack({ kvCache, ...(roles !== undefined && { roles }) });

    expect(flagOf(serverOf(stack, stack.roles[0]!.role), '--no-disable-hybrid-kv-cache-manager')).toBe(flag);
  });
});

describe('blocks in memory', () => {
  const stack = makeStack({
    roles: { aggregated: { gpus: 2, memoryGib: 80, sharedMemoryGib: 20 } },
    kvCache: { offload: { cpuGib: 100 } },
  });
  const { spec } = podOf(stack, 'aggregated');

  it('are added to what the pod asks for, and to the shared memory that they lie in', () => {
    expect(spec.containers[0]?.resources?.limits?.['memory']).toBe('180Gi');
    expect(spec.volumes).toContainEqual({ name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: '120Gi' } });
  });

  it('of a server that was killed are removed before the next one starts', () => {
    const [script = ''] = spec.containers[0]?.args ?? [];

    expect(script.indexOf('rm -f /dev/shm/vllm_offload_*.mmap')).toBeGreaterThan(0);
    expect(script.indexOf('rm -f /dev/shm')).toBeLessThan(script.indexOf('vllm serve'));
  });

  it('of LMCache are no shared memory, and are counted by worker', () => {
    const lmcache = makeStack({
      roles: { aggregated: { gpus: 4 } },
      kvCache: { offload: { connector: 'lmcache', cpuGib: 100, tier: { kind: 'local-ssd', sizeGib: 400 } } },
    });

    expect(podOf(lmcache, 'aggregated').spec.volumes).toContainEqual({
      name: 'shm',
      emptyDir: { medium: 'Memory', sizeLimit: '20Gi' },
    });
    expect(envOf(serverOf(lmcache))).toMatchObject({
      LMCACHE_MAX_LOCAL_CPU_SIZE: '25',
      LMCACHE_MAX_LOCAL_DISK_SIZE: '90',
      LMCACHE_LOCAL_DISK: 'file:///mnt/kv-cache/',
      PYTHONHASHSEED: '42',
    });
  });
});

describe('blocks in files', () => {
  it('are deleted on local SSD before the pod would be evicted for their size', () => {
    const { spec } = podOf(
      makeStack({ kvCache: { offload: { cpuGib: 1, tier: { kind: 'local-ssd', sizeGib: 1000 } } } }),
      'aggregated',
    );
    const evictor = spec.initContainers?.find(({ name }) => name === 'kv-evictor');

    expect(evictor?.args?.[0]).toContain('-lt 900 ]');
    expect(evictor?.resources?.requests?.['ephemeral-storage']).toBe('1000Gi');
    expect(spec.volumes).toContainEqual({ name: 'kv-cache', emptyDir: { sizeLimit: '1000Gi' } });
  });

  it('of LMCache are asked for by the server, which removes those of the one before it', () => {
    const { spec } = podOf(
      makeStack({
        kvCache: { offload: { connector: 'lmcache', cpuGib: 1, tier: { kind: 'local-ssd', sizeGib: 400 } } },
      }),
      'aggregated',
    );
    const [server] = spec.containers;
    const [script = ''] = server?.args ?? [];

    expect(spec.initContainers ?? []).toEqual([]);
    expect(server?.resources?.requests?.['ephemeral-storage']).toBe('400Gi');
    expect(script.indexOf('find /mnt/kv-cache -type f -delete')).toBeGreaterThanOrEqual(0);
    expect(script.indexOf('find /mnt/kv-cache -type f -delete')).toBeLessThan(script.indexOf('vllm serve'));
  });

  it('have room beside a cache of known size: no container limits what the volumes of the pod take together', () => {
    const { spec } = podOf(
      makeStack({
        storage: { cache: { sizeGib: 100 } },
        kvCache: { offload: { cpuGib: 1, tier: { kind: 'local-ssd', sizeGib: 1000 } } },
      }),
      'aggregated',
    );
    const containers = [...spec.containers, ...(spec.initContainers ?? [])];

    expect(containers.map(({ resources }) => resources?.requests?.['ephemeral-storage'])).toEqual(['100Gi', '1000Gi']);
    expect(containers.map(({ resources }) => resources?.limits?.['ephemeral-storage'])).toEqual([undefined, undefined]);
  });

  it('are left to the owner of a claim', () => {
    const { spec } = podOf(
      makeStack({ kvCache: { offload: { cpuGib: 1, tier: { kind: 'claim', claim: 'kv' } } } }),
      'aggregated',
    );

    expect(spec.volumes).toContainEqual({ name: 'kv-cache', persistentVolumeClaim: { claimName: 'kv' } });
    expect(spec.initContainers ?? []).toEqual([]);
  });
});

describe('names and sizes of blocks', () => {
  it.each([
    { name: 'nothing is shared', kvCache: {}, roles: undefined, size: undefined, seed: undefined },
    { name: 'prefill hands over', kvCache: {}, roles: prefillAndDecode, size: '128', seed: undefined },
    { name: 'pods report them', kvCache: { events: true }, roles: undefined, size: '64', seed: '42' },
    {
      name: 'the document says so',
      kvCache: { events: true, blockTokens: 32 },
      roles: prefillAndDecode,
      size: '32',
      seed: '42',
    },
    {
      name: 'they are kept in memory',
      kvCache: { offload: { cpuGib: 1 } },
      roles: undefined,
      size: undefined,
      seed: undefined,
    },
    {
      name: 'they are kept in files',
      kvCache: { offload: { cpuGib: 1, tier: { kind: 'claim', claim: 'kv' } } },
      roles: undefined,
      size: undefined,
      seed: '42',
    },
  ] as const)('where $name', ({ kvCache, roles, size, seed }) => {
    const stack = makeStack({ kvCache, ...(roles !== undefined && { roles }) });

    for (const { role } of stack.roles.slice(0, 1)) {
      expect(flagOf(serverOf(stack, role), '--block-size')).toBe(size);
      expect(envOf(serverOf(stack, role))['PYTHONHASHSEED']).toBe(seed);
    }
  });

  it('are the same on prefill and decode', () => {
    const stack = makeStack({ roles: prefillAndDecode, kvCache: { events: true } });
    const [prefill, decode] = [serverOf(stack, 'prefill'), serverOf(stack, 'decode')];

    expect(flagOf(prefill, '--block-size')).toBe(flagOf(decode, '--block-size'));
    expect(envOf(prefill)['PYTHONHASHSEED']).toBe(envOf(decode)['PYTHONHASHSEED']);
  });
});

describe('events', () => {
  const stack = makeStack({
    model: { id: 'org/model', servedName: 'chat' },
    roles: prefillAndDecode,
    kvCache: { events: true },
  });

  it.each(['prefill', 'decode'] as const)(
    'of %s name the port that requests go to, and the model that they ask for',
    (role) => {
      const server = serverOf(stack, role);

      expect(JSON.parse(flagOf(server, '--kv-events-config') ?? '')).toEqual({
        enable_kv_cache_events: true,
        publisher: 'zmq',
        endpoint: 'tcp://*:5556',
        topic: 'kv@$(POD_IP):8000@chat',
      });
      expect(server.env).toContainEqual({ name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } });
      expect(server.ports).toContainEqual({ name: 'kv-events', containerPort: 5556 });
    },
  );
});

describe('the side channel', () => {
  it.each(['prefill', 'decode'] as const)('of %s listens on the address of its pod', (role) => {
    const server = serverOf(makeStack({ roles: prefillAndDecode }), role);

    expect(server.env).toContainEqual({
      name: 'VLLM_NIXL_SIDE_CHANNEL_HOST',
      valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
    });
    expect(server.ports).toContainEqual({ name: 'nixl', containerPort: 5600 });
  });

  it('is not there without disaggregation', () => {
    expect(envOf(serverOf(makeStack()))).not.toHaveProperty('VLLM_NIXL_SIDE_CHANNEL_HOST');
  });
});
