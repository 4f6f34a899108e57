/** Lines that a shell evaluates: every value is quoted so that nothing in it is. Pure. */
import type { NamedContext } from '../contexts.ts';

export type Shell = 'bash' | 'fish';

export function environmentText({ name, context }: NamedContext, shell: Shell): string {
  const { environment, notes, project } = context;
  const comments = [`context ${name}: project ${project}`, ...notes].flatMap((note) => note.split(/[\r\n]+/));
  const variables = Object.entries(environment).map(([key, value]) => {
    return shell === 'fish' ? `set -gx ${key} ${quoteForFish(value)}` : `export ${key}=${quoteForPosix(value)}`;
  });
  return [...comments.map((text) => `# ${text}`), ...variables, ''].join('\n');
}

/** POSIX shells take nothing inside single quotes specially, not even a backslash (POSIX.1, Shell Command Language, 2.2.2). */
function quoteForPosix(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** fish knows two escapes inside single quotes, \' and \\ (fish documentation, "Quotes"). */
function quoteForFish(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
