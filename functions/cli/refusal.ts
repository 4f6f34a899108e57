/** What the status function has against a document: rules of another version, or what stands already. */
import { CliError, exitCodes } from './exit.ts';
import type { StatusReply } from './status-client.ts';

/** Undefined: nothing, or it is a version that was not asked this yet. */
export function refusalOf({ httpStatus, body }: StatusReply): CliError | undefined {
  const problems = Array.isArray(body['problems']) ? body['problems'].map(String) : [];
  if (httpStatus === 400) {
    const lines = ['the status function says that the document is not valid:', ...problems];
    return new CliError(exitCodes.invalid, lines.join('\n'));
  }
  if (problems.length === 0) return undefined;
  return new CliError(
    exitCodes.notAsWanted,
    ['the document would be refused; nothing was changed:', ...problems].join('\n'),
  );
}
