/** Which requests come to the stack's pool, and which share of them. */
import type { StackGateway, StackRoute } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import {
  GATEWAY_GROUP,
  type HttpBackendRef,
  type HttpRoute,
  type HttpRouteMatch,
} from '../../kubernetes/gateway-api.ts';
import { POOL_GROUP } from '../../kubernetes/inference-extension.ts';
import { stackLabels } from '../labels.ts';

/** Written by the model router: the base model of what the body names (llm-d/llm-d-inference-payload-processor docs/configuration.md). */
const BASE_MODEL_HEADER = 'X-Gateway-Base-Model-Name';

/** Nothing for a stack that another one's route sends its share to. */
export function route(stack: Stack, { gateway, route: resolved }: StackGateway): readonly HttpRoute[] {
  if (resolved === undefined) return [];
  return [
    {
      apiVersion: `${GATEWAY_GROUP}/v1`,
      kind: 'HTTPRoute',
      metadata: { name: stack.name, namespace: stack.namespace, labels: stackLabels(stack) },
      spec: {
        parentRefs: [{ group: GATEWAY_GROUP, kind: 'Gateway', name: gateway }],
        rules: [{ matches: [matchOf(stack, resolved)], backendRefs: backendsOf(stack, resolved) }],
      },
    },
  ];
}

/** The OpenAI API. Beside it a server has metrics, tokenizers and what puts it to sleep: for the cluster alone (vLLM docs/usage/security.md). */
const API_PATH = '/v1';

function matchOf({ model }: Stack, { byModel, headers: written }: StackRoute): HttpRouteMatch {
  const required = [...(byModel ? [[BASE_MODEL_HEADER, model.servedName] as const] : []), ...Object.entries(written)];
  const headers = required.map(([name, value]) => ({ type: 'Exact', name, value }) as const);
  return { path: { type: 'PathPrefix', value: API_PATH }, ...(headers.length > 0 && { headers }) };
}

function backendsOf({ name: own }: Stack, { weights }: StackRoute): readonly HttpBackendRef[] {
  if (weights === undefined) return [backend(own)];
  return Object.entries(weights).map(([name, weight]) => ({ ...backend(name), weight }));
}

function backend(name: string): HttpBackendRef {
  return { group: POOL_GROUP, kind: 'InferencePool', name };
}
