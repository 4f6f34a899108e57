/**
 * Routing by the model that a request's body names, for several stacks behind one Gateway: each stack says which names are its own, and the
 * Gateway's stack runs the model router, which writes a header that routes match (llm-d/llm-d-inference-payload-processor docs/configuration.md).
 */
import type { V1ConfigMap } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import type { StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { stackLabels } from '../labels.ts';
import { modelRouter } from './model-router.ts';
import { modelMappingName } from './names.ts';

/** What the model router watches for, in its namespace. */
const MAPPING_LABEL = { 'inference.llm-d.ai/ipp-managed': 'true' } as const;

export function modelRouting(stack: Stack, gateway: StackGateway): readonly Applied[] {
  const { route, own } = gateway;
  if (route?.byModel !== true) return [];
  return [mapping(stack, route.otherNames), ...(own === undefined ? [] : modelRouter(stack, gateway))];
}

/** The served name, and adapters that are it too: both must be no other stack's. */
function mapping(stack: Stack, adapters: readonly string[]): Applied<V1ConfigMap> {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: modelMappingName(stack),
      namespace: stack.namespace,
      labels: { ...stackLabels(stack), ...MAPPING_LABEL },
    },
    data: {
      baseModel: stack.model.servedName,
      ...(adapters.length > 0 && { adapters: stringify(adapters, { version: '1.1', lineWidth: 0 }) }),
    },
  };
}
