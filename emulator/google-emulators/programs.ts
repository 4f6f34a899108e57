/** Where Java and Google's emulators are on this machine, or what to install for it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from '../claims.ts';

export type GoogleEmulator = 'pubsub' | 'firestore';

export const googleEmulators: readonly GoogleEmulator[] = ['pubsub', 'firestore'];

/** What is to be run, each by its path. */
export interface Programs {
  readonly java: string;
  readonly emulators: Readonly<Partial<Record<GoogleEmulator, string>>>;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `variable` is firebase-tools' own (lib/emulator/downloadableEmulators.js: `<NAME>_EMULATOR_BINARY_PATH`) and has the same meaning
 * here; `path` is where the Cloud SDK keeps its component of that name.
 */
const places = {
  pubsub: {
    variable: 'PUBSUB_EMULATOR_BINARY_PATH',
    path: 'platform/pubsub-emulator/bin/cloud-pubsub-emulator',
    component: 'pubsub-emulator',
    what: 'a start script',
  },
  firestore: {
    variable: 'FIRESTORE_EMULATOR_BINARY_PATH',
    path: 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar',
    component: 'cloud-firestore-emulator',
    what: 'a .jar',
  },
} as const;

/** What the emulators of the Cloud SDK 528 are compiled for. */
const OLDEST_JAVA = 17;

/** Throws a `CannotStart` with one line for each part that is missing. */
export function findPrograms(only: readonly GoogleEmulator[], env: Environment): Programs {
  const java = findJava(env);
  const sdk = only.every((emulator) => env[places[emulator].variable]) ? undefined : findCloudSdk(env);
  const found = only.map((emulator) => ({ emulator, path: findEmulator(emulator, env, sdk) }));
  const missing = [
    ...('missing' in java ? [java.missing] : []),
    ...found.flatMap(({ emulator, path }) => (path === undefined ? [whatToInstall(emulator)] : [])),
  ];
  if ('missing' in java || missing.length > 0)
    throw new CannotStart(['Google’s emulators cannot start; what is missing:', ...missing].join('\n  '));
  return { java: java.path, emulators: Object.fromEntries(found.map(({ emulator, path }) => [emulator, path])) };
}

/** A variable that names nothing is a mistake to be told of, and no reason to look elsewhere. */
function findEmulator(emulator: GoogleEmulator, env: Environment, sdk: string | undefined): string | undefined {
  const { variable, path } = places[emulator];
  const named = env[variable];
  if (named) {
    if (existsSync(named)) return named;
    throw new CannotStart(`${variable} names ${named}, where there is nothing`);
  }
  return sdk !== undefined && existsSync(join(sdk, path)) ? join(sdk, path) : undefined;
}

function whatToInstall(emulator: GoogleEmulator): string {
  const { component, variable, what } = places[emulator];
  return `the Cloud SDK’s component ${component} (gcloud components install ${component}), or name ${what} of your own in ${variable}`;
}

/** A Java that is new enough, or in one line what is missing. */
export function findJava(env: Environment): { readonly path: string } | { readonly missing: string } {
  const path = javaPath(env);
  const wanted = `Java ${OLDEST_JAVA} or newer (a \`java\` on PATH, or JAVA_HOME)`;
  if (path === undefined) return { missing: wanted };
  const version = javaVersion(path, env);
  if (version === undefined) return { missing: `${wanted}: ${path} does not say its version` };
  return majorOf(version) >= OLDEST_JAVA ? { path } : { missing: `${wanted}: ${path} is ${version}` };
}

/** `openjdk version "17.0.15" 2025-04-15`, on the standard error; undefined: it does not run. */
function javaVersion(path: string, env: Environment): string | undefined {
  const { stderr } = spawnSync(path, ['-version'], { encoding: 'utf8', env: { ...env } });
  return / version "([^"]+)"/.exec(stderr ?? '')?.[1];
}

/** Until 8 it was the second number: `1.8.0_292` (JEP 223). */
function majorOf(version: string): number {
  const [first = '', second = ''] = version.split(/[^\d]/);
  return Number(first === '1' ? second : first);
}

function javaPath(env: Environment): string | undefined {
  const home = env['JAVA_HOME'];
  if (home && existsSync(join(home, 'bin/java'))) return join(home, 'bin/java');
  return firstLine('sh', ['-c', 'command -v java'], env);
}

/** The folder of the Cloud SDK; undefined: there is no gcloud. */
export function findCloudSdk(env: Environment): string | undefined {
  return firstLine('gcloud', ['info', '--format=value(installation.sdk_root)'], env);
}

/** What a program answers; undefined where it does not exist or fails, which means the same here. */
function firstLine(program: string, args: readonly string[], env: Environment): string | undefined {
  try {
    const output = execFileSync(program, [...args], {
      encoding: 'utf8',
      env: { ...env },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return output.trim().split('\n')[0] || undefined;
  } catch {
    return undefined;
  }
}
