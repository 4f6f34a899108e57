/**
 * Compiled code beside each bundle. V8 compiles what it loads anew in every process, 100 ms of the first API call of `build-cluster`
 * (measured); Node can keep the result in a folder (Node.js documentation, "Module compile cache"). It holds for one version of Node
 * on one kind of machine, so it is filled where the function will run: by the step `gcp-build`, which the platform's build runs in the
 * folder of the source (Google Cloud buildpacks documentation, "Node.js: custom build step"). A cache of another version is not read.
 */

const FOLDER = '.compile-cache';

/** The entry has no import but this one, because what it imported would be compiled before the cache is known. */
export const cachedEntry = (main: string): string =>
  [
    "import { enableCompileCache } from 'node:module';",
    // Portable: the folder is built in one place and run in another.
    `enableCompileCache({ directory: import.meta.dirname + '/${FOLDER}', portable: true });`,
    `await import('./${main}');`,
    '',
  ].join('\n');

export const fillScript = 'fill-compile-cache.mjs';

/** Loads every file of the folder once, in the way in which the function does, and keeps what was compiled. */
export const fillSource: string = [
  "import { readdirSync } from 'node:fs';",
  "import { enableCompileCache, flushCompileCache } from 'node:module';",
  `enableCompileCache({ directory: import.meta.dirname + '/${FOLDER}', portable: true });`,
  `const own = ['index.mjs', '${fillScript}'];`,
  "const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.mjs') && !own.includes(file));",
  "for (const file of files) await import('./' + file);",
  'flushCompileCache();',
  '// A client that was loaded may hold a timer.',
  'process.exit();',
  '',
].join('\n');
