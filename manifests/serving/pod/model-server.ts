/** The part of a pod that every shape has: the server, its ports and probes, and how it ends. */
import type { V1Probe } from '@kubernetes/client-node';
import type { RolePorts, Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { offloadedSharedMemoryGib } from '../../../shared/domain/serving/resolved-kv-cache.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import type { Contributor, Position } from './contribution.ts';
import { gpuNodes } from './gpu-nodes.ts';
import type { VllmFlag } from './vllm-command.ts';

/** The port of the model server, by name: probes, monitoring and Services name it. */
export const MODEL_SERVER_PORT = 'modelserver';

export const modelServer: Contributor = (stack, role, position) => ({
  server: {
    flags: [...identityFlags(stack), ...servingFlags(stack, role, position)],
    ports: answers(role, position) ? portsOf(role.ports) : [],
    volumeMounts: [{ name: 'shm', mountPath: '/dev/shm' }],
  },
  // Tensor-parallel ranks of a pod hand their results over in shared memory, of which a container has 64 MiB by default.
  volumes: [
    {
      name: 'shm',
      emptyDir: {
        medium: 'Memory',
        sizeLimit: `${role.resources.sharedMemoryGib + offloadedSharedMemoryGib(stack, role)}Gi`,
      },
    },
  ],
  ...gpuNodes(stack),
});

/** Whether the pod serves HTTP: workers of a tensor-parallel group compute and answer nobody; ranks of data parallelism all answer. */
export function answers({ parallelism }: StackRole, position: Position): boolean {
  return position !== 'worker' || parallelism.dataPerPod > 0;
}

function identityFlags({ model }: Stack): readonly VllmFlag[] {
  const { servedName, revision, maxContextTokens } = model;
  return [
    { name: '--served-model-name', value: servedName },
    ...(revision === undefined ? [] : [{ name: '--revision', value: revision } as const]),
    ...(maxContextTokens === undefined ? [] : [{ name: '--max-model-len', value: maxContextTokens } as const]),
  ];
}

function servingFlags({ drain }: Stack, role: StackRole, position: Position): readonly VllmFlag[] {
  if (!answers(role, position)) return [];
  return [
    { name: '--port', value: role.ports.modelServer },
    { name: '--shutdown-timeout', value: drain.shutdownSeconds },
    { name: '--disable-access-log-for-endpoints', value: '/health,/metrics,/v1/models' },
  ];
}

function portsOf({ modelServer: first, count }: RolePorts) {
  return portNames({ count }).map((name, rank) => ({ name, containerPort: first + rank }));
}

/** One for each rank, which answers and has metrics of its own; the first with the plain name. */
export function portNames({ count }: Pick<RolePorts, 'count'>): readonly string[] {
  return Array.from({ length: count }, (_, rank) => (rank === 0 ? MODEL_SERVER_PORT : `${MODEL_SERVER_PORT}-${rank}`));
}

export interface Probes {
  readonly startupProbe: Wire<V1Probe>;
  readonly livenessProbe: Wire<V1Probe>;
  readonly readinessProbe: Wire<V1Probe>;
}

/**
 * `/health` answers before the model is loaded, `/v1/models` after (llm-d/llm-d docs/operations/readiness-probes.md). The supervisor of
 * ranks has paths of its own (llm-d/llm-d guides/wide-ep-lws). Undefined: nothing listens, so a probe would never pass.
 */
export function probesOf({ startup }: Stack, role: StackRole, position: Position): Probes | undefined {
  if (!answers(role, position)) return undefined;
  const { supervisor } = role.ports;
  const loaded = supervisor === undefined ? get('/v1/models', MODEL_SERVER_PORT) : get('/readyz', supervisor);
  const alive = supervisor === undefined ? get('/health', MODEL_SERVER_PORT) : get('/health', supervisor);
  const { probePeriodSeconds: periodSeconds, failureThreshold } = startup;
  return {
    startupProbe: { ...loaded, periodSeconds, timeoutSeconds: 5, failureThreshold },
    livenessProbe: { ...alive, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { ...loaded, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 3 },
  };
}

function get(path: string, port: string | number) {
  return { httpGet: { path, port } } as const;
}
