/** Holds roles of a model at sizes that a person chose. */
import { nearest } from '#shared/documents/nearest.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { roleNames } from '#shared/domain/model-service.ts';
import { type Command, outputOption, required } from '../command.ts';
import { type CliError, usageError } from '../exit.ts';
import { sendCommand, toCommand } from '../send-command.ts';
import { parseDurationSeconds } from '../text/duration.ts';

/** Bounds of `spec.forSeconds`, said in the words that are typed. */
const SHORTEST_SECONDS = 60;
const LONGEST_SECONDS = 7 * 24 * 3_600;

export const override: Command = {
  name: 'override',
  summary: 'hold roles of a model at these sizes for a while',
  usage: 'TARGET ROLE=REPLICAS [ROLE=REPLICAS] --for DURATION [-o json|yaml]',
  maxPositionals: 3,
  options: {
    for: { value: 'DURATION', summary: 'how long, e.g. 2h, 1h30m, 2d (1m to 7d); then its load decides again' },
    output: outputOption,
  },
  notes: [
    'Sizes stay within the bounds of the document; 0 is for all roles together. A role that is not named is scaled as before.',
    'To end one early, override the same role with --for 1m. A pause stops overrides as well.',
  ],
  examples: [
    ['inferctl override model/demo/serving/llama-70b decode=6 --for 2h', 'more decode for a load test'],
    ['inferctl override model/demo/serving/llama-70b decode=6 prefill=2 --for 30m', 'both roles'],
  ],
  async run(invocation) {
    const [target, ...words] = invocation.positionals;
    if (target === undefined) throw usageError('TARGET is missing, e.g. model/demo/serving/llama-70b');
    const forText = required(invocation, 'for', '--for 2h');
    const forSeconds = parseDurationSeconds(forText);
    if (forSeconds === undefined) throw usageError(`--for ${forText}: must be a duration, e.g. 2h, 1h30m or 45m`);
    if (forSeconds < SHORTEST_SECONDS) throw usageError(`--for ${forText}: must be at least 1m`);
    if (forSeconds > LONGEST_SECONDS) throw usageError(`--for ${forText}: must be at most 7d`);
    return await sendCommand(invocation, toCommand('Override', { target, sizes: toSizes(words), forSeconds }));
  },
};

function toSizes(words: readonly string[]): JsonObject {
  const sizes = words.map((word): [string, number] => {
    const [, role = '', replicas = ''] = /^([a-z]+)=(\d+)$/.exec(word) ?? [];
    if (role === '') throw usageError(`'${word}': must be ROLE=REPLICAS, e.g. decode=6`);
    if (!roleNames.some((name) => name === role)) throw unknownRole(word, role);
    return [role, Number(replicas)];
  });
  const [first] = sizes;
  if (first === undefined) throw usageError('ROLE=REPLICAS is missing, e.g. decode=6');
  const [twice] = sizes.filter(([role], index) => sizes.findIndex(([other]) => other === role) < index);
  if (twice !== undefined) throw usageError(`${twice[0]} is given twice`);
  return Object.fromEntries(sizes);
}

function unknownRole(word: string, role: string): CliError {
  const meant = nearest(role, roleNames);
  const advice = meant === undefined ? '' : `; did you mean ${meant}?`;
  return usageError(`'${word}': ROLE must be one of ${roleNames.join(', ')}${advice}`);
}
