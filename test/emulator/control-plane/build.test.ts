/** The building of a control plane with a Go that builds nothing: what is left when it does not come to its end. */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programsFolder } from '../../../emulator/control-plane/programs.ts';

const entry = new URL('../../../emulator/control-plane/build.ts', import.meta.url).pathname;

let home: string;
/** Where programs of exactly these modules go, below a cache of our own. */
let folder: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'build-'));
  folder = join(home, 'inference-fleet/control-plane', basename(programsFolder()));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

/** `build`: what its Go does when it is to build, in the language of the shell. */
function startBuild(build: string, { cache = home, args = ['--only', 'etcd'] } = {}) {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'go'), `#!/bin/sh\n[ "$1" = version ] || { ${build}\n}\n`);
  chmodSync(join(bin, 'go'), 0o755);
  const PATH = `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn(process.execPath, [entry, ...args], { env: { PATH, XDG_CACHE_HOME: cache } });
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { child, ended: ended.then(([[code], stdout, stderr]) => ({ code, stdout, stderr })) };
}

describe('the building of a control plane', () => {
  it('ends what it has begun when it is told to, and leaves nothing behind', async () => {
    const { child, ended } = startBuild('exec sleep 1000');
    await once(child.stdout, 'data');

    child.kill('SIGTERM');

    expect(await ended).toMatchObject({ code: 1, stderr: 'building etcd: interrupted\n' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('clears away what was killed days ago, and nothing that may still go on', async () => {
    for (const name of ['building-old', 'building-new']) mkdirSync(join(folder, name), { recursive: true });
    utimesSync(join(folder, 'building-old'), 1, 1);

    await startBuild('echo no >&2; exit 1').ended;

    expect(readdirSync(folder)).toEqual(['building-new']);
  });

  it('says in one line that there is no place for it', async () => {
    const file = join(home, 'file');
    writeFileSync(file, '');

    const { code, stderr } = await startBuild('exit 1', { cache: file }).ended;

    expect(code).toBe(1);
    expect(stderr).toMatch(/^building the control plane: ENOTDIR: .*: make room or .* XDG_CACHE_HOME\n$/);
  });

  it('builds nothing of what is there, and says where it is', async () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'etcd'), '');

    const ended = await startBuild('exit 1').ended;

    expect(ended).toEqual({ code: 0, stdout: `Built already: etcd\nIn ${folder}\n`, stderr: '' });
  });

  it('tells what it does without doing it', async () => {
    const { code, stdout } = await startBuild('exit 1', { args: ['--help'] }).ended;

    expect(code).toBe(0);
    expect(stdout).toMatch(/^npm run control-plane -- \[options\]\n/);
  });

  it.each([
    { args: ['--only', 'etcd,spanner'], reason: '--only etcd,spanner: must be of etcd,kube-apiserver,' },
    { args: ['--only', ''], reason: '--only "": must be of etcd,kube-apiserver,' },
    { args: ['--all'], reason: "Unknown option '--all'" },
  ])('says in one line what is wrong with $args', async ({ args, reason }) => {
    const { code, stdout, stderr } = await startBuild('exit 1', { args }).ended;

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(reason)).toBe(true);
    expect(stderr).toMatch(/ \(npm run control-plane -- --help lists the options\)\n$/);
  });
});
