/** The registry of what can be published: a new kind is one line in its table here and one member of its union in `shared/domain`. */
import type * as z from 'zod';
import type { Catalogue } from '../domain/catalogue.ts';
import type { CommandKind, FleetCommand } from '../domain/command.ts';
import type { DocumentKind, FleetDocument } from '../domain/fleet-document.ts';
import type { Problem } from '../domain/problem.ts';
import { clusterKind } from './cluster/kind.ts';
import { overrideKind, pauseKind, resumeKind } from './commands/kinds.ts';
import { modelServiceKind } from './model-service/kind.ts';

/** `T` is what a valid one is read as. */
export interface KindDefinition<T> {
  readonly schema: z.ZodType<T>;
  /** What the form alone cannot say. Looks at every part whose form is right, even if another part's is not. */
  check(value: unknown, catalogue: Catalogue): Findings;
}

export interface Findings {
  readonly problems: readonly Problem[];
  /** What may be wrong, but only Google, the cluster or its owner knows. */
  readonly warnings: readonly Problem[];
}

/** Documents: how a target is to be. */
export const kinds: { readonly [K in DocumentKind]: KindDefinition<FleetDocument> } = {
  Cluster: clusterKind,
  ModelService: modelServiceKind,
};

/** Commands: what is to be done to a target now. */
export const commandKinds: { readonly [K in CommandKind]: KindDefinition<FleetCommand> } = {
  Override: overrideKind,
  Pause: pauseKind,
  Resume: resumeKind,
};

export function isDocumentKind(kind: unknown): kind is DocumentKind {
  return typeof kind === 'string' && Object.hasOwn(kinds, kind);
}

export function isCommandKind(kind: unknown): kind is CommandKind {
  return typeof kind === 'string' && Object.hasOwn(commandKinds, kind);
}
