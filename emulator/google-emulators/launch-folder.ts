/**
 * The folder that firebase-tools is run in: its configuration, its logs, and the programs that it starts by name.
 *
 * When its Pub/Sub emulator has not ended 4 s after it was told to, firebase-tools 15.34 kills, in effect, every process of the machine
 * that `ps aux | grep pubsub-emulator` finds (lib/emulator/pubsubEmulator.js): other people's emulators, and whoever has such a file
 * open in an editor. Here its PATH begins with a folder whose `ps` finds nothing. What really does not end is ended by suite.ts.
 *
 * What is started in its place writes its process id down, so that it can be ended, and ends by itself when whoever started all of this
 * is gone, even by SIGKILL: its standard input ends then. `java` is such a stand-in, too, because the Firestore emulator of the Cloud SDK
 * is a .jar without a main class, which `java -jar`, the way of firebase-tools, does not start.
 */
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { makeRunFolder, readPids, removeLeftovers } from './run-folder.ts';
import type { Environment, GoogleEmulator, Programs } from './programs.ts';

/** A name with `demo-` keeps firebase-tools offline: it needs no login and calls no Google API ("Demo projects" in its documentation). */
export const PROJECT = 'demo-inference-fleet';

/**
 * One free port each. The others are firebase-tools' own and firestore's second wire; nobody here uses them, but two suites that have
 * one of them in common do not live side by side: the second one ends both its emulators some seconds after it called them ready.
 */
export interface SuitePorts extends Readonly<Record<GoogleEmulator, number>> {
  readonly hub: number;
  readonly logging: number;
  readonly websocket: number;
}

export interface LaunchFolder {
  readonly path: string;
  /** What the CLI's environment needs. */
  readonly environment: Environment;
  /** Every emulator that was started in here; each leads a process group of its own. */
  readonly startedPids: () => readonly number[];
  /** The last lines of each emulator's own log, which say what firebase-tools does not. */
  readonly endsOfLogs: () => readonly string[];
  readonly remove: () => void;
}

/** MIN_SUPPORTED_JAVA_MAJOR_VERSION in lib/emulator/commandUtils.js of firebase-tools 15.34. */
const JAVA_ASKED_FOR = 21;

/** Lines of a log that are shown. */
const LOG_LINES = 15;

const MAIN_CLASS = 'com.google.cloud.datastore.emulator.firestore.CloudFirestore';

export function makeLaunchFolder(programs: Programs, ports: SuitePorts, env: Environment): LaunchFolder {
  removeLeftovers();
  const { path, pids } = makeRunFolder();
  const bin = join(path, 'bin');
  mkdirSync(bin);
  writeFileSync(join(path, 'firebase.json'), JSON.stringify(firebaseConfig(ports, programs), null, 2));
  const jar = programs.emulators.firestore ?? '';
  // firebase-tools changes the mode of what it starts, so it gets files that are ours.
  const firestoreMark = join(path, 'firestore.jar');
  writeFileSync(firestoreMark, `stands for ${jar}\n`);
  writeProgram(join(bin, 'ps'), 'exit 0');
  writeProgram(join(bin, 'java'), javaScript({ java: programs.java, firestoreMark, jar, pids }));
  const pubsub = join(bin, 'start-pubsub');
  writeProgram(pubsub, `${underWatch(pids)}\nexec ${quote(programs.emulators.pubsub ?? '')} "$@" < /dev/null 3<&-`);
  return {
    path,
    environment: {
      ...env,
      PATH: `${bin}${delimiter}${env['PATH'] ?? ''}`,
      PUBSUB_EMULATOR_BINARY_PATH: pubsub,
      FIRESTORE_EMULATOR_BINARY_PATH: firestoreMark,
      // Of firebase-tools: where it keeps the user's login and settings, and notes which suite runs. Neither is to be touched.
      XDG_CONFIG_HOME: path,
      TMPDIR: path,
      NO_UPDATE_NOTIFIER: '1',
    },
    startedPids: () => readPids(path),
    endsOfLogs: () => endsOfLogs(path),
    // What was ended just now may still have a log open.
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }),
  };
}

/** firebase-tools writes what each emulator says into `<emulator>-debug.log`; `firebase-debug.log` is what it says itself. */
function endsOfLogs(path: string): readonly string[] {
  const logs = readdirSync(path).filter((name) => name.endsWith('-debug.log') && name !== 'firebase-debug.log');
  return logs.sort().flatMap((name) => {
    const lines = readFileSync(join(path, name), 'utf8').trim().split('\n').slice(-LOG_LINES);
    return [`the end of ${name}:`, ...lines.map((line) => `  ${line}`)];
  });
}

/** firebase.json of firebase-tools. What is not named in it is not started. */
function firebaseConfig({ pubsub, firestore, hub, logging, websocket }: SuitePorts, { emulators }: Programs): object {
  const host = '127.0.0.1';
  return {
    emulators: {
      ...(emulators.pubsub !== undefined && { pubsub: { host, port: pubsub } }),
      ...(emulators.firestore !== undefined && { firestore: { host, port: firestore, websocketPort: websocket } }),
      hub: { host, port: hub },
      logging: { host, port: logging },
      ui: { enabled: false },
      // The product's project has another name than the suite's.
      singleProjectMode: false,
    },
  };
}

/**
 * `java -version` is a question of firebase-tools, everything else an emulator. It is answered with what firebase-tools asks for: that
 * is what the emulators need that it would download, while those of the Cloud SDK 528 run on Java 17, and say so themselves if not.
 */
function javaScript(parts: {
  readonly java: string;
  readonly firestoreMark: string;
  readonly jar: string;
  readonly pids: string;
}): string {
  const java = quote(parts.java);
  const mark = quote(parts.firestoreMark);
  return `case " $* " in
  *" -version "*) echo 'openjdk version "${JAVA_ASKED_FOR}"' >&2; exit 0 ;;
  *" "${mark}" "*) ;;
  *) exec ${java} "$@" ;;
esac
for argument do
  shift
  case "$argument" in
    -jar) ;;
    ${mark}) set -- "$@" -cp ${quote(parts.jar)} ${MAIN_CLASS} ;;
    *) set -- "$@" "$argument" ;;
  esac
done
${underWatch(parts.pids)}
exec ${java} "$@" < /dev/null 3<&-`;
}

/** Writes the process down and ends it with its standard input. `exec` keeps the process id, and with it who is watched. */
function underWatch(pids: string): string {
  return `echo $$ >> ${quote(pids)}
exec 3<&0
( cat <&3 > /dev/null; kill $$ ) > /dev/null 2>&1 &`;
}

function writeProgram(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** One word for a shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
