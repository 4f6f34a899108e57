/** How the pods of each shape start, and who of them answers. */
import { describe, expect, it } from 'vitest';
import type { Position } from '#manifests/serving/pod/contribution.ts';
import type { RoleName } from '#shared/domain/model-service.ts';
import type { AllToAll, StackRoles } from '#shared/domain/serving/roles.ts';
import { envOf, flagOf, makeStack, podOf, serverOf } from '../../../support/make-serving-stack.ts';

const ranks = (allToAll?: AllToAll) =>
  ({ nodes: 2, parallelism: 'expert', ...(allToAll !== undefined && { allToAll }) }) as const;

describe('parallelism', () => {
  it.each<{ readonly gpus?: number; readonly nodes?: number; readonly tensor: string; readonly pipeline?: string }>([
    { gpus: 1, tensor: '1' },
    { gpus: 4, tensor: '4' },
    { tensor: '8' },
    { nodes: 2, tensor: '8', pipeline: '2' },
  ])('of $gpus GPUs on $nodes nodes is tensor $tensor, pipeline $pipeline', ({ gpus, nodes, tensor, pipeline }) => {
    const shape = { ...(gpus !== undefined && { gpus }), ...(nodes !== undefined && { nodes }) };
    const server = serverOf(makeStack({ roles: { aggregated: shape } }));

    expect(flagOf(server, '--tensor-parallel-size')).toBe(tensor);
    expect(flagOf(server, '--pipeline-parallel-size')).toBe(pipeline);
  });
});

describe('a group over several nodes', () => {
  const stack = makeStack({ roles: { aggregated: { nodes: 2 } }, startup: { budgetSeconds: 1200 } });
  const [leader, worker] = (['leader', 'worker'] as const).map((position) => serverOf(stack, 'aggregated', position));

  it('gathers at its leader, and waits for as long as a start may take', () => {
    for (const server of [leader!, worker!]) {
      expect(flagOf(server, '--nnodes')).toBe('2');
      expect(flagOf(server, '--node-rank')).toBe('$(LWS_WORKER_INDEX)');
      expect(flagOf(server, '--master-addr')).toBe('$(LWS_LEADER_ADDRESS)');
      expect(flagOf(server, '--distributed-timeout-seconds')).toBe('1200');
      expect(envOf(server)).toHaveProperty('VLLM_HOST_IP');
    }
  });

  it('has workers that end after their leader, and wait no longer than it may take', () => {
    const commandOf = (server: typeof leader) => server!.lifecycle?.preStop?.exec?.command ?? [];
    const [shell, , script] = commandOf(worker);

    expect(commandOf(leader)).toEqual(['/bin/sleep', '15']);
    expect(shell).toBe('/bin/bash');
    expect(script).toBe(
      `while [ "$SECONDS" -lt 60 ] && timeout 2 /bin/bash -c ': > "/dev/tcp/$LWS_LEADER_ADDRESS/8000"' 2> /dev/null; do sleep 1; done`,
    );
  });

  it('has one server: workers listen nowhere, so nothing asks them', () => {
    expect(flagOf(worker!, '--headless')).toBe('');
    expect(worker).not.toHaveProperty('readinessProbe');
    expect(worker).not.toHaveProperty('startupProbe');
    expect(worker).not.toHaveProperty('ports');
    expect(flagOf(leader!, '--headless')).toBeUndefined();
    expect(leader?.readinessProbe).toMatchObject({ httpGet: { path: '/v1/models', port: 'modelserver' } });
  });
});

describe('a group by Ray', () => {
  const stack = makeStack({
    hardware: { machineType: 'a3-ultragpu-8g', rdma: 'none' },
    engine: { image: 'registry/ray:v1', includesRay: true },
    roles: { aggregated: { nodes: 2, executor: 'ray' } },
    startup: { budgetSeconds: 900 },
  });
  const script = '/bin/bash /vllm-workspace/examples/ray_serving/multi-node-serving.sh';
  const check = "command -v ray > /dev/null || { echo 'this image has no Ray' >&2; exit 1; }";

  it('serves only once its cluster is whole', () => {
    const server = serverOf(stack, 'aggregated', 'leader');
    const lines = server.args?.[0]?.split('\n') ?? [];

    expect(lines.slice(0, 4)).toEqual([
      'set -e',
      check,
      `${script} leader --ray_cluster_size=2 --ray_port=6379 --ray_init_timeout=900`,
      'exec vllm serve \\',
    ]);
    expect(flagOf(server, '--distributed-executor-backend')).toBe('ray');
    expect(flagOf(server, '--nnodes')).toBeUndefined();
  });

  it('has workers that join it and serve nothing', () => {
    const server = serverOf(stack, 'aggregated', 'worker');

    expect(server.command).toEqual(['/bin/bash', '-c']);
    expect(server.args).toEqual([
      `set -e\n${check}\nexec ${script} worker --ray_address=$(LWS_LEADER_ADDRESS) --ray_port=6379 --ray_init_timeout=900`,
    ]);
    expect(server).not.toHaveProperty('readinessProbe');
  });
});

