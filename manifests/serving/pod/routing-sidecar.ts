/**
 * The routing sidecar of a decode pod: it has the port that requests come to, lets the prefill pod that the endpoint picker chose read the
 * prompt, and then its own model server answer (llm-d/llm-d-router docs/disaggregation.md, pkg/sidecar/proxy/options.go).
 */
import type { V1Container } from '@kubernetes/client-node';
import type { Stack, StackRole } from '../../../shared/domain/serving/resolved-stack.ts';
import { imageOf, servingImages } from '../../catalogue/serving-images.ts';
import type { Wire } from '../../kubernetes/wire.ts';
import { apiToken } from '../safety/api-token.ts';
import type { Contributor } from './contribution.ts';
import { answers } from './model-server.ts';

const SIDECAR_PORT = 'sidecar';

export const routingSidecar: Contributor = (stack, role, position) => {
  if (role.role !== 'decode' || !answers(role, position)) return {};
  return {
    initContainers: [sidecar(stack, role)],
    ...(isGuarded(stack, role) && { volumes: [apiToken.volume] }),
  };
};

/**
 * The name of the prefill pod comes in a header, which whoever reaches the pod can write: only pods of the InferencePool are believed.
 * Without a gateway there is no pool.
 */
export function isGuarded({ spec }: Stack, { role }: StackRole): boolean {
  return role === 'decode' && spec.gateway !== undefined;
}

function sidecar(stack: Stack, role: StackRole): Wire<V1Container> {
  return {
    name: 'routing-proxy',
    image: imageOf(servingImages.disaggregationSidecar),
    // Native: it is there before the model server and goes after it, so that what is in flight still gets out.
    restartPolicy: 'Always',
    args: argumentsOf(stack, role),
    ports: portsOf(role),
    // Its /health is the model server's, so it says nothing of the sidecar's own life; but it is ready only when both are, and connected.
    livenessProbe: { tcpSocket: { port: SIDECAR_PORT }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: {
      httpGet: { path: '/health', port: SIDECAR_PORT },
      periodSeconds: 5,
      timeoutSeconds: 2,
      failureThreshold: 3,
    },
    resources: { requests: amounts, limits: amounts },
    ...(isGuarded(stack, role) && { volumeMounts: [apiToken.mount] }),
    securityContext,
  };
}

/** Ours: it copies bytes, and a container without limits takes the pod out of the class that is evicted last. */
const amounts = { cpu: '1', memory: '1Gi' } as const;

/** It opens ports above 1024 and nothing else; its image runs as user 65532 (llm-d/llm-d-router Dockerfile.sidecar). */
const securityContext = {
  allowPrivilegeEscalation: false,
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

function argumentsOf(stack: Stack, role: StackRole): readonly string[] {
  const { serving, modelServer, count } = role.ports;
  return [
    `--port=${serving}`,
    `--model-server-port=${modelServer}`,
    '--kv-connector=nixlv2',
    // On by default, with a certificate that it signs itself: neither the gateway nor the picker's probes speak TLS to it.
    '--secure-proxy=false',
    ...(count > 1 ? [`--data-parallel-size=${count}`, '--enable-prefiller-sampling'] : []),
    // A name without its namespace would be looked for in `default`.
    ...(isGuarded(stack, role)
      ? ['--enable-ssrf-protection', `--inference-pool=${stack.namespace}/${stack.name}`]
      : []),
  ];
}

/** One for each rank, the first with the plain name. */
function portsOf({ ports: { serving, count } }: StackRole) {
  return Array.from({ length: count }, (_, rank) => ({
    name: rank === 0 ? SIDECAR_PORT : `${SIDECAR_PORT}-${rank}`,
    containerPort: serving + rank,
  }));
}
