/** What a text of the owner is once Kubernetes has expanded it and a shell, where there is one, has read it. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vllmCommand } from '#manifests/serving/pod/vllm-command.ts';
import { envOf, makeStack, serverOf } from '../../../support/make-serving-stack.ts';

/** Variables of the container. */
const variables: Readonly<Record<string, string>> = { HF_TOKEN: 'secret', POD_IP: '10.0.0.7' };

/** kubernetes/kubernetes third_party/forked/golang/expansion/expand.go. */
function expanded(text: string): string {
  return text.replaceAll(/\$\$|\$\(([^)]*)\)/g, (whole, name?: string) =>
    name === undefined ? '$' : (variables[name] ?? whole),
  );
}

let folder: string;

/** A `vllm` that says what it was given. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vllm-command-'));
  const path = join(folder, 'vllm');
  writeFileSync(path, '#!/bin/bash\nprintf "%s\\0" "$@"\n');
  chmodSync(path, 0o755);
});
afterAll(() => rmSync(folder, { recursive: true }));

function given({ command, args }: ReturnType<typeof vllmCommand>): readonly string[] {
  const [program = '', ...words] = [...command, ...args].map(expanded);
  const env = { ...variables, HOME: '/root', PATH: `${folder}:/usr/bin:/bin` };
  return execFileSync(program, words, { env, encoding: 'utf8' }).split('\0').slice(0, -1);
}

const texts = [
  '$(HF_TOKEN)',
  '$$(HF_TOKEN)',
  '$$$(HF_TOKEN)',
  '$(id)',
  '$HOME',
  '${HOME}',
  'a$$b',
  'price$',
  '`id`',
  `it's "quoted"`,
  'back\\slash',
  '*',
  '',
  'two\nlines',
  '{"a": "$(HF_TOKEN)"}',
];

describe.each([
  ['as plain arguments', []],
  ['in a shell', ['true']],
])('a flag of the owner %s', (_, preamble) => {
  it.each(texts)('is the text that was written: %j', (text) => {
    const command = vllmCommand('org/model', [{ name: '--owners', value: text, isOwners: true }], preamble);

    expect(given(command)).toEqual(['serve', 'org/model', `--owners=${text}`]);
  });

  it('stands beside references of the builders', () => {
    const flags = [{ name: '--master-addr', value: { env: 'POD_IP' } }] as const;

    expect(given(vllmCommand('org/model', flags, preamble))).toContain('--master-addr=10.0.0.7');
  });
});

describe('a variable of the owner', () => {
  it.each(texts)('is the text that was written: %j', (text) => {
    const server = serverOf(makeStack({ engine: { env: { OWNERS: text } } }));

    expect(expanded(envOf(server)['OWNERS'] ?? '')).toBe(text);
  });
});
