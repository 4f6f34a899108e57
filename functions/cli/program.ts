/** How the user can call us again: the one place that decides what every hint and example begins with. */
import type { Io } from './io.ts';

/** Our name in usage lines and examples, as they are written down. */
const NAME = 'inferctl';

/**
 * npm sets `npm_command` for everything that it starts, and what it starts need not be on the user's path. `context`: as given by
 * `--context`.
 */
export function programOf({ environment }: Pick<Io, 'environment'>, context: string | undefined): string {
  const program = environment['npm_command'] === undefined ? NAME : `npx ${NAME}`;
  return context === undefined ? program : `${program} --context ${context}`;
}

/** A text with command lines in it, so that they can be typed as they stand; those that say how to call us already are left alone. */
export function typable(text: string, program: string): string {
  return text.replaceAll(new RegExp(`(?<!npx )\\b${NAME}(?= [a-z[-])`, 'g'), program);
}
