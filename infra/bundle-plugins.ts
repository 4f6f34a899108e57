/**
 * What bundling changes in the packages it takes in, so that a process gets to its first API call sooner. Each changes when or how
 * much is loaded, never what a call does. Figures: CPU of a starting process, 2 cores, Node 24 (`npm run bench`).
 */
import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';
import type { INamespace } from 'protobufjs';
import { keptMethods } from './kept-methods.ts';
import { pruneProtos } from './prune-protos.ts';

const prunedProtos: Plugin = {
  name: 'pruned-protos',
  setup(bundler) {
    bundler.onLoad({ filter: /@google-cloud\/[\w-]+\/build\/protos\/protos\.json$/ }, ({ path }) => {
      const name = /(@google-cloud\/[\w-]+)\/build/.exec(path)?.[1] ?? '';
      const kept = keptMethods[name];
      if (kept === undefined) throw new Error(`bundling ${path}: name the methods of ${name} that are called`);
      const descriptors: INamespace = JSON.parse(readFileSync(path, 'utf8'));
      // As text, because V8 parses JSON faster than the same object written as code.
      const text = JSON.stringify(JSON.stringify(pruneProtos(descriptors, kept)));
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

export const plugins: readonly Plugin[] = [prunedProtos, lazyBuiltins, lateProtoLoader, plainUtil, onlyEnglish];
