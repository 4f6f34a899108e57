/** The format of documents and commands as data, from the same schemas that check them. */
import { documentSchema } from '#shared/documents/index.ts';
import { commandKinds, isCommandKind, isDocumentKind, kinds } from '#shared/documents/kinds.ts';
import { nearest } from '#shared/documents/nearest.ts';
import { type Command, formatOf, outputOption } from '../command.ts';
import { exitCodes, usageError } from '../exit.ts';
import { formatStructured } from '../output.ts';

export const schema: Command = {
  name: 'schema',
  summary: 'print the JSON Schema of a kind of document or command, or list the kinds',
  usage: '[KIND] [-o json|yaml]',
  maxPositionals: 1,
  options: { output: outputOption },
  notes: [
    'Every field is described with its unit, range and default; editors that know JSON Schema complete and check documents by it.',
  ],
  examples: [
    ['inferctl schema', 'list the kinds'],
    ['inferctl schema Cluster > cluster.schema.json', 'a file for an editor'],
  ],
  async run(invocation) {
    const [word] = invocation.positionals;
    const format = formatOf(invocation);
    const known = [...Object.keys(kinds), ...Object.keys(commandKinds)];
    if (word === undefined) {
      invocation.io.out(format === undefined ? `${known.join('\n')}\n` : formatStructured(known, format));
      return exitCodes.ok;
    }
    invocation.io.out(formatStructured(documentSchema(kindNamed(word, known)), format ?? 'json'));
    return exitCodes.ok;
  },
};

/** Kinds are found in any case. */
function kindNamed(word: string, known: readonly string[]): Parameters<typeof documentSchema>[0] {
  const kind = known.find((name) => name.toLowerCase() === word.toLowerCase());
  if (isDocumentKind(kind) || isCommandKind(kind)) return kind;
  const meant = nearest(word, known);
  throw usageError(
    `kind ${word} does not exist: ${meant === undefined ? `known: ${known.join(', ')}` : `did you mean ${meant}?`}`,
  );
}
