import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const entry = new URL('../../../emulator/google-emulators/main.ts', import.meta.url).pathname;

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'emulators-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('npm run emulators', () => {
  it.each([
    { args: ['--only', 'spanner'], reason: '--only spanner: must be of pubsub, firestore' },
    { args: ['--port', '65535'], reason: '--port 65535: must be 0..65534' },
    { args: ['--port', ''], reason: '--port "": must be 0..65534' },
    { args: ['--only', ''], reason: '--only "": must be of pubsub, firestore' },
  ])('says in one line what is wrong with $args', ({ args, reason }) => {
    expect(start(args)).toEqual({
      status: 2,
      stdout: '',
      stderr: `${reason} (npm run emulators -- --help lists the options)\n`,
    });
  });

  it('says in one line that there is no place for its folder', () => {
    mkdirSync(join(home, 'bin'));
    for (const program of ['bin/java', 'firestore.jar']) {
      writeFileSync(join(home, program), '#!/bin/sh\necho \'openjdk version "17"\' >&2\n');
      chmodSync(join(home, program), 0o755);
    }

    const ended = start(['--only', 'firestore', '--port', '0'], {
      JAVA_HOME: home,
      FIRESTORE_EMULATOR_BINARY_PATH: join(home, 'firestore.jar'),
      TMPDIR: join(home, 'nowhere'),
    });

    expect(ended).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^no folder for Google’s emulators \(ENOENT.*\): choose another place with TMPDIR\n$/,
      ),
    });
  });
});
