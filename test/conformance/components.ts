/** Which real components this machine has. What is missing is named, and in CI nothing may be missing. */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CannotStart } from '../../emulator/claims.ts';
import { findCloudSdk, findPrograms, type GoogleEmulator } from '../../emulator/google-emulators/programs.ts';

function onPath(command: string): string | undefined {
  try {
    return execFileSync('which', [command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // `which` ends with 1 for a command that is not there: the answer, not an error.
    return undefined;
  }
}

/** Where `npm run emulators` would find it, with the Java that it runs on. */
function googleEmulator(name: GoogleEmulator): string | undefined {
  try {
    return findPrograms([name], process.env).emulators[name];
  } catch (thrown) {
    if (thrown instanceof CannotStart) return undefined;
    throw thrown;
  }
}

/** How each component is found; what `found` answers is the program to start. */
const components = {
  gcloud: { needs: 'the Cloud SDK', found: () => onPath('gcloud') },
  kubectl: { needs: 'kubectl (part of the Cloud SDK)', found: () => onPath('kubectl') },
  terraform: { needs: 'terraform', found: () => onPath('terraform') },
  java: { needs: 'Java 17 or newer', found: () => onPath('java') },
  python: { needs: 'Python 3', found: () => onPath('python3') },
  'pubsub-emulator': {
    needs: 'Java and the Cloud SDK’s component pubsub-emulator',
    found: () => googleEmulator('pubsub'),
  },
  'firestore-emulator': {
    needs: 'Java and the Cloud SDK’s component cloud-firestore-emulator',
    found: () => googleEmulator('firestore'),
  },
} as const;

export type ComponentName = keyof typeof components;

/** Asked for once: gcloud needs half a second to say where it is. */
const found = new Map<ComponentName, string | undefined>();

/** The path of the program, undefined where this machine does not have it. */
export function component(name: ComponentName): string | undefined {
  if (!found.has(name)) found.set(name, components[name].found());
  return found.get(name);
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

/** Why the tests of a component were skipped and that this counts as a failure; undefined: it is there, or may be missing here. */
export function skipReason(name: ComponentName): string | undefined {
  if (isInstalled(name)) return undefined;
  return skipped(`${components[name].needs} is not installed`);
}

/** Says what was skipped; the answer is the reason where skipping is a failure, which it is in CI. */
export function skipped(why: string): string | undefined {
  const reason = `skipped: ${why}`;
  process.stderr.write(`${reason}\n`);
  return isCi() ? reason : undefined;
}

/** Where nothing may be skipped, and what is generated must be what is committed. */
export function isCi(): boolean {
  return (process.env['CI'] ?? '') !== '';
}
