/** An automation is a folder under functions/ and one line of registration: shown by adding one to a copy of the tree. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const copy = mkdtempSync(join(tmpdir(), 'new-automation-'));

beforeAll(() => {
  for (const part of ['functions', 'shared', 'manifests', 'emulator', 'infra', 'test/support', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** From where they are checked like all tests, to where somebody would write them. */
function addFolder(): void {
  for (const file of ['index.ts', 'registration.ts', 'function.json']) {
    const text = readFileSync(join(root, 'test/support/hello-target', file), 'utf8');
    cpSync(join(root, 'test/support/hello-target', file), join(copy, 'functions/hello-target', file));
    writeFileSync(join(copy, 'functions/hello-target', file), text.replaceAll('../../../functions/', '../'));
  }
}

it('works after its folder and one line were added: it is woken, looks, acts and is satisfied', () => {
  addFolder();
  appendFileSync(
    join(copy, 'functions/automations.ts'),
    "export { helloTarget } from './hello-target/registration.ts';\n",
  );

  const told = execFileSync(process.execPath, [join(copy, 'test/support/hello-target/story.ts')], { encoding: 'utf8' });

  expect(JSON.parse(told)).toEqual({ isGreeted: true, phase: 'ready', reason: 'it is greeted' });
}, 60_000);
