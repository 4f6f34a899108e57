import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { copyKwok, kwokPatch } from '../../../emulator/control-plane/kwok-source.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'kwok-source-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

function makeModules(informer: string): { source: string; module: string; scratch: string } {
  const folders = { source: join(home, 'source'), module: join(home, 'module'), scratch: join(home, 'scratch') };
  const files = {
    [join(folders.source, kwokPatch.file)]: informer,
    [join(folders.source, 'demo/big.gif')]: 'GIF',
    [join(folders.module, 'go.mod')]: 'module control-plane\n',
    [join(folders.module, 'go.sum')]: 'sums\n',
  };
  mkdirSync(folders.scratch);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    chmodSync(file, 0o444);
  }
  return folders;
}

describe('the source of KWOK', () => {
  it('is copied without what does not compile, writable, and is what the module is built with', () => {
    const { source, module, scratch } = makeModules(`before\n${kwokPatch.leaveOut}after\n`);

    const goMod = copyKwok(source, module, scratch);

    const copy = join(scratch, 'kwok-source');
    expect(readFileSync(join(copy, kwokPatch.file), 'utf8')).toBe('before\nafter\n');
    expect(statSync(join(copy, kwokPatch.file)).mode & 0o200).toBe(0o200);
    expect(() => statSync(join(copy, 'demo'))).toThrow('ENOENT');
    expect(readFileSync(goMod, 'utf8')).toBe(`module control-plane\n\nreplace sigs.k8s.io/kwok => ${copy}\n`);
    expect(readFileSync(join(scratch, 'go.sum'), 'utf8')).toBe('sums\n');
  });

  it('that is another one than the known is refused', () => {
    const { source, module, scratch } = makeModules('another version\n');

    expect(() => copyKwok(source, module, scratch)).toThrow(
      'copying the source of KWOK: pkg/utils/informer/informer.go is not the one of 0.7.0',
    );
  });
});
