/** A command that talks to a deployment: the chosen context and its status API. */
import { chooseContext, type NamedContext, readContexts } from './contexts.ts';
import type { Invocation } from './command.ts';
import { makeStatusApi, type StatusApi } from './status-client.ts';

export interface Session extends NamedContext {
  readonly status: StatusApi;
}

/** The name given by `--context`, else by INFERCTL_CONTEXT; undefined: the file decides. */
export function askedContext({ io, text }: Pick<Invocation, 'io' | 'text'>): string | undefined {
  const fromEnvironment = io.environment['INFERCTL_CONTEXT'];
  return text('context') ?? (fromEnvironment === '' ? undefined : fromEnvironment);
}

export async function openSession(invocation: Invocation): Promise<Session> {
  const chosen = chooseContext(await readContexts(invocation.io), askedContext(invocation));
  return { ...chosen, status: makeStatusApi(invocation.io, chosen.context) };
}

/** Printed by every command that changes something. */
export function contextLine({ name, context }: NamedContext): string {
  return `Context ${name}: project ${context.project}, status at ${context.statusUrl}`;
}
