/** The table of the README is that of the code. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { checks } from '#manifests/checks/checks.ts';

const readme = readFileSync(new URL('../../../manifests/checks/README.md', import.meta.url), 'utf8');

it('names every check with its severity, what holds, and the source', () => {
  const [, table = ''] = readme.split('## Rules\n');
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| | \|$/g, '').trim()));

  expect(rows).toEqual(checks.map(({ id, severity, title, source }) => [`\`${id}\``, severity, title, source]));
});
