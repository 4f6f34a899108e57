/** The real gcloud against a local cloud of this test, set up as `inferctl env` does it, and what it sends with each command. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeLocalContext } from '../../../emulator/local-context.ts';
import type { HttpRequest } from '../../../emulator/wires/http.ts';
import type { FrontEndFailure } from '../../../emulator/wires/misfortunes.ts';
import type { Occasion } from '../../../emulator/wires/occasions.ts';
import { type CloudUnderTest, startCloud } from '../../support/local-cloud.ts';
import { recordedEndpoint } from './recording.ts';

export interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  /** In the order of their arrival. */
  readonly requests: readonly HttpRequest[];
}

export interface Given {
  /** Falls on requests of this command only. */
  readonly misfortune?: FrontEndFailure & Occasion;
  /** Commands with the same one share a kubeconfig: two that write one file at the same time lose what the other wrote. */
  readonly kubeconfig?: string;
}

export interface Gcloud {
  readonly cloud: CloudUnderTest;
  /** Through a shell, as it would be typed. */
  run(command: string, given?: Given): Promise<Ran>;
  stop(): Promise<void>;
}

/** `cluster`: what `kubectl` talks to before anything else was chosen. */
export async function startGcloud(cluster: string): Promise<Gcloud> {
  const byToken = new Map<string, HttpRequest[]>();
  const cloud = await startCloud({
    onRequest: (request) => byToken.get(request.headers['authorization'] ?? '')?.push(request),
  });
  const folder = mkdtempSync(join(tmpdir(), 'gcloud-'));
  const environment = environmentOf(folder, cloud, cluster);
  const run: Gcloud['run'] = async (command, { misfortune, kubeconfig = 'kubeconfig' } = {}) => {
    // Each command has a token of its own, which tells its requests from those of commands that run beside it.
    const token = `command-${byToken.size}`;
    const requests: HttpRequest[] = [];
    byToken.set(`Bearer ${token}`, requests);
    const tokenFile = join(folder, token);
    writeFileSync(tokenFile, token);
    const end = misfortune && cloud.misfortunes.strike(misfortune, onlyOf(`Bearer ${token}`, misfortune));
    const env = { ...environment, CLOUDSDK_AUTH_ACCESS_TOKEN_FILE: tokenFile, KUBECONFIG: join(folder, kubeconfig) };
    const ended = await shell(command.replaceAll(recordedEndpoint, cloud.addresses.http), env);
    end?.();
    return { ...ended, requests };
  };
  const stop = async () => {
    await cloud.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { cloud, run, stop };
}

function onlyOf(authorization: string, { matches, times }: Occasion): Occasion {
  return {
    matches: (request) => request.headers['authorization'] === authorization && matches(request),
    ...(times !== undefined && { times }),
  };
}

/** What the context of the local cloud says, as `inferctl env` prints it. */
function environmentOf(folder: string, cloud: CloudUnderTest, name: string): Readonly<Record<string, string>> {
  writeLocalContext(folder, cloud, { project: 'demo', name });
  const { contexts } = JSON.parse(readFileSync(join(folder, 'contexts.json'), 'utf8')) as {
    readonly contexts: { readonly local: { readonly environment: Readonly<Record<string, string>> } };
  };
  // A process’s environment has no undefined values once it is spread.
  return { ...(process.env as Record<string, string>), ...contexts.local.environment };
}

function shell(command: string, env: Readonly<Record<string, string>>): Promise<Omit<Ran, 'requests'>> {
  return new Promise((resolve) => {
    execFile('sh', ['-c', command], { env, encoding: 'utf8' }, (error, stdout, stderr) => {
      resolve({ exit: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

/** Runs several at a time: a command computes for a second and then mostly waits. */
export async function sideBySide<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 3 }, worker));
}
