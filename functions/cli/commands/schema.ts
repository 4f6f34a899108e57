/** The format of documents and commands as data, from the same schemas that check them. */
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
    // All schemas: loaded by those who look at them.
    const { everyKindName, schemaOfKind } = await import('#shared/documents/parse-any.ts');
    if (word === undefined) {
      invocation.io.out(
        format === undefined ? `${everyKindName.join('\n')}\n` : formatStructured(everyKindName, format),
      );
      return exitCodes.ok;
    }
    // Kinds are found in any case.
    const kind = everyKindName.find((name) => name.toLowerCase() === word.toLowerCase());
    const found = kind === undefined ? undefined : schemaOfKind(kind);
    if (found === undefined) throw unknownKind(word, everyKindName);
    invocation.io.out(formatStructured(found, format ?? 'json'));
    return exitCodes.ok;
  },
};

function unknownKind(word: string, known: readonly string[]): Error {
  const meant = nearest(word, known);
  return usageError(
    `kind ${word} does not exist: ${meant === undefined ? `known: ${known.join(', ')}` : `did you mean ${meant}?`}`,
  );
}
