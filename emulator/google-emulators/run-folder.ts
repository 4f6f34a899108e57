/** The folder of one run, which says whose it is: what a killed run left behind is removed when the next one starts. */
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CannotStart } from '../claims.ts';
import { isRunning } from '../process-groups.ts';

/** Before the id of the process that made it: a name comes with its folder, a file in it would come later. */
const PREFIX = 'google-emulators-';

/** Holds the id of each emulator that was started in it, one a line. */
const PIDS = 'pids';

export interface RunFolder {
  readonly path: string;
  /** File that the ids of what is started are to be appended to. */
  readonly pids: string;
}

export function makeRunFolder(): RunFolder {
  try {
    const path = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    const pids = join(path, PIDS);
    writeFileSync(pids, '');
    return { path, pids };
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CannotStart(`no folder for Google’s emulators (${why}): choose another place with TMPDIR`);
  }
}

export function readPids(path: string): readonly number[] {
  return readFileSync(join(path, PIDS), 'utf8').split('\n').filter(Boolean).map(Number);
}

/** Folders of this user of whose processes none is left. A process that got the id of one that is gone keeps a folder; it harms nobody. */
export function removeLeftovers(): void {
  for (const path of foldersIn(tmpdir())) {
    if (isLeftover(path)) rmSync(path, { recursive: true, force: true });
  }
}

function foldersIn(parent: string): readonly string[] {
  try {
    return readdirSync(parent).map((name) => join(parent, name));
  } catch {
    // Where nothing can be listed nothing can be made either, which says why.
    return [];
  }
}

const ownName = new RegExp(`/${PREFIX}(\\d+)-\\w{6}$`);

function isLeftover(path: string): boolean {
  const owner = ownName.exec(path)?.[1];
  if (owner === undefined || isRunning(Number(owner))) return false;
  try {
    const found = lstatSync(path);
    return found.isDirectory() && found.uid === process.getuid?.() && !readPids(path).some(isRunning);
  } catch {
    // Another start has removed it meanwhile, or was killed before it wrote that file.
    return false;
  }
}
