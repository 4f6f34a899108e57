/** Named contexts (D15): where a deployment is. Nothing ever falls back to a project of the ambient credentials. */
import { join } from 'node:path';
import * as z from 'zod';
import { nearest } from '#shared/documents/nearest.ts';
import { ensureError } from '#shared/errors.ts';
import { CliError, exitCodes } from './exit.ts';
import type { Io } from './io.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

export const Context = z.strictObject({
  /** URL of the `status` function. */
  statusUrl: httpUrl,
  /** Project of the requests topic. */
  project: z.string().min(1),
  /** Region of the timers queue, for the command that `describe` prints; absent: whoever types it has to know. */
  region: z.string().min(1).exactOptional(),
  /** Short name of the topic that documents are published to. */
  requestsTopic: z.string().min(1),
  /**
   * Absent: Google's own. The Pub/Sub client sends in plain text to every other host, whatever the URL begins with, so a URL that
   * promises TLS there is refused.
   */
  pubsubEndpoint: httpUrl
    .refine((url) => url.startsWith('http://') || new URL(url).hostname.endsWith('.googleapis.com'), {
      error: 'must be http://host:port, or https:// with a host of googleapis.com',
    })
    .exactOptional(),
  /** `adc`: Application Default Credentials; `token:<text>`: an access token for Pub/Sub; the last two send status nothing. */
  credentials: z.union([z.literal('adc'), z.literal('none'), z.templateLiteral(['token:', z.string().min(1)])], {
    error: 'must be adc, none or token:<access token>',
  }),
  /** What other clients need in their environment; printed by `env`, which shells evaluate. */
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a variable name: letters, digits and _'), z.string())
    .default({}),
  /** For people: options of clients that no variable can set. */
  notes: z.array(z.string()).default([]),
});
export type Context = Readonly<z.infer<typeof Context>>;

const ContextFile = z.strictObject({ current: z.string().exactOptional(), contexts: z.record(z.string(), Context) });
export type ContextFile = Readonly<z.infer<typeof ContextFile>>;

export interface NamedContext {
  readonly name: string;
  readonly context: Context;
}

export function contextsPath({ configFolder }: Pick<Io, 'configFolder'>): string {
  return join(configFolder, 'contexts.json');
}

const HOW_TO_GET_ONE =
  '`npm start` starts the local cloud and writes the context `local`; functions/cli/README.md shows one for a deployment';

/** Reads and checks the file; every problem of it at once. */
export async function readContexts(io: Io): Promise<ContextFile> {
  const path = contextsPath(io);
  let parsed: unknown;
  try {
    parsed = JSON.parse(await io.readFile(path));
  } catch (thrown) {
    throw unreadable(path, ensureError(thrown));
  }
  const checked = ContextFile.safeParse(parsed);
  if (checked.success) return checked.data;
  const problems = checked.error.issues.map((issue) => {
    // The rule of a key stands one level deeper than that of a value.
    const message = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
    return `  ${issue.path.join('.') || '(file)'}: ${message}`;
  });
  throw noContext([`reading ${path}:`, ...problems].join('\n'));
}

function unreadable(path: string, cause: Error): CliError {
  if ('code' in cause && cause.code === 'ENOENT')
    return noContext(`there is no context yet (${path} does not exist): ${HOW_TO_GET_ONE}`);
  return noContext(`reading ${path}: ${cause.message}`);
}

/** `name`: from `--context` or INFERCTL_CONTEXT; undefined: the file's current one. */
export function chooseContext(file: ContextFile, name: string | undefined): NamedContext {
  const chosen = name ?? file.current;
  const names = Object.keys(file.contexts);
  if (chosen === undefined) {
    throw noContext(
      `no context is chosen: inferctl context use NAME (known: ${names.join(', ') || 'none'}); ${HOW_TO_GET_ONE}`,
    );
  }
  const context = file.contexts[chosen];
  if (context !== undefined) return { name: chosen, context };
  const meant = nearest(chosen, names);
  const hint =
    meant === undefined ? `known: ${names.join(', ') || 'none'}; ${HOW_TO_GET_ONE}` : `did you mean ${meant}?`;
  throw noContext(`context ${chosen} does not exist: ${hint}`);
}

/** Makes `name` the current one. */
export async function useContext(io: Io, name: string): Promise<NamedContext> {
  const file = await readContexts(io);
  const chosen = chooseContext(file, name);
  await io.writeFile(contextsPath(io), `${JSON.stringify({ ...file, current: name }, undefined, 2)}\n`);
  return chosen;
}

function noContext(message: string): CliError {
  return new CliError(exitCodes.noContext, message);
}
