/** etcd and kube-apiserver alone, with the recorded definitions, over a store that already had content when they started. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { apiPrograms, whyNotBuilt } from '../../../emulator/control-plane/programs.ts';
import { type ControlPlane, startControlPlane } from '../../../emulator/control-plane/start.ts';
import { systemTime } from '../../../emulator/world/real-time.ts';
import { definitionsFolder } from '../recordings.ts';
import { definitionFiles, type StartedTarget } from './ours.ts';
import { startPodBackend } from './pod-backend.ts';
import { type Answer, ask, atPointer, type Target } from './replayer.ts';

/** Why nothing can be asked of a real server; undefined: its programs are built. */
export function realMissing(): string | undefined {
  return whyNotBuilt(apiPrograms);
}

export interface RealTarget extends StartedTarget {
  /** Cases that this machine cannot replay, with the reason. */
  readonly impossible: Readonly<Record<string, string>>;
}

export async function startReal(): Promise<RealTarget> {
  const home = mkdtempSync(join(tmpdir(), 'kubernetes-'));
  const backend = await startPodBackend();
  const first = await startControlPlane({ home });
  await createDefinitions(targetOf(first));
  // A server that is stopped after it accepted the names of a definition and before it established it does not do so at its next start:
  // only an update queues it for that (kubernetes/kubernetes staging/src/k8s.io/apiextensions-apiserver/pkg/apiserver/customresource_handler.go).
  for (const group of servedGroups) await untilServed(targetOf(first), group);
  await first.stop();
  const second = await startControlPlane({ home });
  const target = targetOf(second);
  for (const group of servedGroups) await untilServed(target, group);
  const stop = async () => {
    await second.stop();
    if (typeof backend !== 'string') await backend.stop();
    rmSync(home, { recursive: true, force: true });
  };
  const impossible = typeof backend === 'string' ? { 'pod proxy': backend } : {};
  return { ...target, stop, impossible };
}

function targetOf(plane: ControlPlane): Target {
  return {
    baseUrl: plane.server,
    ca: plane.caCertificate,
    tokens: { admin: plane.tokens.admin, viewer: plane.tokens.viewer, invalid: 'invalid' },
    compact: () => compact(plane),
  };
}

/** The server's caches notice a compaction when they next look for one, every 15 s (kubernetes/apiserver pkg/storage/cacher/compactor.go). */
async function compact(plane: ControlPlane): Promise<void> {
  const target = targetOf(plane);
  const read = (path: string): Promise<Answer> => ask({ method: 'GET', path, headers }, target, new Map());
  const now = atPointer((await read('/api/v1/configmaps?limit=1')).body, '/metadata/resourceVersion');
  const past = Number(now) - 1;
  await plane.compact();
  await until('the caches have forgotten what was compacted', async () => {
    const { status } = await read(`/api/v1/configmaps?limit=1&resourceVersionMatch=Exact&resourceVersion=${past}`);
    return status === 410;
  });
}

const headers = {
  Authorization: 'Bearer {{token:admin}}',
  Accept: 'application/json',
  'Content-Type': 'application/json',
};
const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface ServedGroup {
  readonly group: string;
  /** Plural by kind. */
  readonly kinds: Readonly<Record<string, string>>;
}

/** What `definitionFiles` define. */
const servedGroups: readonly ServedGroup[] = [
  { group: 'leaderworkerset.x-k8s.io', kinds: { LeaderWorkerSet: 'leaderworkersets' } },
  {
    group: 'disaggregatedset.x-k8s.io',
    kinds: { DisaggregatedSet: 'disaggregatedsets', DisaggregatedSetRoleScaler: 'disaggregatedsetrolescalers' },
  },
];

async function createDefinitions(target: Target): Promise<void> {
  const folder = definitionsFolder(definitionFiles[0]);
  if (folder === undefined)
    throw new Error('starting a real API server: there are no definitions beside the recordings');
  for (const file of definitionFiles) {
    const body = parse(readFileSync(join(folder, file), 'utf8'));
    const answer = await ask({ method: 'POST', path: definitions, headers, body }, target, new Map());
    if (answer.status !== 201) throw new Error(`creating the definition of ${file}: ${JSON.stringify(answer)}`);
  }
}

/**
 * Served means that its lists can be read, and that every document that tells of it does: a definition's own status says so too
 * early, and the OpenAPI documents follow on queues of their own (kubernetes/kubernetes
 * staging/src/k8s.io/apiextensions-apiserver/pkg/controller/openapiv3/controller.go).
 */
async function untilServed(target: Target, { group, kinds }: ServedGroup): Promise<void> {
  const read = async (path: string, accept = headers.Accept): Promise<string> => {
    const { status, body } = await ask(
      { method: 'GET', path, headers: { ...headers, Accept: accept } },
      target,
      new Map(),
    );
    return status === 200 ? JSON.stringify(body) : '';
  };
  const groupVersion = `${group}/v1`;
  const named = Object.keys(kinds).map((kind) => `"${kind}"`);
  const asked = [
    ...Object.values(kinds).map((plural) => ({ path: `/apis/${groupVersion}/${plural}`, says: ['"items"'] })),
    { path: '/apis', says: [group] },
    { path: '/apis', accept: aggregated, says: named },
    { path: '/openapi/v3', says: [groupVersion] },
    ...[`/apis/${groupVersion}`, `/openapi/v3/apis/${groupVersion}`, '/openapi/v2'].map((path) => ({
      path,
      says: named,
    })),
  ];
  for (const { says, accept, path } of asked.map((one) => ({ accept: headers.Accept, ...one }))) {
    await until(`${path} (${accept}) tells of ${groupVersion}`, async () => {
      const text = await read(path, accept);
      return says.every((part) => text.includes(part));
    });
  }
}

/** Asks again and again for up to a minute of real time. */
async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadlineMs = systemTime.nowMs() + 60_000;
  while (!(await isSo())) {
    if (systemTime.nowMs() > deadlineMs) throw new Error(`waiting until ${what}: not after a minute`);
    await new Promise<void>((resolve) => void systemTime.setTimer(50, resolve));
  }
}
