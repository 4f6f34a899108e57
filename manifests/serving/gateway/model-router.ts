/** llm-d's payload processor, which the load balancer calls before it chooses a route. One for each Gateway. */
import type { V1Deployment, V1Role, V1RoleBinding, V1Service, V1ServiceAccount } from '@kubernetes/client-node';
import type { StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { imageOf, servingImages } from '../../catalogue/serving-images.ts';
import { GATEWAY_GROUP } from '../../kubernetes/gateway-api.ts';
import {
  type GcpRoutingExtension,
  GKE_NETWORKING_VERSION,
  type HealthCheckPolicy,
} from '../../kubernetes/gke-networking.ts';
import { READ, RBAC_GROUP, RBAC_VERSION } from '../../kubernetes/rbac.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { componentLabels, componentSelector } from '../labels.ts';
import { configMap, contentAnnotation } from './config-file.ts';
import { modelRouterName } from './names.ts';

/** llm-d/llm-d-inference-payload-processor pkg/server/options.go. */
export const PORTS = { grpc: 9004, health: 9005 } as const;
const CONFIG_FILE = 'payload-processor.yaml';

/** One profile, so each request goes through it. */
const files = {
  [CONFIG_FILE]: {
    apiVersion: 'llm-d.ai/v1alpha1',
    kind: 'PayloadProcessorConfig',
    plugins: [
      { type: 'body-field-to-header', parameters: { fieldName: 'model', headerName: 'X-Gateway-Model-Name' } },
      { type: 'base-model-to-header' },
    ],
    profiles: [
      {
        name: 'default',
        plugins: { request: [{ pluginRef: 'body-field-to-header' }, { pluginRef: 'base-model-to-header' }] },
      },
    ],
  },
};

export function modelRouter(stack: Stack, { gateway }: StackGateway): readonly Applied[] {
  const metadata = {
    name: modelRouterName(stack),
    namespace: stack.namespace,
    labels: componentLabels(stack, 'model-router'),
  };
  return [
    ...access(metadata),
    configMap(metadata, files),
    deployment(stack, metadata),
    service(stack, metadata),
    healthCheck(metadata),
    extension(metadata, gateway),
  ];
}

type Metadata = Applied['metadata'];

/** It watches the ConfigMaps that say which stack a name belongs to. */
function access(metadata: Metadata): readonly [Applied<V1ServiceAccount>, Applied<V1Role>, Applied<V1RoleBinding>] {
  const { name } = metadata;
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: RBAC_VERSION,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: READ }],
    },
    {
      apiVersion: RBAC_VERSION,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: metadata.namespace ?? '' }],
    },
  ];
}

/** Its configuration leaves a mark on its pods, so that a change rolls them. */
function deployment(stack: Stack, metadata: Metadata): Applied<V1Deployment> {
  const selector = componentSelector(stack, 'model-router');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      // It remembers nothing, and no request passes without it.
      replicas: 2,
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: componentLabels(stack, 'model-router'), annotations: contentAnnotation(files) },
        spec: {
          serviceAccountName: metadata.name,
          containers: [container()],
          volumes: [{ name: 'config', configMap: { name: metadata.name } }],
        },
      },
    },
  };
}

function container() {
  return {
    name: 'model-router',
    image: imageOf(servingImages.payloadProcessor),
    args: [`--config-file=/config/${CONFIG_FILE}`, '--tracing=false', '--metrics-endpoint-auth=false'],
    // It keeps to its own namespace.
    env: [{ name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } }],
    ports: [
      { name: 'grpc', containerPort: PORTS.grpc },
      { name: 'grpc-health', containerPort: PORTS.health },
      { name: 'metrics', containerPort: 9090 },
    ],
    livenessProbe: { grpc: { port: PORTS.health }, periodSeconds: 10 },
    readinessProbe: { grpc: { port: PORTS.health }, periodSeconds: 2 },
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
    volumeMounts: [{ name: 'config', mountPath: '/config', readOnly: true }],
  };
}

/** HTTP2 is with TLS: it serves with a certificate that it makes for itself. */
function service(stack: Stack, metadata: Metadata): Applied<V1Service> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: 'ClusterIP',
      selector: componentSelector(stack, 'model-router'),
      ports: [{ name: 'grpc', port: PORTS.grpc, targetPort: 'grpc', appProtocol: 'HTTP2' }],
    },
  };
}

function healthCheck(metadata: Metadata): HealthCheckPolicy {
  const grpcHealthCheck = { portSpecification: 'USE_FIXED_PORT', port: PORTS.health } as const;
  return {
    apiVersion: GKE_NETWORKING_VERSION,
    kind: 'HealthCheckPolicy',
    metadata,
    spec: {
      targetRef: { group: '', kind: 'Service', name: metadata.name },
      default: { config: { type: 'GRPC', grpcHealthCheck } },
    },
  };
}

/**
 * Of requests alone: each event is a hop more, and answers tell it nothing. The most that may be waited: a prompt comes in pieces, and one
 * second was too little for large ones (llm-d/llm-d-inference-payload-processor config/kustomize/overlays/gke).
 */
function extension(metadata: Metadata, gateway: string): GcpRoutingExtension {
  const backendRef = { group: '', kind: 'Service', name: metadata.name, port: PORTS.grpc } as const;
  const callout = {
    name: 'model',
    authority: `${metadata.name}.internal`,
    timeout: '10s',
    supportedEvents: ['RequestHeaders', 'RequestBody', 'RequestTrailers'],
    requestBodySendMode: 'FullDuplexStreamed',
    backendRef,
  } as const;
  return {
    apiVersion: GKE_NETWORKING_VERSION,
    kind: 'GCPRoutingExtension',
    metadata,
    spec: {
      targetRefs: [{ group: GATEWAY_GROUP, kind: 'Gateway', name: gateway }],
      extensionChains: [{ name: 'model', extensions: [callout] }],
    },
  };
}
