/** The cluster of a local cloud behind its TLS wire, controllers and nodes running, for clients in processes of their own. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeClusterRuntime } from '../../../emulator/controllers/cluster-runtime.ts';
import { installServingKinds } from '../../../emulator/controllers/serving-definitions.ts';
import { type Authority, makeAuthority } from '../../../emulator/wires/certificates.ts';
import { serveKubernetes } from '../../../emulator/wires/kubernetes-tls.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';
import { bootedMs, cpuInstance, gpuInstance } from '../../emulator/controllers/cluster-fixtures.ts';
import type { KubectlTarget } from './kubectl.ts';

export interface RunningCluster extends KubectlTarget {
  readonly stop: () => Promise<void>;
}

/** kubectl works ages out by its own clock, which the world must not overtake. */
const headStartMs = 24 * 3_600_000;

/** Two CPU machines and one with eight GPUs, all ready; idle gaps of the world are jumped over. */
export async function startCluster(): Promise<RunningCluster> {
  const clock = new WorldClock({ startMs: Date.now() - headStartMs, speed: 'max' });
  const { apiOf } = await startMachines(clock);
  const bugs: Error[] = [];
  const authority = await makeAuthority();
  const server = await serveKubernetes({ port: 0, authority, apiOf, onBug: (error) => bugs.push(error) });
  const home = mkdtempSync(join(tmpdir(), 'kubectl-'));
  const stop = async (): Promise<void> => {
    clock.stop();
    await server.close();
    rmSync(home, { recursive: true, force: true });
    const [bug] = bugs;
    if (bug !== undefined) throw bug;
  };
  return { kubeconfig: writeKubeconfig(home, server.port, authority), home, stop };
}

/** Resolves when all machines are ready. */
async function startMachines(clock: WorldClock): Promise<ReturnType<typeof makeClusterRuntime>> {
  const base = {
    clock,
    journal: new Journal(clock),
    random: new KeyedRandom('kubectl'),
    project: 'demo',
    projectNumber: '123456789012',
  };
  const clusters = makeClusterRuntime({ endpoint: () => ({ address: 'unused', caCertificate: 'unused' }) });
  const runtime = clusters.start(base);
  runtime.clusterStarted({ name: 'demo', version: '1.33.4-gke.1134000', multiNetworking: false });
  const api = clusters.apiOf('demo');
  if (api === undefined) throw new Error('starting cluster demo: it has no API');
  installServingKinds(api);
  for (const machine of [cpuInstance('cpu-1'), cpuInstance('cpu-2'), gpuInstance('gpu-1')]) {
    runtime.instanceStarted('demo', machine);
  }
  const booted = new Promise<void>((resolve) => void clock.after(bootedMs, resolve));
  clock.start();
  await booted;
  return clusters;
}

function writeKubeconfig(home: string, port: number, { caCertificate }: Authority): string {
  const path = join(home, 'kubeconfig');
  const cluster = {
    server: `https://127.0.0.1:${port}/clusters/demo`,
    'certificate-authority-data': Buffer.from(caCertificate).toString('base64'),
  };
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'demo', cluster }],
    users: [{ name: 'me', user: { token: 'local' } }],
    contexts: [{ name: 'demo', context: { cluster: 'demo', user: 'me' } }],
    'current-context': 'demo',
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
