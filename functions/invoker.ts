/** Wraps a door that only Pub/Sub and Cloud Tasks may use: their OIDC token is checked first. */
import type { DoorReply, DoorRequest } from './door.ts';
import type { Runtime } from './runtime.ts';

export function forInvoker(
  runtime: Runtime,
  functionName: string,
  answer: (request: DoorRequest) => Promise<DoorReply>,
): (request: DoorRequest) => Promise<DoorReply> {
  return async (request) => {
    const caller = await runtime.verifyInvoker(functionName, request.authorization);
    if (caller.ok) return await answer(request);
    runtime.log.warn('refused a caller', { function: functionName, reason: caller.reason });
    return { status: 403, body: { error: `calling ${functionName}: ${caller.reason}` } };
  };
}
