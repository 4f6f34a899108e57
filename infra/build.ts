/**
 * `npm run build`: one folder per function under `dist/`, as `gcloud functions deploy --source` and Terraform take it: a bundle
 * of everything but functions-framework, and a package.json that names only that.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { doors } from '../functions/doors.ts';
import { plugins } from './bundle-plugins.ts';
import { cachedEntry, fillScript, fillSource } from './compile-cache.ts';
import { FRAMEWORK, manifestOf } from './manifest.ts';

const root = new URL('..', import.meta.url).pathname;
const dist = join(root, 'dist');

/** What the CommonJS packages inside the bundle expect to find. */
const COMMON_JS_NAMES = [
  "import { createRequire as makeRequire } from 'node:module';",
  'const require = makeRequire(import.meta.url);',
  'const __filename = import.meta.filename, __dirname = import.meta.dirname;',
].join('');

/** Registers one function, from the same registry that `functions/index.ts` uses. */
function entryOf(name: string): string {
  return [
    "import { http } from '@google-cloud/functions-framework';",
    "import { toHttpFunction } from './functions/door.ts';",
    "import { doors } from './functions/doors.ts';",
    "import { startRuntime } from './functions/runtime.ts';",
    `http('${name}', toHttpFunction(doors['${name}'], startRuntime));`,
  ].join('\n');
}

/** The installed one: what was tested is what is deployed. */
function frameworkVersion(): string {
  return JSON.parse(readFileSync(join(root, 'node_modules', FRAMEWORK, 'package.json'), 'utf8')).version;
}

async function bundle(name: string): Promise<void> {
  const folder = join(dist, name);
  mkdirSync(folder, { recursive: true });
  await build({
    stdin: { contents: entryOf(name), resolveDir: root, loader: 'ts' },
    outdir: folder,
    entryNames: 'function',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // What is imported lazily becomes a file of its own, read only when it is needed.
    splitting: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    external: [FRAMEWORK],
    plugins: [...plugins],
    logLevel: 'warning',
    banner: { js: COMMON_JS_NAMES },
  });
  writeFileSync(join(folder, 'index.mjs'), cachedEntry('function.mjs'));
  writeFileSync(join(folder, fillScript), fillSource);
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(name, frameworkVersion()), null, 2)}\n`);
  const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  process.stdout.write(`dist/${name}: ${Math.round(bytes / 1024)} KiB\n`);
}

rmSync(dist, { recursive: true, force: true });
for (const name of Object.keys(doors)) await bundle(name);
