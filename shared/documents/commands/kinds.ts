import type { OverrideCommand, PauseCommand, ResumeCommand } from '../../domain/command.ts';
import type { Json } from '../../domain/json.ts';
import type { Problem } from '../../domain/problem.ts';
import type { KindDefinition } from '../kind-definition.ts';
import { member, read } from '../read-part.ts';
import { overrideCommand, pauseCommand, resumeCommand, sizes } from './schema.ts';

/** Whether the model exists and has the roles is not known here: documents are parsed where there is no ledger. */
export const overrideKind: KindDefinition<OverrideCommand> = {
  schema: overrideCommand,
  check: (value) => ({ problems: overrideNamesARole(value), warnings: [] }),
};

export const pauseKind: KindDefinition<PauseCommand> = {
  schema: pauseCommand,
  check: (value) => ({ problems: isAboutATargetOrAll(value), warnings: [] }),
};

export const resumeKind: KindDefinition<ResumeCommand> = {
  schema: resumeCommand,
  check: (value) => ({ problems: isAboutATargetOrAll(value), warnings: [] }),
};

/** It would be accepted, shown, and do nothing. */
function overrideNamesARole(value: unknown): readonly Problem[] {
  const written = member(member(value, 'spec'), 'sizes');
  // Something that is no role has its own problem, and this one would tell its author nothing.
  if (read(sizes, written) === undefined || Object.keys(Object(written)).length > 0) return [];
  const rule = 'must name at least one role';
  return [{ field: 'spec.sizes', value: written as Json, rule, fix: 'add one, e.g. decode: 6' }]; // read from JSON or YAML
}

/** A forgotten target must not freeze everything, and `all` beside a target would. */
function isAboutATargetOrAll(value: unknown): readonly Problem[] {
  const spec = member(value, 'spec');
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return [];
  const hasTarget = member(spec, 'target') !== undefined;
  const hasAll = member(spec, 'all') !== undefined;
  if (hasTarget !== hasAll) return [];
  const rule = hasTarget ? 'must have target or all, not both' : 'must say what it is about';
  const fix = hasTarget ? 'remove one of the two' : 'add target: model/<cluster>/<namespace>/<name>, or all: true';
  return [{ field: 'spec', value: spec as Json, rule, fix }]; // read from JSON or YAML
}
