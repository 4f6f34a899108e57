import { describe, expect, it } from 'vitest';
import { arithmetic } from '#manifests/checks/arithmetic.ts';
import { parseFlags } from '#manifests/checks/flags.ts';
import { parseScript } from '#manifests/checks/shell.ts';
import { podsOf, quantityOf } from '#manifests/checks/quantity.ts';

const known = new Map([
  ['LWS_GROUP_SIZE', '2'],
  ['TP', '8'],
]);

describe('a script', () => {
  it.each([
    { script: 'vllm serve m --port 8000', words: [['vllm', 'serve', 'm', '--port', '8000']] },
    { script: 'vllm serve \\\n  m \\\n  --x \'{"a": 1}\'', words: [['vllm', 'serve', 'm', '--x', '{"a": 1}']] },
    { script: '# a comment\nls # another\n', words: [['ls']] },
    { script: 'echo "#no comment" a#b', words: [['echo', '#no comment', 'a#b']] },
    { script: 'exec vllm serve m', words: [['vllm', 'serve', 'm']] },
    { script: 'if test -f x; then vllm serve m; fi', words: [['test', '-f', 'x'], ['vllm', 'serve', 'm'], ['fi']] },
    { script: 'A=1; B=$A\nvllm serve $B', words: [['vllm', 'serve', '1']] },
    // A variable that is set for one command is not yet there for its own words.
    { script: 'A=1 echo $A', words: [['echo', '$A']] },
    { script: 'export RANKS=$((LWS_GROUP_SIZE * TP))\necho $RANKS', words: [['echo', '16']] },
    {
      script: 'echo ${TP} ${NONE:-4} $(LWS_GROUP_SIZE) ${NONE} $(date)',
      words: [['echo', '8', '4', '2', '${NONE}', '$(date)']],
    },
    { script: `echo "$TP" '$TP' \\$TP`, words: [['echo', '8', '$TP', '$TP']] },
    { script: 'ls 2>&1 >/dev/null < in', words: [['ls']] },
    { script: 'cat <<EOF\nvllm serve no\nEOF\nls', words: [['cat'], ['ls']] },
    { script: "python -c 'import a\nb'; ls", words: [['python', '-c', 'import a\nb'], ['ls']] },
    { script: '(cd /x && ls) | wc', words: [['cd', '/x'], ['ls'], ['wc']] },
    { script: 'echo "unclosed', words: [['echo', 'unclosed']] },
    { script: '', words: [] },
  ])('is read as commands: $script', ({ script, words }) => {
    expect(parseScript(script, known).map((command) => command.words)).toEqual(words);
  });

  it('tells what stands before each command', () => {
    const commands = parseScript('a && b; c || d | e & f\ng', known);

    expect(commands.map(({ after, words: [word] }) => `${after} ${word}`)).toEqual([
      '; a',
      '&& b',
      '; c',
      '|| d',
      '| e',
      '& f',
      '; g',
    ]);
  });
});

it.each([
  ['2*8', 16],
  ['(1 + 2) * 4 - 1', 11],
  ['7 / 2', 3],
  ['7 % 4', 3],
  ['1 / 0', undefined],
  ['X * 2', undefined],
  ['2 2', undefined],
  ['', undefined],
])('arithmetic of %s is %s', (text, expected) => {
  expect(arithmetic(text)).toBe(expected);
});

describe('a command line', () => {
  it('has flags by any of their spellings, and the last of several', () => {
    const { flags, positionals } = parseFlags([
      'org/model',
      '--tensor_parallel_size=2',
      '-tp',
      '4',
      '--enable-prefix-caching',
      '--seed',
      '-1',
      '--port',
      '${PORT}',
    ]);

    expect(positionals).toEqual(['org/model']);
    expect(flags.number('--tensor-parallel-size')).toBe(4);
    expect(flags.get('--enable-prefix-caching')).toBe('');
    expect(flags.get('--seed')).toBe('-1');
    expect(flags.number('--port')).toBeUndefined();
    expect(flags.get('--port')).toBe('${PORT}');
  });

  it.each([
    [['--kv-transfer-config', '{"kv_role":"kv_both"}'], { kv_role: 'kv_both' }],
    [
      ['--kv_transfer_config.kv_role=kv_both', '--kv-transfer-config.kv_connector', 'X'],
      { kv_role: 'kv_both', kv_connector: 'X' },
    ],
    [['--kv-transfer-config', '{kv_role: kv_both}'], null],
    [['--kv-transfer-config', '3'], null],
    [[], undefined],
  ])('has JSON values: %j', (words, expected) => {
    expect(parseFlags(words).flags.json('--kv-transfer-config')).toEqual(expected);
  });
});

it.each([
  ['64Gi', 64 * 2 ** 30],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['500m', 0.5],
  ['2G', 2e9],
  [8, 8],
  ['8', 8],
  ['lots', undefined],
  ['8 Gi', undefined],
  [undefined, undefined],
])('the quantity %s is %s', (text, expected) => {
  expect(quantityOf(text)).toBe(expected);
});

it.each([
  ['25%', 2, 'up', 1],
  ['25%', 2, 'down', 0],
  ['100%', 3, 'down', 3],
  [2, 9, 'up', 2],
  ['many', 9, 'up', undefined],
] as const)('%s of %s pods, rounded %s, is %s', (value, replicas, round, expected) => {
  expect(podsOf(value, replicas, round)).toBe(expected);
});
