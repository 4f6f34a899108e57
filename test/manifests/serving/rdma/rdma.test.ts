/** How pods get their NICs, by machine and attachment, and what NCCL and UCX are then told. */
import { describe, expect, it } from 'vitest';
import { gpuWithNicTemplate } from '#manifests/serving/rdma/dranet.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { deviceNetworks } from '#manifests/objects/device-networks.ts';
import type { StackRoles } from '#shared/domain/serving/roles.ts';

import { makeResolvedCluster } from '../../../support/make-cluster.ts';
import { envOf, makeStack, podOf, serverOf } from '../../../support/make-serving-stack.ts';

const ultra = { machineType: 'a3-ultragpu-8g' } as const;
const mega = { machineType: 'a3-megagpu-8g' } as const;
const twoNodes: StackRoles = { aggregated: { nodes: 2 } };
const prefillAndDecode: StackRoles = { prefill: {}, decode: {} };

function interfacesOf(stack: ReturnType<typeof makeStack>, role: 'aggregated' | 'decode' = 'aggregated') {
  const list = podOf(stack, role).metadata?.annotations?.['networking.gke.io/interfaces'];
  return list === undefined ? undefined : (JSON.parse(list) as { interfaceName: string; network: string }[]);
}

describe('multi-network', () => {
  const server = serverOf(makeStack({ roles: twoNodes }));

  it('names a network of the cluster for every NIC, in the order of the node', () => {
    const interfaces = interfacesOf(makeStack({ roles: twoNodes }));

    expect(interfaces?.map(({ interfaceName, network }) => `${interfaceName} ${network}`)).toEqual([
      'eth0 default',
      ...Array.from({ length: 8 }, (_, index) => `eth${index + 2} rdma-${index}`),
    ]);
  });

  it('names no network that the cluster does not make', () => {
    const made = deviceNetworks(makeResolvedCluster()).map(({ metadata }) => metadata.name);
    const asked = interfacesOf(makeStack({ hardware: { ...ultra, gvnic: true }, roles: twoNodes })) ?? [];

    expect(
      asked.map(({ network }) => network).filter((network) => network !== 'default' && !made.includes(network)),
    ).toEqual([]);
    expect(asked).toContainEqual({ interfaceName: 'eth1', network: 'gvnic-1' });
  });

  it('asks for none of the resources that nodes do not offer', () => {
    const zeros = Object.entries(server.resources?.limits ?? {}).filter(([name]) =>
      name.startsWith('networking.gke.io.networks/'),
    );

    expect(zeros).toHaveLength(8);
    expect(new Set(zeros.map(([, amount]) => amount))).toEqual(new Set(['0']));
    expect(server.resources?.requests).toEqual(server.resources?.limits);
  });

  it('loads gIB in the shell of the server, before it', () => {
    const [script] = server.args ?? [];

    expect(script?.split('\n').slice(0, 4)).toEqual([
      'set -e',
      'export LD_LIBRARY_PATH=/usr/local/gib/lib64:/usr/local/nvidia/lib64${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}',
      'source /usr/local/gib/scripts/set_nccl_env.sh',
      String.raw`exec vllm serve \ `.trimEnd(),
    ]);
    expect(server.volumeMounts).toContainEqual({ name: 'gib', mountPath: '/usr/local/gib', readOnly: true });
    expect(envOf(server)['NCCL_TUNER_PLUGIN']).toBeUndefined();
  });

  it('gives workers what their leader has', () => {
    const stack = makeStack({ roles: twoNodes });

    const [leader, worker] = (['leader', 'worker'] as const).map((position) => podOf(stack, 'aggregated', position));

    expect(worker?.metadata?.annotations).toEqual(leader?.metadata?.annotations);
    expect(worker?.spec.containers[0]?.resources).toEqual(leader?.spec.containers[0]?.resources);
  });
});

