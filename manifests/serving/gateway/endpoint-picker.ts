/** llm-d's endpoint picker: for each request the load balancer asks it for a pod (llm-d/llm-d-router config/charts/routerlib). */
import type { V1Deployment, V1Service } from '@kubernetes/client-node';
import type { StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { servingImages } from '../../catalogue/serving-images.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { componentLabels, componentSelector } from '../labels.ts';
import { configMap, contentAnnotation } from './config-file.ts';
import { pickerName } from './names.ts';
import { stackPickerConfig } from './picker-config/stack-picker-config.ts';
import { pickerAccess } from './picker-access.ts';
import { PICKER_CONFIG_FILE, pickerPod } from './picker-pod.ts';
import { PICKER_PORTS } from './picker-ports.ts';

export function endpointPicker(stack: Stack, gateway: StackGateway): readonly Applied[] {
  const version = gateway.picker.version ?? servingImages.endpointPicker.version;
  const files = { [PICKER_CONFIG_FILE]: stackPickerConfig(stack, gateway, version) };
  const metadata = {
    name: pickerName(stack),
    namespace: stack.namespace,
    labels: componentLabels(stack, 'endpoint-picker'),
  };
  return [
    ...pickerAccess(stack, gateway),
    configMap(metadata, files),
    deployment(stack, gateway, { metadata, version, annotations: contentAnnotation(files) }),
    service(stack, metadata),
  ];
}

interface Built {
  readonly metadata: Applied['metadata'];
  readonly version: string;
  readonly annotations: { readonly [key: string]: string };
}

function deployment(stack: Stack, gateway: StackGateway, built: Built): Applied<V1Deployment> {
  const selector = componentSelector(stack, 'endpoint-picker');
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: built.metadata,
    spec: {
      replicas: gateway.picker.replicas,
      // What is in flight is known to one alone: a successor beside it would not know, and a standby never gets ready to be counted.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: selector },
      template: {
        metadata: { labels: componentLabels(stack, 'endpoint-picker'), annotations: built.annotations },
        spec: pickerPod(stack, gateway, built.version),
      },
    },
  };
}

/** The load balancer speaks HTTP/2 to it, as gRPC is. */
function service(stack: Stack, metadata: Applied['metadata']): Applied<V1Service> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata,
    spec: {
      type: 'ClusterIP',
      selector: componentSelector(stack, 'endpoint-picker'),
      ports: [
        { name: 'grpc', port: PICKER_PORTS.grpc, targetPort: 'grpc', appProtocol: 'kubernetes.io/h2c' },
        { name: 'metrics', port: PICKER_PORTS.metrics, targetPort: 'metrics' },
      ],
    },
  };
}
