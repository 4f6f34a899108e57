/** What a size may not do, whoever asks for it. In order: cool-down, a person's override, a rollout under way. */
import { formatDuration } from '../time-text.ts';
import { type Draft, floorOf, limitTo, type RoleContext } from './recommend.ts';
import type { RoleInput } from './types.ts';

/** Sizes that are not ours to set. Absent: it is ours. */
export function leaveAlone(draft: Draft): Draft | undefined {
  const { owner, foreignScaler, currentReplicas } = draft.role;
  if (owner !== 'inference-fleet') {
    return limitTo(draft, currentReplicas, { by: 'owner', formula: `the size belongs to ${owner}` });
  }
  if (foreignScaler === undefined) return undefined;
  return limitTo(draft, currentReplicas, { by: 'foreignScaler', formula: `${foreignScaler} sets the size` });
}

/** A size outside its bounds is put right at once, past signals, windows and rates: the document asks for it. Absent: within. */
export function correctBounds(draft: Draft): Draft | undefined {
  const { currentReplicas, size } = draft.role;
  const floor = floorOf(draft.role);
  if (currentReplicas > size.max) {
    return limitTo(draft, size.max, { by: 'ceiling', formula: `${currentReplicas} is above the maximum ${size.max}` });
  }
  if (currentReplicas >= floor) return undefined;
  return limitTo(draft, floor, { by: 'floor', formula: `${currentReplicas} is below the minimum ${floor}` });
}

/** What was added is not taken away before it was of use. */
export function applyCooldown(draft: Draft, { nowMs, settings }: RoleContext): Draft {
  const { lastUpAtMs } = draft.memory;
  const { currentReplicas } = draft.role;
  // A lowered ceiling is the document's wish, not a change of mind.
  if (draft.desiredReplicas >= currentReplicas || lastUpAtMs === undefined || draft.limitedBy === 'ceiling')
    return draft;
  const leftMs = lastUpAtMs + settings.cooldownAfterUpSeconds * 1000 - nowMs;
  if (leftMs <= 0) return draft;
  const formula = `${draft.desiredReplicas} wanted; grown ${spanText(nowMs - lastUpAtMs)} ago, smaller in ${spanText(leftMs)} at the earliest`;
  return limitTo(draft, currentReplicas, { by: 'cooldown', formula });
}

/** A person's word goes before the rule's, within the bounds; zero of one role is left to the pair (`zero.ts`). */
export function applyOverride(draft: Draft, { nowMs }: Pick<RoleContext, 'nowMs'>): Draft {
  const { override, size } = draft.role;
  if (!isOverridden(draft.role, nowMs) || override === undefined) return draft;
  const replicas = Math.min(Math.max(override.replicas, size.min), size.max);
  const within = replicas === override.replicas ? '' : `, within ${size.min}..${size.max}`;
  const formula = `${override.replicas} set by a person${within}, for ${spanText(override.untilMs - nowMs)} more`;
  return limitTo(draft, replicas, { by: 'override', formula });
}

/** Whether a person's word holds now. */
export function isOverridden({ override }: RoleInput, nowMs: number): boolean {
  return override !== undefined && override.untilMs > nowMs;
}

/**
 * Nothing is taken away during a rollout: of a LeaderWorkerSet the highest, already updated groups would go first (observed on
 * kubernetes-sigs/lws).
 */
export function applyRollout(draft: Draft): Draft {
  const { rolloutInProgress, currentReplicas } = draft.role;
  if (!rolloutInProgress || draft.desiredReplicas >= currentReplicas) return draft;
  return limitTo(draft, currentReplicas, {
    by: 'rollout',
    formula: `${draft.desiredReplicas} wanted; a rollout is under way`,
  });
}

/** Begun seconds count: what has half a second to go is not over. */
function spanText(ms: number): string {
  return formatDuration(Math.ceil(ms / 1000) * 1000);
}
