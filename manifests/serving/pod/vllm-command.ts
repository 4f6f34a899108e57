/** `vllm serve`, as the container's command: plain arguments where they do, a shell where something has to run before it. */
import type { Json } from '../../../shared/domain/json.ts';
import type { VllmFlagName } from '../../catalogue/vllm-flags.ts';

export type VllmFlag = BuildersFlag | OwnersFlag;

export interface BuildersFlag {
  readonly name: VllmFlagName;
  /** Absent: a switch. */
  readonly value?: FlagValue;
}

/** From `spec.engine.flags`: none of the catalogue's. */
export interface OwnersFlag {
  readonly name: string;
  readonly value?: string | number;
  readonly isOwners: true;
}

/** `env`: a variable of the container. `shell`: an expression of bash, which asks for a shell. */
export type FlagValue =
  | string
  | number
  | { readonly json: Json }
  | { readonly env: string }
  | { readonly shell: string };

export interface VllmCommand {
  readonly command: readonly string[];
  readonly args: readonly string[];
}

/** Kubernetes expands `$(NAME)` in arguments (Kubernetes documentation, "Define a Command and Arguments for a Container"). */
export function vllmCommand(model: string, flags: readonly VllmFlag[], preamble: readonly string[]): VllmCommand {
  const needsShell = preamble.length > 0 || flags.some(({ value }) => isShell(value));
  if (!needsShell) return { command: ['vllm', 'serve'], args: [literal(model), ...flags.map(argumentOf)] };
  const words = ['vllm serve', quoted(model), ...flags.map(wordOf)];
  return shellCommand(words.join(' \\\n  '), preamble);
}

/** `line`: what becomes of the shell once everything before it has succeeded. */
export function shellCommand(line: string, preamble: readonly string[]): VllmCommand {
  // -e: a preparation that failed must not be followed by a server that looks well and is slow, or not connected.
  const script = ['set -e', ...preamble, `exec ${line}`].join('\n');
  return { command: ['/bin/bash', '-c'], args: [script] };
}

function isShell(value: FlagValue | undefined): value is { readonly shell: string } {
  return typeof value === 'object' && 'shell' in value;
}

function argumentOf({ name, value }: VllmFlag): string {
  if (value === undefined) return name;
  if (isShell(value)) throw new Error(`writing ${name}: an expression of the shell is no plain argument`);
  return `${name}=${plain(value)}`;
}

function wordOf({ name, value }: VllmFlag): string {
  if (value === undefined) return name;
  if (isShell(value)) return `${name}=${value.shell}`;
  const text = plain(value);
  // A reference has no quotes in the other form either; the shell sees what stands in its place.
  const isPlain = isReference(value) || /^[\w./:@%+,-]+$/.test(text);
  return `${name}=${isPlain ? text : quoted(text)}`;
}

function isReference(value: FlagValue): value is { readonly env: string } {
  return typeof value === 'object' && 'env' in value;
}

function plain(value: Exclude<FlagValue, { readonly shell: string }>): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return literal(value);
  return isReference(value) ? `$(${value.env})` : JSON.stringify(value.json);
}

/**
 * Text that Kubernetes hands on as it is: it expands `$(NAME)`, and makes one of two dollars. JSON of the builders is left alone: it may
 * hold a reference on purpose.
 */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
