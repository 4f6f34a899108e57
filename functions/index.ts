/** Registers every function with functions-framework, one line each. */
import { http } from '@google-cloud/functions-framework';
import { automationDoor } from './automation-door.ts';
import { toHttpFunction } from './door.ts';
import { automations } from './registry.ts';
import { startRuntime } from './runtime.ts';

http('intake', toHttpFunction(async () => (await import('./intake/index.ts')).intake, startRuntime));
http('tick', toHttpFunction(async () => (await import('./tick/index.ts')).tick, startRuntime));
http('status', toHttpFunction(async () => (await import('./status/index.ts')).status, startRuntime));
for (const [name, door] of Object.entries(automations)) {
  http(name, toHttpFunction(async () => automationDoor(name, door), startRuntime));
}

/** Every registered name: what a deployment needs, and what `server.ts` serves. */
export const functionNames: readonly string[] = ['intake', 'tick', 'status', ...Object.keys(automations)];
