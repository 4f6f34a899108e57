/** Which automation a document, target or hint concerns. */
import type { Wake } from '#shared/ports/wakes.ts';
import type { AutomationDoor } from './automation-door.ts';
import * as registered from './automations.ts';

/** By name. */
export const automations: Readonly<Record<string, AutomationDoor>> = Object.fromEntries(
  Object.values(registered).map((door) => [door.name, door]),
);

/** Names of the automations that a document of this kind concerns. */
export function concernedBy(kind: string): readonly string[] {
  return Object.entries(automations).flatMap(([name, { kinds }]) => (kinds.includes(kind) ? [name] : []));
}

/** Every automation that looks after a target of this name. */
export function wakesOf(target: string): readonly Wake[] {
  const first = target.split('/', 1)[0];
  return Object.entries(automations).flatMap(([automation, { targets }]) =>
    targets === first ? [{ automation, target }] : [],
  );
}

/** What a hint costs at most where an automation names no pace of its own: a look a minute, as the tick would lead to. */
const DEFAULT_PACE_SECONDS = 60;

export function hintPaceMsOf(automation: string): number {
  return (automations[automation]?.paceSeconds ?? DEFAULT_PACE_SECONDS) * 1000;
}
