/** What is removed of earlier runs: only what is ours, and only when nobody uses it any more. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { makeRunFolder, removeLeftovers } from '../../../emulator/google-emulators/run-folder.ts';

let parent: string;
/** Of a process that has ended. */
const gone = spawnSync(process.execPath, ['--version']).pid;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'run-folder-'));
  vi.stubEnv('TMPDIR', parent);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(parent, { recursive: true });
});

function folderNamed(name: string, pids?: string): string {
  const path = join(parent, name);
  mkdirSync(path);
  if (pids !== undefined) writeFileSync(join(path, 'pids'), pids);
  return path;
}

it('a folder whose run was killed, with all that it started', () => {
  const path = folderNamed(`google-emulators-${gone}-aB3xYz`, `${gone}\n`);

  removeLeftovers();

  expect(existsSync(path)).toBe(false);
});

it.each([
  { what: 'whose run goes on', name: `google-emulators-${process.pid}-aB3xYz`, pids: '' },
  { what: 'whose emulator goes on', name: `google-emulators-${gone}-aB3xYz`, pids: `${gone}\n${process.pid}\n` },
  { what: 'that is not one of ours', name: `google-emulators-${gone}`, pids: '' },
  { what: 'that does not say what was started in it', name: `google-emulators-${gone}-aB3xYz`, pids: undefined },
])('not a folder $what', ({ name, pids }) => {
  const path = folderNamed(name, pids);

  removeLeftovers();

  expect(existsSync(path)).toBe(true);
});

it('not a file, and not the folder of this run', () => {
  writeFileSync(join(parent, `google-emulators-${gone}-aB3xYz`), '');
  const { path } = makeRunFolder();

  removeLeftovers();

  expect(existsSync(join(parent, `google-emulators-${gone}-aB3xYz`))).toBe(true);
  expect(existsSync(path)).toBe(true);
});
