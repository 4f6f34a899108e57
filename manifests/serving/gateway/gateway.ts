/** How requests reach the pods of a stack: GKE's load balancer, a route to the stack's pool, and llm-d's endpoint picker beside it. */
import { gatewayOf, type StackGateway } from '../../../shared/domain/serving/resolve-gateway.ts';
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../../kubernetes/wire.ts';
import { endpointPicker } from './endpoint-picker.ts';
import { frontDoor } from './front-door.ts';
import { modelRouting } from './model-routing.ts';
import { objectives } from './objectives.ts';
import { pool } from './pool.ts';
import { route } from './route.ts';

export type GatewayPart = (stack: Stack, gateway: StackGateway) => readonly Applied[];

/** In the order in which requests meet them; whoever is referred to comes before who refers to it, where that can be. */
const parts: readonly GatewayPart[] = [frontDoor, modelRouting, endpointPicker, pool, objectives, route];

export function gateway(stack: Stack): readonly Applied[] {
  const resolved = gatewayOf(stack);
  return resolved === undefined ? [] : parts.flatMap((part) => part(stack, resolved));
}
