/** Every function by name, each loaded at its first request. */
import { automationDoor } from './automation-door.ts';
import type { Door } from './door.ts';
import { automations } from './registry.ts';

export const doors: Readonly<Record<string, () => Promise<Door>>> = {
  intake: async () => (await import('./intake/index.ts')).intake,
  tick: async () => (await import('./tick/index.ts')).tick,
  status: async () => (await import('./status/index.ts')).status,
  ...Object.fromEntries(
    Object.entries(automations).map(([name, automation]) => [name, async () => automationDoor(automation)]),
  ),
};
