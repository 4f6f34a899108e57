/**
 * One address for a stack that has no gateway. It spreads connections, not requests, and knows nothing of queues and caches; and it
 * reaches one port of a pod, so it is for replicas that have one, and not for prefill and decode, where each request needs a pair.
 */
import type { V1Service } from '@kubernetes/client-node';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { servingSelector, stackLabels } from '../labels.ts';
import { MODEL_SERVER_PORT } from '../pod/model-server.ts';

export function services(stack: Stack): readonly Applied<V1Service>[] {
  const [role, ...others] = stack.roles;
  const isSpread = others.length > 0 || (role?.ports.count ?? 0) > 1;
  if (role === undefined || isSpread || stack.spec.gateway !== undefined) return [];
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      // A LeaderWorkerSet's controller makes a headless Service of the set's own name.
      metadata: { name: `${stack.name}-http`, namespace: stack.namespace, labels: stackLabels(stack) },
      spec: {
        // Leaders only: workers of a group have not this label.
        selector: servingSelector(stack),
        ports: [{ name: 'http', port: role.ports.serving, targetPort: MODEL_SERVER_PORT }],
      },
    },
  ];
}
