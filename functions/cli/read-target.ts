import type { JsonObject } from '#shared/domain/json.ts';
import type { Invocation } from './command.ts';
import { CliError, exitCodes } from './exit.ts';
import { parseAnswer, Target } from './status-answers.ts';
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
export async function readKnownTarget({ program }: Invocation, status: StatusApi, target: string): Promise<JsonObject> {
  const body = await readTargetBody(status, target);
  if (body !== undefined) return body;
  throw new CliError(
    exitCodes.notAsWanted,
    `nothing is known of ${target}: see ${program} get, and ${program} get messages --phase refused`,
  );
}
