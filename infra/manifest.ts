/** The package.json of a deployed function (Cloud Run functions documentation, "Write Cloud Run functions", source directory structure). */

import { fillScript } from './compile-cache.ts';

/** The only package outside the bundle: the platform starts functions with its binary, and installs it from the package.json. */
export const FRAMEWORK = '@google-cloud/functions-framework';

/** `main` is what the platform loads, `engines.node` the major version of the runtime `nodejs24`, `gcp-build` a step of its build. */
export function manifestOf(name: string, frameworkVersion: string) {
  return {
    name,
    private: true,
    type: 'module',
    main: 'index.mjs',
    engines: { node: '24' },
    scripts: { 'gcp-build': `node ${fillScript}` },
    dependencies: { [FRAMEWORK]: frameworkVersion },
  };
}
