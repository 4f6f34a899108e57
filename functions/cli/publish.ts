/** Publishing, as every command that changes something does it. */
import { SENDER } from '#shared/delivery.ts';
import { ensureError } from '#shared/errors.ts';
import type { Invocation } from './command.ts';
import type { Context } from './contexts.ts';
import { CliError, exitCodes } from './exit.ts';

/** A failure may still have published: the same again changes nothing, so the user may simply repeat the command. */
export async function publishText({ io }: Invocation, context: Context, text: string): Promise<string> {
  const { project, requestsTopic: topic, pubsubEndpoint: endpoint, credentials } = context;
  const sender = io.sender();
  // So that whoever meets a pause at night knows whom to ask; a claim, which nothing depends on.
  const attributes = sender === undefined ? {} : { [SENDER]: sender };
  try {
    return await io.publish({
      project,
      topic,
      text,
      attributes,
      credentials,
      ...(endpoint !== undefined && { endpoint }),
    });
  } catch (thrown) {
    const { message } = ensureError(thrown);
    throw new CliError(exitCodes.unreachable, `publishing to ${topic} of project ${project}: ${message}`, {
      cause: thrown,
    });
  }
}
