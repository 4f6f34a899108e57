import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = new URL('..', import.meta.url).pathname;

/** Modules of the tree by path, with what each imports of them. Types count: two files that need each other's are one. */
function importsOf(folder: string): ReadonlyMap<string, readonly string[]> {
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return new Map(
    files.map((file) => {
      const path = `${folder}/${file}`;
      const specifiers = readFileSync(join(root, path), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
      return [path, [...specifiers].map(([, to = '']) => relative(root, resolve(root, dirname(path), to)))];
    }),
  );
}

/** The first way that leads back to where it began, if there is one: `a → b → a`. */
function findCycle(modules: ReadonlyMap<string, readonly string[]>): string | undefined {
  const done = new Set<string>();
  const follow = (module: string, way: readonly string[]): string | undefined => {
    if (way.includes(module)) return [...way.slice(way.indexOf(module)), module].join(' → ');
    if (done.has(module)) return undefined;
    for (const imported of modules.get(module) ?? []) {
      const cycle = follow(imported, [...way, module]);
      if (cycle !== undefined) return cycle;
    }
    done.add(module);
    return undefined;
  };
  for (const module of modules.keys()) {
    const cycle = follow(module, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

it.each(['emulator', 'functions', 'shared', 'manifests', 'infra', 'test'])(
  'no module of %s imports itself by way of others',
  (folder) => {
    expect(findCycle(importsOf(folder))).toBeUndefined();
  },
);

it('a way back is found', () => {
  const modules = new Map([
    ['a', ['b', 'x']],
    ['b', ['c']],
    ['c', ['b']],
  ]);

  expect(findCycle(modules)).toBe('b → c → b');
});