describe('NCCL and UCX', () => {
  it.each([
    { name: 'one GPU', roles: { aggregated: { gpus: 1 } }, tuner: 'none', reachability: undefined },
    { name: 'prefill and decode on whole nodes', roles: prefillAndDecode, tuner: 'none', reachability: 'all' },
    { name: 'a group over two nodes', roles: twoNodes, tuner: undefined, reachability: undefined },
  ])('of $name', ({ roles, tuner, reachability }) => {
    const stack = makeStack({ roles });

    const env = envOf(serverOf(stack, stack.roles[0]!.role));

    expect(env['NCCL_TUNER_PLUGIN']).toBe(tuner);
    expect(env['UCX_IB_ROCE_REACHABILITY_MODE']).toBe(reachability);
    expect(env).not.toHaveProperty('UCX_TLS');
  });

  it('leave the plugins of the nodes off where DeepEP carries the tokens, and use them where NCCL does', () => {
    const [deepep, second, nccl] = (['deepep', 'deepep-v2', 'nccl'] as const).map((allToAll) =>
      serverOf(makeStack({ roles: { aggregated: { nodes: 2, parallelism: 'expert', allToAll } } })),
    );

    expect(envOf(deepep!)).toMatchObject({ NCCL_TUNER_PLUGIN: 'none', NCCL_NET_PLUGIN: '' });
    expect(envOf(second!)).toMatchObject({ NCCL_TUNER_PLUGIN: 'none', NCCL_NET_PLUGIN: '' });
    expect(Object.keys(envOf(second!)).filter((name) => /^(DEEP_EP|NVSHMEM)_/.test(name))).toEqual([]);
    expect(nccl?.args?.[0]).toContain('set_nccl_env.sh');
  });
});

describe('DRANET', () => {
  const roles: StackRoles = { prefill: { gpus: 1 }, decode: { gpus: 4 } };
  const stack = makeStack({ hardware: { ...ultra, rdma: 'dranet' }, roles });

  it.each([
    { role: 'prefill', claims: ['rank-0'] },
    { role: 'decode', claims: ['rank-0', 'rank-1', 'rank-2', 'rank-3'] },
  ] as const)('claims a GPU with its NIC for each rank of $role, and asks for no other GPU', ({ role, claims }) => {
    const { spec } = podOf(stack, role);
    const [server] = spec.containers;

    expect(server?.resources?.claims?.map(({ name }) => name)).toEqual(claims);
    expect(spec.resourceClaims?.map(({ name }) => name)).toEqual(claims);
    expect(server?.resources?.limits).not.toHaveProperty('nvidia.com/gpu');
    expect(podOf(stack, role).metadata?.annotations).toBeUndefined();
  });

  it('makes the template that pods name, under a name of its content', () => {
    const template = gpuWithNicTemplate(stack);
    const named = podOf(stack, 'decode').spec.resourceClaims?.map(
      ({ resourceClaimTemplateName }) => resourceClaimTemplateName,
    );

    expect(renderStack(stack)).toContainEqual(template);
    expect(new Set(named)).toEqual(new Set([template.metadata.name]));
    expect(template.metadata.name).toMatch(/^demo-gpu-nic-[0-9a-f]{8}$/);
    expect(template.spec?.spec.devices?.constraints).toEqual([{ matchAttribute: 'resource.kubernetes.io/pcieRoot' }]);
  });
});

describe('TCPXO', () => {
  it('puts the daemon beside each server of a group over nodes, with GPUs that it does not own', () => {
    const stack = makeStack({ hardware: mega, roles: twoNodes });

    const { metadata, spec } = podOf(stack, 'aggregated', 'worker');

    const daemon = spec.initContainers?.find(({ name }) => name === 'tcpxo-daemon');
    expect(daemon).toMatchObject({
      restartPolicy: 'Always',
      image: expect.stringMatching(/:v\d+\.\d+\.\d+$/) as string,
    });
    expect(daemon?.resources).toBeUndefined();
    expect(JSON.parse(metadata?.annotations?.['devices.gke.io/container.tcpxo-daemon'] ?? '')).toHaveLength(8 + 3);
    expect(interfacesOf(stack)?.at(-1)).toEqual({ interfaceName: 'eth8', network: 'vpc8' });
  });

  it('mounts only volumes that are there', () => {
    const { spec } = podOf(makeStack({ hardware: mega, roles: twoNodes }), 'aggregated');
    const mounts = [...(spec.initContainers ?? []), ...spec.containers].flatMap(
      ({ volumeMounts = [] }) => volumeMounts,
    );

    const volumes = spec.volumes?.map(({ name }) => name);

    expect(mounts.filter(({ name }) => !volumes?.includes(name))).toEqual([]);
  });

  it('is left out between prefill and decode, which it does not carry', () => {
    const { metadata, spec } = podOf(makeStack({ hardware: mega, roles: prefillAndDecode }), 'decode');

    expect(spec.initContainers?.map(({ name }) => name)).not.toContain('tcpxo-daemon');
    expect(metadata?.annotations).toBeUndefined();
  });
});
