/** The load balancer. Its proxies stand in the proxy-only subnet of the region (GKE documentation, "Deploying Gateways"). */
import type { StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import { type Gateway, GATEWAY_GROUP, type Listener } from '../../kubernetes/gateway-api.ts';
import { stackLabels } from '../labels.ts';

/** Nothing for a stack that comes in by another one's. */
export function frontDoor(stack: Stack, { gateway: name, own }: StackGateway): readonly Gateway[] {
  if (own === undefined) return [];
  return [
    {
      apiVersion: `${GATEWAY_GROUP}/v1`,
      kind: 'Gateway',
      metadata: { name, namespace: stack.namespace, labels: stackLabels(stack) },
      spec: { gatewayClassName: own.className, listeners: [listener(own)] },
    },
  ];
}

/** Routes of this namespace only: whoever may write a route anywhere could else take requests away. */
function listener({ tlsSecret }: NonNullable<StackGateway['own']>): Listener {
  const allowedRoutes = {
    namespaces: { from: 'Same' },
    kinds: [{ group: GATEWAY_GROUP, kind: 'HTTPRoute' }],
  } as const;
  if (tlsSecret === undefined) return { name: 'http', protocol: 'HTTP', port: 80, allowedRoutes };
  const certificateRefs = [{ group: '', kind: 'Secret', name: tlsSecret }] as const;
  return { name: 'https', protocol: 'HTTPS', port: 443, tls: { mode: 'Terminate', certificateRefs }, allowedRoutes };
}
