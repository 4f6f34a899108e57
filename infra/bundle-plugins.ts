/**
 * What bundling changes in the packages it takes in, so that a process gets to its first API call sooner. Each changes when or how
 * much is loaded, never what a call does. Figures: CPU of a starting process, 2 cores, Node 24 (`npm run bench`).
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';
import type { INamespace } from 'protobufjs';
import { keptMethodsOf } from './kept-methods.ts';
import { pruneProtos } from './prune-protos.ts';

const descriptors = new Map<string, INamespace>();

/** Read once for all functions and clients. */
function descriptorsOf(path: string): INamespace {
  const known: INamespace = descriptors.get(path) ?? JSON.parse(readFileSync(path, 'utf8'));
  descriptors.set(path, known);
  return known;
}

/** Each client gets descriptors of its own service: the first client that is made does not wait for those of all others (30 ms). */
const prunedProtos: Plugin = {
  name: 'pruned-protos',
  setup(bundler) {
    bundler.onResolve({ filter: /\/protos\.json$/ }, ({ path, importer }) =>
      importer.includes('/@google-cloud/')
        ? { path: join(dirname(importer), path), suffix: `?${basename(importer, '_client.js')}` }
        : undefined,
    );
    bundler.onLoad({ filter: /@google-cloud\/[\w-]+\/build\/protos\/protos\.json$/ }, ({ path, suffix }) => {
      const name = /(@google-cloud\/[\w-]+)\/build/.exec(path)?.[1] ?? '';
      const kept = keptMethodsOf(name, suffix.slice(1));
      if (kept === undefined) throw new Error(`bundling ${path}${suffix}: name the methods of it that are called`);
      // As text, because V8 parses JSON faster than the same object written as code.
      const text = JSON.stringify(JSON.stringify(pruneProtos(descriptorsOf(path), kept)));
      return { contents: `module.exports = JSON.parse(${text});`, loader: 'js' };
    });
  },
};

/**
 * An ES import of a built-in module reads everything that it exports, and what is lazy in it is loaded: `node:http` has `WebSocket`,
 * hence the whole of Node's undici (20 ms), `node:crypto` has `webcrypto`. Taken as a CommonJS module, only what is used is read.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup(bundler) {
    bundler.onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : undefined,
    );
    bundler.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule('${path}');`,
      loader: 'js',
    }));
  },
};

/** Changes the text of one file; fails where the package is no longer as it was, so that nothing is lost unnoticed. */
function rewrite(name: string, filter: RegExp, change: (text: string) => string): Plugin {
  return {
    name,
    setup(bundler) {
      bundler.onLoad({ filter }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        const contents = change(text);
        if (contents === text) throw new Error(`bundling ${path}: ${name} finds nothing to change`);
        return { contents, loader: 'js' };
      });
    },
  };
}

/**
 * gax loads proto-loader, and that parses the descriptors of descriptors, for clients without descriptors of their own; ours bring
 * theirs (shared/gcp/gax.ts). Loaded where it is used instead: 25 ms.
 */
const lateProtoLoader = rewrite('late-proto-loader', /google-gax\/build\/src\/grpc\.js$/, (text) =>
  text
    .replace('const grpcProtoLoader = __importStar(require("@grpc/proto-loader"));', '')
    .replaceAll('grpcProtoLoader.', 'require("@grpc/proto-loader").'),
);

/** Copying all of `util` for one function of it loads worker threads, diff and encodings: 8 ms. */
const plainUtil = rewrite('plain-util', /google-logging-utils\/build\/src\/logging-utils\.js$/, (text) =>
  text.replace('__importStar(require("util"))', 'require("util")'),
);

/** zod words its messages in 64 languages, of which English is used: half of what every function reads at its start. */
const onlyEnglish = rewrite(
  'only-english',
  /zod\/v4\/locales\/index\.js$/,
  () => "export { default as en } from './en.js';",
);

/** Message classes of three services that gax exports and our clients have no use for: 480 KB that every client would wait for. */
const noStaticProtos = rewrite(
  'no-static-protos',
  /google-gax\/build\/protos\/(iam_service|locations|operations)\.js$/,
  () => 'module.exports = {};',
);

/** zod writes and compiles a function per object schema at its first use: 20 ms for what a starting process parses a few times. */
const interpretedZod = rewrite('interpreted-zod', /zod\/v4\/core\/core\.js$/, (text) =>
  text.replace('__zod_globalConfig = {})', '__zod_globalConfig = { jitless: true })'),
);

export const plugins: readonly Plugin[] = [
  prunedProtos,
  lazyBuiltins,
  lateProtoLoader,
  noStaticProtos,
  plainUtil,
  onlyEnglish,
  interpretedZod,
];
