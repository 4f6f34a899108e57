import type { Problem } from '../../domain/problem.ts';
import type { ModelServiceParts, RoleParts } from './parts.ts';

/** One thing that must hold; the function's name says what. Answers with nothing when it holds or cannot be judged. */
export type ModelServiceRule = (parts: ModelServiceParts) => readonly Problem[];

export type RoleRule = (role: RoleParts, parts: ModelServiceParts) => readonly Problem[];

export function forEachRole(rule: RoleRule): ModelServiceRule {
  return (parts) => parts.roles.flatMap((role) => rule(role, parts));
}
