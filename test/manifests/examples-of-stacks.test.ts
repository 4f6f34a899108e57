/** Every stack of the examples becomes exactly the objects beside it; `npm run examples` writes them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exampleNames, objectsFile, objectsNames, renderedExample } from './stack-examples.ts';

describe('manifests/examples/stacks', () => {
  it.each(exampleNames)('%s becomes the objects beside it', (name) => {
    expect(renderedExample(name)).toBe(readFileSync(objectsFile(name), 'utf8'));
  });

  it('has no example that the README does not name', () => {
    const readme = readFileSync(new URL('../../manifests/README.md', import.meta.url), 'utf8');

    expect(exampleNames.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  it('has no objects that no stack makes', () => {
    expect(objectsNames).toEqual(exampleNames);
  });
});
