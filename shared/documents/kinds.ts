/** The registry of what can be published: a new kind is one line in its table here and one member of its union in `shared/domain`. */
import type { CommandKind, FleetCommand } from '../domain/command.ts';
import type { DocumentKind, FleetDocument } from '../domain/fleet-document.ts';
import { clusterKind } from './cluster/kind.ts';
import { overrideKind, pauseKind, resumeKind } from './commands/kinds.ts';
import type { KindDefinition } from './kind-definition.ts';
import { modelServiceKind } from './model-service/kind.ts';

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
