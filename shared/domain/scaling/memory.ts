/** What is remembered of one role between two looks. Bounded: windows and periods hold a few dozen entries at a look every 15 s. */
import { beginMemory, longestWindowSeconds, rememberChange } from './hpa-behavior.ts';
import { behaviorOf } from './pace.ts';
import type { RoleInput, RoleMemory, ServiceSettings } from './types.ts';

/**
 * How long a size that proved too small is not tried again, in start-up times. Ours: a wrong try costs one start-up of bad service, so
 * at most one in ten is risked.
 */
export const TOO_FEW_STARTUPS = 10;

/** Looks are 15 s apart: after so long (seconds) without a recommendation even a window of no length has a hole in it. */
const LONGEST_GAP_SECONDS = 60;

/** What is remembered of a role, begun anew at the first look and without what was asked for in vain. */
export function recallRole(
  role: RoleInput,
  memory: RoleMemory | undefined,
  { nowMs, settings }: { readonly nowMs: number; readonly settings: ServiceSettings },
): RoleMemory {
  const begun = beginMemory(role.currentReplicas, nowMs);
  if (memory === undefined) return begun;
  if (memory.recommendations.some(({ atMs }) => atMs > nowMs)) {
    // The clock went back. Nothing of a time to come may count: not even a window of no length would let go of it until then.
    return notAfter(nowMs, forgetUnapplied({ ...memory, recommendations: begun.recommendations }, role));
  }
  const newest = memory.recommendations.at(-1);
  const gapSeconds = Math.max(longestWindowSeconds(behaviorOf(settings)), LONGEST_GAP_SECONDS);
  // Nobody has followed the load for a whole window: what it was is not known, so one look must not shrink what served it.
  const isLost = newest !== undefined && nowMs - newest.atMs > gapSeconds * 1000;
  return forgetUnapplied(isLost ? { ...memory, recommendations: begun.recommendations } : memory, role);
}

/** What happened happened now at the latest: its rates and cool-downs end as if it had been now, and not with the clock that is gone. */
function notAfter(nowMs: number, memory: RoleMemory): RoleMemory {
  const { ups, downs, lastUpAtMs, lastDownAtMs } = memory;
  const bounded = (events: RoleMemory['ups']) =>
    events.map((event) => ({ ...event, atMs: Math.min(event.atMs, nowMs) }));
  return {
    ...memory,
    ups: bounded(ups),
    downs: bounded(downs),
    ...(lastUpAtMs !== undefined && { lastUpAtMs: Math.min(lastUpAtMs, nowMs) }),
    ...(lastDownAtMs !== undefined && { lastDownAtMs: Math.min(lastDownAtMs, nowMs) }),
  };
}

/** A change that the next look does not find (a conflict, a call that failed) is no change: it must not use up rates or cool-downs. */
function forgetUnapplied(memory: RoleMemory, { currentReplicas }: RoleInput): RoleMemory {
  const { asked, ...kept } = memory;
  if (asked === undefined || currentReplicas !== asked.fromReplicas) return kept;
  const { lastUpAtMs: _up, lastDownAtMs: _down, tooFew: _learned, ...rest } = kept;
  return { ...rest, ...asked.before };
}

/** A size that the decision asks for, and what it was asked by. */
export interface AskedChange {
  readonly role: RoleInput;
  readonly toReplicas: number;
  readonly nowMs: number;
  readonly settings: ServiceSettings;
}

/** Takes a change into the memory: its windows, rates and cool-downs count from the asking, since applying follows at once. */
export function rememberAsked(memory: RoleMemory, change: AskedChange): RoleMemory {
  const { role, toReplicas, nowMs, settings } = change;
  const fromReplicas = role.currentReplicas;
  if (toReplicas === fromReplicas) return memory;
  const events = rememberChange(memory, behaviorOf(settings), { nowMs, currentReplicas: fromReplicas, toReplicas });
  const { ups, downs, lastUpAtMs, lastDownAtMs, tooFew } = memory;
  const before = {
    ups,
    downs,
    ...(lastUpAtMs !== undefined && { lastUpAtMs }),
    ...(lastDownAtMs !== undefined && { lastDownAtMs }),
    ...(tooFew !== undefined && { tooFew }),
  };
  const asked = { fromReplicas, toReplicas, atMs: nowMs, before };
  if (toReplicas < fromReplicas) return { ...memory, ...events, asked, lastDownAtMs: nowMs };
  return { ...memory, ...events, asked, lastUpAtMs: nowMs, ...learn(memory, change) };
}

/**
 * Up again within twice the start-up time after a step down: the size in between was too small. Only the first step up says so; the ones
 * after it chase a queue that grows while replicas start. From zero nothing is learned.
 */
function learn({ lastDownAtMs, lastUpAtMs }: RoleMemory, { role, nowMs }: AskedChange): Pick<RoleMemory, 'tooFew'> {
  const { currentReplicas: replicas, startupSeconds } = role;
  if (lastDownAtMs === undefined || replicas === 0 || (lastUpAtMs ?? 0) > lastDownAtMs) return {};
  if (nowMs - lastDownAtMs > 2 * startupSeconds * 1000) return {};
  return { tooFew: { replicas, untilMs: nowMs + TOO_FEW_STARTUPS * startupSeconds * 1000 } };
}
