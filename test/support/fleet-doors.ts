/** The doors of a fleet in one process, and the runtime that each delivery opens them with. */
import type { DispatchRequest } from '../../emulator/delivery/dispatcher.ts';
import { automationDoor } from '../../functions/automation-door.ts';
import type { Door, DoorReply } from '../../functions/door.ts';
import { intake } from '../../functions/intake/index.ts';
import { automations } from '../../functions/registry.ts';
import type { Runtime } from '../../functions/runtime.ts';
import { tick } from '../../functions/tick/index.ts';
import type { Delivery } from './delivery-under-test.ts';
import { type InnerPorts, toCloud } from './process.ts';

/** What one delivery's process has: the ports as that delivery sees them. */
export function makeRuntime(delivery: Delivery, ports: InnerPorts): Runtime {
  const nowMs = () => ports.loop.clock.nowMs();
  return {
    log: ports.loop.log,
    ledger: async () => ports.loop.ledger,
    begin: async () => {
      const beganAtMs = nowMs();
      return { ...ports.loop, clock: { nowMs, elapsedMs: () => nowMs() - beganAtMs + delivery.spentMs } };
    },
    deadLetters: async () => ports.deadLetters,
    cloud: toCloud(ports.cloud),
    decisionMetrics: async () => ({ write: async () => undefined }),
    pushTo: (name) => ({ endpoint: `http://functions/${name}`, serviceAccount: 'test' }),
    verifyInvoker: async () => ({ ok: true, email: 'test' }),
  };
}

/** As functions-framework answers a request, without the socket. */
export async function answer(
  runtime: Runtime,
  functionName: string,
  { url, body }: DispatchRequest,
): Promise<DoorReply> {
  const door = doors.get(functionName);
  if (door === undefined) throw new Error(`no function at ${url}`);
  const opened = await door.open(runtime);
  return await opened({
    method: 'POST',
    path: '/',
    query: new URLSearchParams(),
    authorization: undefined,
    body: JSON.parse(body.toString('utf8')),
  });
}

const doors: ReadonlyMap<string, Door> = new Map<string, Door>([
  ['intake', intake],
  ['tick', tick],
  ...Object.entries(automations).map(([name, door]): [string, Door] => [name, automationDoor(door)]),
]);
