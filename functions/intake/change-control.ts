/** What a command makes of what is stopped or set by hand. Pure. */
import type { FleetCommand, OverrideCommand, PauseSpec } from '#shared/domain/command.ts';
import type { Control, SizeOverride } from '#shared/domain/controls.ts';
import type { ResolvedModelService, ResolvedRole } from '#shared/domain/model-service.ts';
import { isPublishedLater } from '#shared/domain/order.ts';

/** What a command is judged by besides itself. */
export interface CommandContext {
  /** The command's place among those of its target. */
  readonly publishTimeMs: number;
  readonly messageId: string;
  readonly actor: string;
  readonly nowMs: number;
  /** What an override is held against. */
  readonly service?: ResolvedModelService;
}

export type ControlDecision =
  | { readonly kind: 'changed'; readonly control: Control }
  /** It is the command that stands. */
  | { readonly kind: 'same' }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * Commands of one target are one line of history: whatever kind they are, the one published last has the last word, and one that
 * comes late changes nothing any more.
 */
export function changeControl(
  stands: Control | undefined,
  command: FleetCommand,
  context: CommandContext,
): ControlDecision {
  const { publishTimeMs, messageId } = context;
  const place = { publishTimeMs, messageId };
  if (stands?.orderedBy !== undefined) {
    if (stands.orderedBy.messageId === messageId) return { kind: 'same' };
    if (!isPublishedLater(place, stands.orderedBy)) return stale(place.publishTimeMs, stands.orderedBy.publishTimeMs);
  }
  const current = { ...stands, orderedBy: place };
  switch (command.kind) {
    case 'Pause':
      return { kind: 'changed', control: { ...current, pause: toPause(command.spec, context) } };
    case 'Resume': {
      const { pause: _ended, ...control } = current;
      return { kind: 'changed', control };
    }
    case 'Override':
      return override(current, command, context);
  }
}

function stale(publishTimeMs: number, standsMs: number): ControlDecision {
  const [own, standing] = [publishTimeMs, standsMs].map((ms) => new Date(ms).toISOString());
  const reason = `published at ${own}, before the command that stands (${standing}): publish it again`;
  return { kind: 'refused', reason };
}

function toPause({ reason }: PauseSpec, { actor, publishTimeMs }: CommandContext) {
  return { actor, atMs: publishTimeMs, ...(reason !== undefined && { reason }) };
}

/** Roles that are not named keep what they have; what is over is forgotten. */
function override(current: Control, { spec }: OverrideCommand, context: CommandContext): ControlDecision {
  const { actor, nowMs, publishTimeMs, service } = context;
  const untilMs = publishTimeMs + spec.forSeconds * 1000;
  if (untilMs <= nowMs) {
    return {
      kind: 'refused',
      reason: `it ended at ${new Date(untilMs).toISOString()}, before it came in: publish it again`,
    };
  }
  const running = Object.entries(current.overrides ?? {}).filter((entry) => entry[1].untilMs > nowMs);
  const named = Object.entries(spec.sizes).map(([role, replicas]): [string, SizeOverride] => [
    role,
    { replicas, untilMs, actor },
  ]);
  const overrides: Readonly<Record<string, SizeOverride>> = Object.fromEntries([...running, ...named]);
  const problems = service === undefined ? [] : problemsOf(service.roles, { sizes: spec.sizes, overrides });
  if (problems.length > 0) return { kind: 'refused', reason: problems.join('\n') };
  return { kind: 'changed', control: { ...current, overrides } };
}

interface Sizes {
  /** As commanded. */
  readonly sizes: OverrideCommand['spec']['sizes'];
  /** With those that go on. */
  readonly overrides: Readonly<Record<string, SizeOverride>>;
}

function problemsOf(roles: readonly ResolvedRole[], { sizes, overrides }: Sizes): readonly string[] {
  const known = roles.map(({ role }) => role);
  const perRole = Object.entries(sizes).flatMap(([name, replicas]) => {
    const role = roles.find((one) => one.role === name);
    if (role === undefined) return [`the model has no role ${name}: it has ${known.join(' and ')}`];
    return problemsOfRole(role, replicas);
  });
  const asleep = known.filter((role) => overrides[role]?.replicas === 0);
  const awake = known.filter((role) => !asleep.includes(role));
  if (perRole.length > 0 || asleep.length === 0 || awake.length === 0) return perRole;
  // Prefill without decode answers nobody, and the other way round; both cost what they cost.
  return [`${asleep.join(', ')} cannot be 0 while ${awake.join(', ')} is not: set both, or pause the model`];
}

/** The document's bounds hold for people too (its author answers for the bill); changing them is another document. */
function problemsOfRole({ role, size }: ResolvedRole, replicas: number): readonly string[] {
  if (size.owner !== 'inference-fleet') {
    return [`${role} is owned by ${size.owner}, so its size is not ours to set: set it there, or change size.owner`];
  }
  if (replicas >= size.min && replicas <= size.max) return [];
  return [
    `${role}=${replicas} is outside of ${size.min} to ${size.max}, the bounds of the document: change size there`,
  ];
}
