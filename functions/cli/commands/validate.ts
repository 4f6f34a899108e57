/** Checks a document or command here, without a deployment: what only Google knows (reservations, quotas, versions) is for `plan`. */
import { formatProblem, targetOf } from '#shared/documents/index.ts';
import type { AnyResult } from '#shared/documents/parse-any.ts';
import { targetOfCommand } from '#shared/domain/command.ts';
import { clusterOption, type Command, fileOption, formatOf, outputOption } from '../command.ts';
import { exitCodes } from '../exit.ts';
import { formatStructured } from '../output.ts';

export const validate: Command = {
  name: 'validate',
  summary: 'check a document or command; needs no connection and changes nothing',
  usage: '-f FILE [--cluster FILE] [-o json|yaml]',
  maxPositionals: 0,
  options: { file: fileOption, cluster: clusterOption, output: outputOption },
  notes: [
    'Prints every problem at once, one a line: field, value, rule, fix. What only Google knows is checked by plan.',
  ],
  examples: [
    ['inferctl validate -f cluster.yaml', 'check a file'],
    ['inferctl validate -f stack.yaml --cluster cluster.yaml', 'a ServingStack, as it is on that cluster'],
    ['cat cluster.yaml | inferctl validate -f - -o json', 'check standard input, answer for programs'],
  ],
  async run(invocation) {
    const { io } = invocation;
    const format = formatOf(invocation);
    const { readAny } = await import('../stack-documents.ts');
    const { name, parsed } = await readAny(invocation);
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
    io.out(`${name} is a valid ${sentenceOf(parsed)}\n`);
    return exitCodes.ok;
  },
};

type Valid = Extract<AnyResult, { readonly ok: true }>;

function sentenceOf(parsed: Valid): string {
  if (parsed.kind === 'stack') {
    const { kind, name } = subjectOf(parsed);
    return `${kind} document for ${name}; it is rendered (inferctl render), not published`;
  }
  const { kind, target } = subjectOf(parsed);
  return `${kind} ${parsed.kind} for ${target}`;
}

/** What kind of thing it is, and the target that it is about; `all` for a command about everything. What is not published has none. */
function subjectOf(parsed: Valid): { readonly kind: string; readonly [subject: string]: string } {
  switch (parsed.kind) {
    case 'document':
      return { kind: parsed.document.kind, target: targetOf(parsed.document) };
    case 'command':
      return { kind: parsed.command.kind, target: targetOfCommand(parsed.command) ?? 'all' };
    case 'stack': {
      const { kind, metadata, spec } = parsed.document;
      return { kind, name: `${spec.namespace}/${metadata.name}` };
    }
  }
}
