import { nearest } from '#shared/documents/nearest.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { Invocation } from './command.ts';
import { CliError, exitCodes } from './exit.ts';
import { parseAnswer, Target, TargetList, type TargetRow } from './status-answers.ts';
import { type StatusApi, targetPath } from './status-client.ts';

/** Undefined: nothing is known of it. */
export async function readTarget(status: StatusApi, target: string): Promise<Target | undefined> {
  const body = await readTargetBody(status, target);
  return body === undefined ? undefined : parseAnswer(Target, body, target);
}

/** As status answers it, for programs. */
export async function readTargetBody(status: StatusApi, target: string): Promise<JsonObject | undefined> {
  const path = targetPath(target);
  const { httpStatus, body } = await status.get(path);
  if (httpStatus === 200) return body;
  if (httpStatus === 404) return undefined;
  throw new CliError(exitCodes.unreachable, `GET ${path}: answered ${httpStatus}: check statusUrl of the context`);
}

/** The same for a command that needs it. */
export async function readKnownTarget(invocation: Invocation, status: StatusApi, target: string): Promise<JsonObject> {
  const body = await readTargetBody(status, target);
  if (body !== undefined) return body;
  throw await unknownTarget(invocation, status, target);
}

/** With the name that was probably meant, if it is known. */
export async function unknownTarget({ program }: Invocation, status: StatusApi, target: string): Promise<CliError> {
  const { httpStatus, body } = await status.get('/targets');
  const items = httpStatus === 200 ? parseAnswer(TargetList, body, 'the targets').items : [];
  const meant = meantTarget(target, items);
  const see = `see ${program} get, and ${program} get messages --phase refused`;
  const hint = meant === undefined ? see : `did you mean ${meant}?`;
  return new CliError(exitCodes.notAsWanted, `nothing is known of ${target}: ${hint}`);
}

/** `demo` for `cluster/demo`, or a slip of the finger. */
export function meantTarget(word: string, items: readonly Pick<TargetRow, 'target'>[]): string | undefined {
  const targets = items.map(({ target }) => target);
  const name = word.includes('/') ? undefined : nearest(word, targets.map(lastPart));
  return targets.find((target) => lastPart(target) === (name ?? word)) ?? nearest(word, targets);
}

function lastPart(target: string): string {
  return target.slice(target.lastIndexOf('/') + 1);
}
