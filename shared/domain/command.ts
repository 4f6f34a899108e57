/**
 * What a person asks for besides documents. A document says how a target is to be; a command does something to it now, and has no name
 * of its own. Type aliases instead of interfaces: a command must be storable as plain JSON.
 */
import type { API_VERSION } from './document.ts';
import type { RoleName } from './model-service.ts';

export type FleetCommand = OverrideCommand | PauseCommand | ResumeCommand;

export type CommandKind = FleetCommand['kind'];

/** Holds roles of one model at sizes that a person chose; afterwards the automation decides again. */
export type OverrideCommand = {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Override';
  readonly spec: OverrideSpec;
};

export type OverrideSpec = {
  /** `model/<cluster>/<namespace>/<name>`. */
  readonly target: string;
  /** Replicas by role; a role that is not named is scaled as before. */
  readonly sizes: OverrideSizes;
  readonly forSeconds: number;
};

export type OverrideSizes = { readonly [R in RoleName]?: number };

/** Stops every change to a target; it is still looked at, and shown. */
export type PauseCommand = {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Pause';
  readonly spec: PauseSpec;
};

export type ResumeCommand = {
  readonly apiVersion: typeof API_VERSION;
  readonly kind: 'Resume';
  readonly spec: PauseSpec;
};

/** Exactly one of `target` and `all`. */
export type PauseSpec = {
  readonly target?: string;
  /** Everything that the automation looks after: the global freeze, or its end. */
  readonly all?: true;
  /** Shown to whoever asks why nothing happens. */
  readonly reason?: string;
};

/** The target that the command is about; undefined when it is about all. */
export function targetOfCommand({ spec }: FleetCommand): string | undefined {
  return spec.target;
}
