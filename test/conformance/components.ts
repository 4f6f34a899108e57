/** Which real components this machine has. What is missing is named, and in CI nothing may be missing. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from '../../emulator/claims.ts';
import { findCloudSdk, findJava, findPrograms, type GoogleEmulator } from '../../emulator/google-emulators/programs.ts';

function onPath(command: string): string | undefined {
  try {
    return execFileSync('which', [command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // `which` ends with 1 for a command that is not there: the answer, not an error.
    return undefined;
  }
}

/** The program to start, or what is missing and how to get it. */
type Found = { readonly path: string } | { readonly missing: string };

function command(name: string, howToGet: string): Found {
  const path = onPath(name);
  return path === undefined ? { missing: `${name} is not on PATH: ${howToGet}` } : { path };
}

/** Where `npm run emulators` would find it, with the Java that it runs on; what it would say where it does not. */
function googleEmulator(name: GoogleEmulator): Found {
  try {
    const path = findPrograms([name], process.env).emulators[name];
    return path === undefined ? { missing: `the ${name} emulator` } : { path };
  } catch (thrown) {
    if (thrown instanceof CannotStart) return { missing: thrown.message };
    throw thrown;
  }
}

/** How each component is found. */
const components = {
  gcloud: () => command('gcloud', 'install the Cloud SDK (https://cloud.google.com/sdk/docs/install)'),
  kubectl: () => command('kubectl', 'gcloud components install kubectl, or https://kubernetes.io/docs/tasks/tools'),
  terraform: () => command('terraform', 'https://developer.hashicorp.com/terraform/install'),
  java: () => findJava(process.env),
  python: () => command('python3', 'install Python 3 (https://www.python.org/downloads)'),
  'pubsub-emulator': () => googleEmulator('pubsub'),
  'firestore-emulator': () => googleEmulator('firestore'),
} as const satisfies Readonly<Record<string, () => Found>>;

export type ComponentName = keyof typeof components;

/** Asked for once: gcloud needs half a second to say where it is. */
const found = new Map<ComponentName, Found>();

function find(name: ComponentName): Found {
  const known = found.get(name) ?? components[name]();
  found.set(name, known);
  return known;
}

/** The path of the program, undefined where this machine does not have it. */
export function component(name: ComponentName): string | undefined {
  const known = find(name);
  return 'path' in known ? known.path : undefined;
}

/** The versions of kubectl that the Cloud SDK carries, oldest first, with their paths. */
export function kubectlVersions(): readonly { readonly version: string; readonly path: string }[] {
  const sdk = findCloudSdk(process.env);
  if (sdk === undefined) return [];
  const folder = join(sdk, 'bin');
  return readdirSync(folder)
    .filter((name) => /^kubectl\.1\.\d+$/.test(name))
    .sort()
    .map((name) => ({ version: name.slice('kubectl.'.length), path: join(folder, name) }));
}

export function isInstalled(name: ComponentName): boolean {
  return component(name) !== undefined;
}

/** Says why the tests of a component are skipped where it is missing; throws in CI, where it has to be there. */
export function skipReason(name: ComponentName): undefined {
  const known = find(name);
  if ('missing' in known) skipped(`${name}: ${known.missing}`);
}

/** Says what is skipped; throws in CI, where nothing may be. */
export function skipped(why: string): undefined {
  saySkipped(why);
  if (isCi()) throw new Error(`with CI set nothing may be missing: ${why}`);
}

/** For what is skipped in CI as well. */
export function saySkipped(why: string): void {
  process.stderr.write(`skipped: ${why}\n`);
}

/** Where nothing may be skipped, and what is generated must be what is committed. */
export function isCi(): boolean {
  return (process.env['CI'] ?? '') !== '';
}
