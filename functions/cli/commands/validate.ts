/** Checks a document or command here, without a deployment: what only Google knows (reservations, quotas, versions) is for `plan`. */
import { formatProblem, type RequestResult, targetOf } from '#shared/documents/index.ts';
import { targetOfCommand } from '#shared/domain/command.ts';
import { type Command, fileOption, formatOf, outputOption } from '../command.ts';
import { readDocument } from '../documents.ts';
import { exitCodes } from '../exit.ts';
import { formatStructured } from '../output.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'check a document or command; needs no connection and changes nothing',
  usage: '-f FILE [-o json|yaml]',
  maxPositionals: 0,
  options: { file: fileOption, output: outputOption },
  notes: [
    'Prints every problem at once, one a line: field, value, rule, fix. What only Google knows is checked by plan.',
  ],
  examples: [
    ['inferctl validate -f cluster.yaml', 'check a file'],
    ['cat cluster.yaml | inferctl validate -f - -o json', 'check standard input, answer for programs'],
  ],
  async run(invocation) {
    const { io } = invocation;
    const format = formatOf(invocation);
    const { name, parsed } = await readDocument(invocation);
    if (format !== undefined) {
      // The result is the answer, valid or not: programs read standard output in both cases.
      const answer = parsed.ok
        ? { valid: true, ...subjectOf(parsed), warnings: parsed.warnings }
        : { valid: false, problems: parsed.problems };
      io.out(formatStructured(answer, format));
      return parsed.ok ? exitCodes.ok : exitCodes.invalid;
    }
    if (!parsed.ok) {
      for (const problem of parsed.problems) io.out(`${formatProblem(problem)}\n`);
      return exitCodes.invalid;
    }
    // Apart from the result, so that a pipe gets one line.
    for (const warning of parsed.warnings) io.err(`warning: ${formatProblem(warning)}\n`);
    const { kind, target } = subjectOf(parsed);
    io.out(`${name} is a valid ${kind} ${parsed.kind} for ${target}\n`);
    return exitCodes.ok;
  },
};

/** What kind of thing it is, and the target that it is about; `all` for a command about everything. */
function subjectOf(parsed: RequestResult & { readonly ok: true }): { readonly kind: string; readonly target: string } {
  if (parsed.kind === 'document') return { kind: parsed.document.kind, target: targetOf(parsed.document) };
  return { kind: parsed.command.kind, target: targetOfCommand(parsed.command) ?? 'all' };
}
