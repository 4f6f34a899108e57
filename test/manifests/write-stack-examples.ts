/** `npm run examples`: writes the objects of every stack of `manifests/examples/stacks`, or of those that are named; tells what changed. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { exampleNames, InvalidExample, objectsFile, objectsNames, renderedExample } from './stack-examples.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !exampleNames.includes(name));
if (unknown.length > 0) {
  say(`there is no ${unknown.join(', ')}; the examples are ${exampleNames.join(', ')}`);
  process.exit(2);
}

for (const name of asked.length > 0 ? asked : exampleNames) {
  try {
    say(`${name}: ${write(objectsFile(name), renderedExample(name))}`);
  } catch (thrown) {
    // The others are written all the same. What is wrong with a document is said whole; where the builders fail, it counts where.
    say(`${name}: FAILS: ${thrown instanceof InvalidExample ? thrown.message : inspect(thrown)}`);
    process.exitCode = 1;
  }
}
const orphans = asked.length > 0 ? [] : objectsNames.filter((name) => !exampleNames.includes(name));
for (const name of orphans) {
  rmSync(objectsFile(name));
  say(`${name}: removed, nothing makes it any more`);
}

function write(file: URL, text: string): string {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  if (before === text) return 'stands';
  writeFileSync(file, text);
  return before === undefined ? 'written' : 'changed';
}
