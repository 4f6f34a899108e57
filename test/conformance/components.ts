/** Which real components this machine has. What is missing is named, and in CI nothing may be missing. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Asked for once: gcloud alone needs half a second to say where it is. */
let sdkRoot: string | undefined;

/** The folder of the Cloud SDK, which carries kubectl 1.27–1.33 and the emulators. */
function cloudSdk(): string {
  sdkRoot ??= execFileSync('gcloud', ['info', '--format=value(installation.sdk_root)'], { encoding: 'utf8' }).trim();
  return sdkRoot;
}

function onPath(command: string): string | undefined {
  try {
    return execFileSync('which', [command], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    // `which` ends with 1 for a command that is not there: the answer, not an error.
    return undefined;
  }
}

/** A part of the Cloud SDK that runs on Java. */
function emulator(folder: string, file: RegExp): string | undefined {
  if (onPath('gcloud') === undefined || onPath('java') === undefined) return undefined;
  const path = join(cloudSdk(), 'platform', folder);
  if (!existsSync(path)) return undefined;
  const found = readdirSync(path).find((name) => file.test(name));
  return found === undefined ? undefined : join(path, found);
}

/** How each component is found; what `found` answers is the program to start. */
const components = {
  gcloud: { needs: 'the Cloud SDK', found: () => onPath('gcloud') },
  kubectl: { needs: 'kubectl (part of the Cloud SDK)', found: () => onPath('kubectl') },
  terraform: { needs: 'terraform', found: () => onPath('terraform') },
  go: { needs: 'Go 1.25 or newer', found: () => onPath('go') },
  java: { needs: 'Java 17 or newer', found: () => onPath('java') },
  python: { needs: 'Python 3', found: () => onPath('python3') },
  'pubsub-emulator': {
    needs: 'Java and the Cloud SDK’s component pubsub-emulator',
    found: () => emulator('pubsub-emulator/bin', /^cloud-pubsub-emulator$/),
  },
  'firestore-emulator': {
    needs: 'Java and the Cloud SDK’s component cloud-firestore-emulator',
    found: () => emulator('cloud-firestore-emulator', /^cloud_firestore_emulator$/),
  },
} as const;

export type ComponentName = keyof typeof components;

/** The path of the program, undefined where this machine does not have it. */
export function component(name: ComponentName): string | undefined {
  return components[name].found();
}

/** The versions of kubectl that the Cloud SDK carries, oldest first, with their paths. */
export function kubectlVersions(): readonly { readonly version: string; readonly path: string }[] {
  if (onPath('gcloud') === undefined) return [];
  const folder = join(cloudSdk(), 'bin');
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
  return process.env['CI'] === undefined ? undefined : reason;
}