describe('wide expert parallelism', () => {
  const roles: StackRoles = { prefill: ranks(), decode: ranks() };
  const stack = makeStack({ roles, gateway: {} });

  it.each<{ readonly name: RoleName; readonly port: string; readonly supervisor: string }>([
    { name: 'prefill', port: '8000', supervisor: '8008' },
    { name: 'decode', port: '8200', supervisor: '8208' },
  ])('gives each GPU of $name a rank and a port, and its supervisor $supervisor', ({ name, port, supervisor }) => {
    for (const position of ['leader', 'worker'] satisfies Position[]) {
      const server = serverOf(stack, name, position);

      expect(flagOf(server, '--data-parallel-size')).toBe('16');
      expect(flagOf(server, '--data-parallel-size-local')).toBe('8');
      expect(flagOf(server, '--data-parallel-start-rank')).toBe('$((LWS_WORKER_INDEX * 8))');
      expect(flagOf(server, '--port')).toBe(port);
      expect(flagOf(server, '--data-parallel-supervisor-port')).toBe(supervisor);
      expect(server.readinessProbe).toMatchObject({ httpGet: { path: '/readyz', port: Number(supervisor) } });
      const ports = server.ports?.map(({ containerPort }) => containerPort);
      expect(ports).toEqual(expect.arrayContaining([0, 7].map((rank) => Number(port) + rank)));
      expect(ports).toContain(Number(supervisor));
    }
  });

  it.each<{ readonly allToAll: AllToAll; readonly role: RoleName; readonly backend: string; readonly dbo?: string }>([
    { allToAll: 'deepep', role: 'prefill', backend: 'deepep_high_throughput' },
    { allToAll: 'deepep', role: 'decode', backend: 'deepep_low_latency', dbo: '' },
    { allToAll: 'deepep-v2', role: 'decode', backend: 'deepep_v2' },
    { allToAll: 'nccl', role: 'prefill', backend: 'allgather_reducescatter' },
  ])('carries tokens of $role with $allToAll by $backend', ({ allToAll, role, backend, dbo }) => {
    const server = serverOf(makeStack({ roles: { prefill: ranks(allToAll), decode: ranks(allToAll) } }), role);

    expect(flagOf(server, '--all2all-backend')).toBe(backend);
    expect(flagOf(server, '--enable-dbo')).toBe(dbo);
    expect(envOf(server)['NVSHMEM_REMOTE_TRANSPORT']).toBe(allToAll === 'deepep' ? 'ibgda' : undefined);
    expect(server.securityContext?.privileged).toBe(allToAll === 'nccl' ? undefined : true);
  });

  it('asks for no rights and no NVSHMEM inside one node', () => {
    const server = serverOf(makeStack({ roles: { aggregated: { parallelism: 'expert' } } }));

    expect(server.securityContext?.privileged).toBeUndefined();
    expect(envOf(server)).not.toHaveProperty('NVSHMEM_REMOTE_TRANSPORT');
  });

  it('clears the shared memory of a server that crashed', () => {
    expect(serverOf(stack, 'decode').args?.[0]).toContain('\nfind /dev/shm -type f -delete\n');
  });
});

describe('the routing sidecar', () => {
  const sidecarOf = (roles: StackRoles, withGateway: boolean) => {
    const stack = makeStack({ roles, ...(withGateway && { gateway: {} }) });
    return podOf(stack, 'decode').spec.initContainers?.find(({ name }) => name === 'routing-proxy');
  };

  it('stands before decode as a native sidecar, and believes in pods of its pool only', () => {
    expect(sidecarOf({ prefill: { gpus: 1 }, decode: { gpus: 4 } }, true)).toMatchObject({
      restartPolicy: 'Always',
      args: [
        '--port=8000',
        '--model-server-port=8200',
        '--kv-connector=nixlv2',
        '--secure-proxy=false',
        '--enable-ssrf-protection',
        '--inference-pool=serving/demo',
      ],
      ports: [{ name: 'sidecar', containerPort: 8000 }],
      volumeMounts: [{ mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }],
      securityContext: { runAsNonRoot: true, allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
    });
  });

  it('knows no pool without a gateway, and so asks nothing of Kubernetes', () => {
    const sidecar = sidecarOf({ prefill: { gpus: 1 }, decode: { gpus: 4 } }, false);

    expect(sidecar?.args).not.toContain('--enable-ssrf-protection');
    expect(sidecar).not.toHaveProperty('volumeMounts');
  });

  it('has a port for each rank', () => {
    const sidecar = sidecarOf({ prefill: ranks(), decode: ranks() }, true);

    expect(sidecar?.args).toContain('--data-parallel-size=8');
    expect(sidecar?.ports?.map(({ containerPort }) => containerPort)).toEqual([
      8000, 8001, 8002, 8003, 8004, 8005, 8006, 8007,
    ]);
  });

  it('stands before nothing else', () => {
    const stack = makeStack({ roles: { prefill: {}, decode: { nodes: 2 } }, gateway: {} });
    const names = [podOf(stack, 'prefill'), podOf(stack, 'decode', 'worker')].flatMap(({ spec }) =>
      (spec.initContainers ?? []).map(({ name }) => name),
    );

    expect(names).not.toContain('routing-proxy');
  });
});

describe('an idle connection', () => {
  it.each<{ readonly who: string; readonly role: RoleName; readonly roles: StackRoles; readonly seconds?: string }>([
    { who: 'a load balancer', role: 'aggregated', roles: { aggregated: {} }, seconds: '620' },
    { who: 'a sidecar', role: 'prefill', roles: { prefill: {}, decode: {} }, seconds: '120' },
    { who: 'its own sidecar', role: 'decode', roles: { prefill: {}, decode: {} } },
  ])('of $who to $role is kept for $seconds s', ({ role, roles, seconds }) => {
    const env = envOf(serverOf(makeStack({ roles, gateway: {} }), role));

    expect(env['VLLM_HTTP_TIMEOUT_KEEP_ALIVE']).toBe(seconds);
  });
});
