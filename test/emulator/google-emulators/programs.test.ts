import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findJava, findPrograms } from '../../../emulator/google-emulators/programs.ts';

const folder = mkdtempSync(join(tmpdir(), 'programs-'));
const file = (path: string, text = '') => {
  const full = join(folder, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
  chmodSync(full, 0o755);
  return full;
};
/** As a Java says it, after what JAVA_TOOL_OPTIONS make it say. */
const javaOf = (jdk: string, version: string) =>
  file(
    `${jdk}/bin/java`,
    `#!/bin/sh\necho 'Picked up options' >&2\necho 'openjdk version "${version}" 2025-04-15' >&2\n`,
  );
const java = javaOf('jdk', '17.0.15');
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

it('names everything that is missing, each in a line with what to install', () => {
  const env = { PATH: join(folder, 'bin-without'), JAVA_HOME: join(folder, 'nowhere') };

  expect(() => findPrograms(['pubsub', 'firestore'], env)).toThrow(
    [
      'Google’s emulators cannot start; what is missing:',
      'Java 17 or newer (a `java` on PATH, or JAVA_HOME)',
      'the Cloud SDK’s component pubsub-emulator (gcloud components install pubsub-emulator), ' +
        'or name a start script of your own in PUBSUB_EMULATOR_BINARY_PATH',
      'the Cloud SDK’s component cloud-firestore-emulator (gcloud components install cloud-firestore-emulator), ' +
        'or name a .jar of your own in FIRESTORE_EMULATOR_BINARY_PATH',
    ].join('\n  '),
  );
});

describe('a Java', () => {
  it.each(['17', '21-ea', '25.0.1'])('%s is new enough', (version) => {
    const path = javaOf(`jdk-${version}`, version);

    expect(findJava({ ...withGcloud, JAVA_HOME: join(folder, `jdk-${version}`) })).toEqual({ path });
  });

  it.each(['1.8.0_292', '11.0.2', '16'])('%s is too old, and is named', (version) => {
    const path = javaOf(`jdk-${version}`, version);
    const env = { ...withGcloud, JAVA_HOME: join(folder, `jdk-${version}`) };

    expect(() => findPrograms(['pubsub'], env)).toThrow(
      `what is missing:\n  Java 17 or newer (a \`java\` on PATH, or JAVA_HOME): ${path} is ${version}`,
    );
  });

  it('that does not run is named', () => {
    const path = file('broken/bin/java', '#!/bin/sh\nexit 1\n');

    expect(findJava({ ...withGcloud, JAVA_HOME: join(folder, 'broken') })).toEqual({
      missing: `Java 17 or newer (a \`java\` on PATH, or JAVA_HOME): ${path} does not say its version`,
    });
  });
});

it('does not look elsewhere when a variable names nothing', () => {
  const env = { ...withGcloud, FIRESTORE_EMULATOR_BINARY_PATH: '/nowhere/emulator.jar' };

  expect(() => findPrograms(['firestore'], env)).toThrow(
    'FIRESTORE_EMULATOR_BINARY_PATH names /nowhere/emulator.jar, where there is nothing',
  );
});
