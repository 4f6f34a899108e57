/** A real Kubernetes control plane on this machine: etcd and the API server, and what makes things happen in it. */
import { get } from 'node:https';
import { join } from 'node:path';
import { findFreePorts } from '../free-ports.ts';
import type { Authority } from '../wires/certificates.ts';
import { systemTime } from '../world/real-time.ts';
import { argumentsOf, etcdUrl, type LaunchFacts } from './launch.ts';
import { apiPrograms, type ProgramName, programNames, programsFolder, whyNotBuilt } from './programs.ts';
import { tokens, writeKubeconfig, writeServerFiles } from './server-files.ts';
import { Supervised } from './supervised.ts';

export interface ControlPlaneOptions {
  /** Folder of its data, certificates and logs. What the cluster held before is there again after the next start. */
  readonly home: string;
  /** Besides etcd and the API server, without which nothing happens to the objects. */
  readonly programs?: readonly ProgramName[];
  /** Signs the server's certificate; one of its own unless given. */
  readonly authority?: Authority;
  /** Tokens that may do everything, besides `tokens.admin`. */
  readonly adminTokens?: readonly string[];
  /** Told when a program ends by itself, with the end of its log. Unless given, that is an uncaught error. */
  readonly onCrash?: (message: string) => void;
}

export interface ControlPlane {
  /** `https://127.0.0.1:<port>` */
  readonly server: string;
  /** PEM; what clients must trust. */
  readonly caCertificate: string;
  /** One who may do everything, and one to whom nothing is allowed. */
  readonly tokens: { readonly admin: string; readonly viewer: string };
  /** A file, for `tokens.admin`. */
  readonly kubeconfig: string;
  /** Lets etcd forget all versions but the newest, as the API server does every five minutes. */
  compact(): Promise<void>;
  stop(): Promise<void>;
}

/** Real time that a start may take. Alone on two cores it takes 3 to 6 s. */
const START_TIMEOUT_MS = 120_000;
const PROBE_INTERVAL_MS = 50;

/** Rejects where something is not built yet, with what to run for it. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const asked = [...apiPrograms, ...(options.programs ?? [])];
  // In the order in which they need one another.
  const wanted = programNames.filter((name) => asked.includes(name));
  const missing = whyNotBuilt(wanted);
  if (missing !== undefined) throw new Error(`starting a real Kubernetes control plane: ${missing}`);
  const running: Supervised[] = [];
  const stop = async (): Promise<void> => {
    // The last one started first, so that nobody complains about who is gone already.
    for (const program of running.toReversed()) await program.stop();
  };
  try {
    return { ...(await start(options, wanted, running)), stop };
  } catch (thrown) {
    await stop();
    throw thrown;
  }
}

async function start(
  options: ControlPlaneOptions,
  wanted: readonly ProgramName[],
  running: Supervised[],
): Promise<Omit<ControlPlane, 'stop'>> {
  const { home } = options;
  const files = await writeServerFiles(home, { authority: options.authority, admins: options.adminTokens ?? [] });
  const [etcd = 0, peer = 0, api = 0] = await findFreePorts(3);
  const server = `https://127.0.0.1:${api}`;
  const { caCertificate } = files.authority;
  const kubeconfig = join(home, 'kubeconfig');
  writeKubeconfig(kubeconfig, server, caCertificate);
  const facts = { home, files, kubeconfig, ports: { etcd, peer, api } };
  for (const name of wanted) {
    const program = await launch(name, facts);
    running.push(program);
    // The others ask the API server who they are, and give up when nobody answers.
    if (name === 'kube-apiserver') await untilReady(server, caCertificate, running);
    void program.crashed.then((message) => (options.onCrash ?? fail)(message));
  }
  return { server, caCertificate, tokens, kubeconfig, compact: () => compact(etcdUrl(facts)) };
}

function fail(message: string): void {
  throw new Error(`a real Kubernetes control plane: ${message}`);
}

async function launch(name: ProgramName, facts: LaunchFacts): Promise<Supervised> {
  const [ownPort = 0] = await findFreePorts(1);
  return new Supervised({
    program: join(programsFolder(), name),
    args: argumentsOf(name, facts, ownPort),
    logFile: join(facts.home, `${name}.log`),
  });
}

/** Ready is not enough: the namespace `default` comes a moment later. */
async function untilReady(server: string, ca: string, running: readonly Supervised[]): Promise<void> {
  const deadlineMs = systemTime.nowMs() + START_TIMEOUT_MS;
  const crash = Promise.race(running.map((program) => program.crashed));
  const isUp = async (): Promise<boolean> =>
    (await answers(`${server}/readyz`, ca)) && (await answers(`${server}/api/v1/namespaces/default`, ca));
  for (;;) {
    const seen = await Promise.race([crash, isUp()]);
    if (seen === true) return;
    if (typeof seen === 'string') throw new Error(`starting a real Kubernetes control plane: ${seen}`);
    if (systemTime.nowMs() > deadlineMs)
      throw new Error(`starting a real Kubernetes control plane: not ready after ${START_TIMEOUT_MS / 1000} s`);
    await new Promise<void>((resolve) => void systemTime.setTimer(PROBE_INTERVAL_MS, resolve));
  }
}

function answers(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get(url, { ca, agent: false, headers: { authorization: `Bearer ${tokens.admin}` } }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('error', () => resolve(false));
  });
}

/** By etcd's own gateway to its gRPC API (etcd.io, "Why gRPC gateway"). */
async function compact(etcd: string): Promise<void> {
  const ask = async (path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`asking etcd for ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const found = await ask('range', { key: base64('/'), limit: 1 });
  const revision = revisionOf(found);
  // The API server reads here how far its caches must forget, too (kubernetes/apiserver pkg/storage/etcd3/compact.go).
  await ask('put', { key: base64('compact_rev_key'), value: base64(revision) });
  await ask('compaction', { revision, physical: true });
}

function revisionOf(answer: unknown): string {
  const text = /"revision":"(\d+)"/.exec(JSON.stringify(answer))?.[1];
  if (text === undefined) throw new Error(`compacting etcd: it did not say where it is: ${JSON.stringify(answer)}`);
  return text;
}
