/** The programs of a real Kubernetes control plane: what each is built from, and where the built ones lie. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { userCacheFolder } from '../user-cache.ts';
import { kwokPatch } from './kwok-source.ts';

interface Program {
  /** Folder beside this file that holds its go.mod. */
  readonly module: 'etcd' | 'kubernetes';
  readonly package: string;
}

/**
 * Kubernetes and KWOK share a module, and with it the packages that both are made of: KWOK costs 10 s instead of 85. etcd is built
 * from its own, since Kubernetes asks for older versions of what it is made of.
 */
export const programs = {
  etcd: { module: 'etcd', package: 'go.etcd.io/etcd/server/v3' },
  'kube-apiserver': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-apiserver' },
  'kube-controller-manager': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-controller-manager' },
  'kube-scheduler': { module: 'kubernetes', package: 'k8s.io/kubernetes/cmd/kube-scheduler' },
  kwok: { module: 'kubernetes', package: 'sigs.k8s.io/kwok/cmd/kwok' },
} as const satisfies Readonly<Record<string, Program>>;

export type ProgramName = keyof typeof programs;

export const programNames: readonly ProgramName[] = [
  'etcd',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'kwok',
];

/** What answers the Kubernetes API; without the rest nothing happens to the objects in it. */
export const apiPrograms: readonly ProgramName[] = ['etcd', 'kube-apiserver'];

/** What a cluster of the local cloud runs on; its nodes and pods are the local cloud's own. */
export const clusterPrograms: readonly ProgramName[] = [...apiPrograms, 'kube-controller-manager', 'kube-scheduler'];

/** Of the modules that programs are built from. */
export const modulesFolder = import.meta.dirname;

export const kubernetesVersion = requiredVersion('k8s.io/kubernetes');
export const kwokVersion = requiredVersion('sigs.k8s.io/kwok');

/** As go.mod has it, without its v. */
function requiredVersion(module: string): string {
  const lines = readFileSync(join(modulesFolder, 'kubernetes/go.mod'), 'utf8').split('\n');
  const words = lines.map((line) => line.trim().split(' ')).find(([name]) => name === module);
  if (words?.[1] === undefined) throw new Error(`reading kubernetes/go.mod: it does not require ${module}`);
  return words[1].slice('v'.length);
}

const version = 'k8s.io/component-base/version';
/** kubectl cannot read the version of a server that was linked without it (`v0.0.0-master+$Format:%H$`). */
export const linkerFlags = [
  // No symbol table and no debug information: linking takes a third less.
  '-s -w',
  `-X ${version}.gitVersion=v${kubernetesVersion}`,
  ...kubernetesVersion
    .split('.')
    .flatMap((part, at) => (at < 2 ? [`-X ${version}.git${at === 0 ? 'Major' : 'Minor'}=${part}`] : [])),
].join(' ');

/** Of KWOK's module: what it does with nodes and pods. Without a stage it ends at once. */
export const stageFiles = [
  'kustomize/stage/node/fast/node-initialize.yaml',
  'kustomize/stage/node/heartbeat/node-heartbeat.yaml',
  'kustomize/stage/pod/fast/pod-ready.yaml',
  'kustomize/stage/pod/fast/pod-complete.yaml',
  'kustomize/stage/pod/fast/pod-delete.yaml',
] as const;

/**
 * Where the programs of exactly these modules lie, built or yet to be built. What is in the folder is complete: a program comes
 * into it by being renamed.
 */
export function programsFolder(): string {
  return join(userCacheFolder('control-plane', process.env), key());
}

/** Files and flags that decide what is built. */
function key(): string {
  const hash = createHash('sha256');
  const files = ['etcd', 'kubernetes'].flatMap((module) => [join(module, 'go.mod'), join(module, 'go.sum')]);
  for (const file of files) hash.update(readFileSync(join(modulesFolder, file)));
  return hash
    .update(`${kwokPatch.leaveOut} ${linkerFlags} ${process.platform} ${process.arch}`)
    .digest('hex')
    .slice(0, 16);
}

/** Those that have yet to be built. */
export function missingPrograms(wanted: readonly ProgramName[]): readonly ProgramName[] {
  const folder = programsFolder();
  return wanted.filter((name) => !existsSync(join(folder, name)));
}

/** Which of them have yet to be built, and what to run for it; undefined: none. */
export function whyNotBuilt(wanted: readonly ProgramName[]): string | undefined {
  const missing = missingPrograms(wanted);
  if (missing.length === 0) return undefined;
  return `${missing.join(', ')} not built yet: run npm run control-plane (needs Go 1.26 or newer; once some 6 min)`;
}
