import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { findPrograms } from '../../../emulator/google-emulators/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));
const file = (path: string, text = '') => {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, 0o755);
  return full;
};
const java = file('jdk/bin/java');
const pubsub = file('sdk/platform/pubsub-emulator/bin/cloud-pubsub-emulator');
const firestore = file('sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar');
const own = file('own/start-pubsub');
file('bin/gcloud', `#!/bin/sh\necho '${join(folder, 'sdk')}'\n`);
file('bin-without/gcloud', `#!/bin/sh\necho '${join(folder, 'empty-sdk')}'\n`);

/** A shell is needed to look for java; nothing else of this machine is seen. */
const withGcloud = { PATH: `${join(folder, 'bin')}:/bin`, JAVA_HOME: join(folder, 'jdk') };

afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  {
    name: 'the Cloud SDK’s components',
    only: ['pubsub', 'firestore'] as const,
    env: withGcloud,
    found: { java, emulators: { pubsub, firestore } },
  },
  {
    name: 'only what is asked for',
    only: ['firestore'] as const,
    env: withGcloud,
    found: { java, emulators: { firestore } },
  },
  {
    name: 'what firebase-tools’ own variable names, before the SDK’s',
    only: ['pubsub'] as const,
    env: { ...withGcloud, PUBSUB_EMULATOR_BINARY_PATH: own },
    found: { java, emulators: { pubsub: own } },
  },
])('finds $name', ({ only, env, found }) => {
  expect(findPrograms(only, env)).toEqual(found);
});

it('names everything that is missing, and what to install', () => {
  const env = { PATH: join(folder, 'bin-without'), JAVA_HOME: join(folder, 'nowhere') };

  expect(() => findPrograms(['pubsub', 'firestore'], env)).toThrow(
    'Google’s emulators cannot start; install Java 17 or newer (a `java` on PATH, or JAVA_HOME), and ' +
      'the Cloud SDK’s component pubsub-emulator (gcloud components install pubsub-emulator), ' +
      'or name a start script of your own in PUBSUB_EMULATOR_BINARY_PATH, and ' +
      'the Cloud SDK’s component cloud-firestore-emulator (gcloud components install cloud-firestore-emulator), ' +
      'or name a .jar of your own in FIRESTORE_EMULATOR_BINARY_PATH',
  );
});

it('does not look elsewhere when a variable names nothing', () => {
  const env = { ...withGcloud, FIRESTORE_EMULATOR_BINARY_PATH: '/nowhere/emulator.jar' };

  expect(() => findPrograms(['firestore'], env)).toThrow(
    'FIRESTORE_EMULATOR_BINARY_PATH names /nowhere/emulator.jar, where there is nothing',
  );
});
