/** The pods that requests may go to, and what GKE's load balancer has to know of them. */
import type { StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { RolePorts, Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import {
  type GcpBackendPolicy,
  GKE_NETWORKING_VERSION,
  type HealthCheckPolicy,
} from '../../kubernetes/gke-networking.ts';
import { type InferencePool, POOL_GROUP } from '../../kubernetes/inference-extension.ts';
import { servingSelector, stackLabels } from '../labels.ts';
import { pickerName } from './names.ts';
import { PICKER_PORTS } from './picker-ports.ts';

/** GKE documentation, "Configure Gateway resources using Policies". */
const MAX_DRAINING_SECONDS = 3600;

type PoolObjects = readonly [InferencePool, HealthCheckPolicy, GcpBackendPolicy];

export function pool(stack: Stack, { timeoutSeconds }: StackGateway): PoolObjects {
  const ports = portsOf(stack);
  return [inferencePool(stack, ports), healthCheck(stack, ports), backendPolicy(stack, timeoutSeconds)];
}

/**
 * Prefill and decode in one: the picker's filters tell them apart. Without `appProtocol`: HTTP/1.1 is the default, and a definition older
 * than 1.4.0, as GKE's first was, refuses the field (kubernetes-sigs/gateway-api-inference-extension api/v1/inferencepool_types.go).
 */
function inferencePool(stack: Stack, { serving, count }: RolePorts): InferencePool {
  return {
    apiVersion: `${POOL_GROUP}/v1`,
    kind: 'InferencePool',
    metadata: metadataOf(stack),
    spec: {
      selector: { matchLabels: servingSelector(stack) },
      targetPorts: Array.from({ length: count }, (_, rank) => ({ number: serving + rank })),
      endpointPickerRef: {
        name: pickerName(stack),
        port: { number: PICKER_PORTS.grpc },
        // Any pod can answer alone, but a prefill pod must not be asked to: its answer would be computed without decode.
        failureMode: stack.roles.length > 1 ? 'FailClose' : 'FailOpen',
      },
    },
  };
}

/** The load balancer's own, which would be on `/`: not even a healthy server answers that. */
function healthCheck(stack: Stack, { serving }: RolePorts): HealthCheckPolicy {
  return {
    apiVersion: GKE_NETWORKING_VERSION,
    kind: 'HealthCheckPolicy',
    metadata: metadataOf(stack),
    spec: {
      targetRef: targetOf(stack),
      default: {
        checkIntervalSec: 2,
        timeoutSec: 2,
        config: { type: 'HTTP', httpHealthCheck: { requestPath: '/health', port: serving } },
      },
    },
  };
}

/** Answers of a pod that goes are let through for as long as the pod has; by default the load balancer does not wait for any. */
function backendPolicy(stack: Stack, timeoutSec: number): GcpBackendPolicy {
  const drainingTimeoutSec = Math.min(stack.drain.graceSeconds, MAX_DRAINING_SECONDS);
  return {
    apiVersion: GKE_NETWORKING_VERSION,
    kind: 'GCPBackendPolicy',
    metadata: metadataOf(stack),
    spec: {
      targetRef: targetOf(stack),
      default: { timeoutSec, connectionDraining: { drainingTimeoutSec }, logging: { enabled: true } },
    },
  };
}

function targetOf({ name }: Stack) {
  return { group: POOL_GROUP, kind: 'InferencePool', name } as const;
}

function metadataOf(stack: Stack) {
  return { name: stack.name, namespace: stack.namespace, labels: stackLabels(stack) };
}

/** Roles of a valid stack have the same. */
function portsOf({ name, roles: [role] }: Stack): RolePorts {
  if (role === undefined) throw new Error(`building the pool of ${name}: it has no role`);
  return role.ports;
}
