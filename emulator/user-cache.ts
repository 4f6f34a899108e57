/** What is built or downloaded once and can be had again: a folder of the user's, beside those of other programs. */
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of that name; it need not be there yet. */
export function userCacheFolder(name: string, env: Readonly<Record<string, string | undefined>>): string {
  // The XDG base directory specification: an empty variable counts as none.
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'inference-fleet', name);
}
