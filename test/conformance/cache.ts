/** What the second tier downloads once: exact versions, in a cache folder of the user's. */
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { userCacheFolder } from '../../emulator/user-cache.ts';

/** The folder of that name, filled by `fill` if it is not there yet. What is in it is whole: it comes there by being renamed. */
export function cached(name: string, fill: (folder: string) => void): string {
  const folder = userCacheFolder(name, process.env);
  if (existsSync(folder)) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const unfinished = mkdtempSync(`${folder}.`);
  try {
    fill(unfinished);
    renameSync(unfinished, folder);
  } catch (error) {
    // Another test may have been first: nothing is renamed onto a folder that holds something.
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Why that could not be fetched, in one line; undefined: it was. */
export function whyMissing(fetch: () => void): string | undefined {
  try {
    fetch();
    return undefined;
  } catch (error) {
    return String(error).replaceAll(/\s+/g, ' ').slice(0, 300);
  }
}
