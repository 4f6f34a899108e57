/** A cluster on a real control plane, and one that is emulated; both with GKE's own parts and the serving kinds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { startRealCluster } from '../../../emulator/control-plane/real-cluster.ts';
import { makeClusterRuntime } from '../../../emulator/controllers/cluster-runtime.ts';
import { servingDefinitions } from '../../../emulator/controllers/serving-definitions.ts';
import { KubernetesClient } from '../../../emulator/kubernetes/client.ts';
import { isMap, type JsonMap } from '../../../emulator/world/json.ts';
import type { WorldBase } from '../../../emulator/world/base.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';
import { makeAuthority } from '../../../emulator/wires/certificates.ts';
import { definitionsFolder } from '../recordings.ts';
import type { ClusterUnderTest } from './cases.ts';

/** World time passes as fast as it can; it begins in the present, since a real API server knows no other. */
function makeBase(): WorldBase {
  const clock = new WorldClock({ startMs: Math.round(performance.timeOrigin + performance.now()), speed: 'max' });
  return {
    clock,
    journal: new Journal(clock),
    random: new KeyedRandom('test'),
    project: 'demo',
    projectNumber: '123456789012',
  };
}

export async function startReal(home: string, onFailure: (error: Error) => void): Promise<ClusterUnderTest> {
  const base = makeBase();
  const cluster = await startRealCluster({ home, base, onFailure, authority: await makeAuthority() });
  base.clock.start();
  cluster.installAddons(true);
  const client = cluster.client('tester');
  for (const one of publishedDefinitions()) client.create(one);
  return {
    client,
    startMachine: (instance) => cluster.nodes.start(instance),
    removeMachine: (name) => cluster.nodes.remove(name),
    stop: async () => {
      base.clock.stop();
      await cluster.stop();
    },
  };
}

export async function startOurs(): Promise<ClusterUnderTest> {
  const base = makeBase();
  const clusters = makeClusterRuntime({ endpoint: () => ({ address: '', caCertificate: '' }) });
  const runtime = clusters.start(base);
  const name = 'demo';
  base.clock.start();
  runtime.clusterStarted({ name, version: '1.35.4-gke.1000000', multiNetworking: true });
  const api = clusters.apiOf(name);
  if (api === undefined) throw new Error('starting an emulated cluster: it has no API');
  const client = new KubernetesClient(api, 'tester');
  for (const one of servingDefinitions) client.create(one);
  return {
    client,
    startMachine: (instance) => runtime.instanceStarted(name, instance),
    removeMachine: (machine) => runtime.instanceRemoved(name, machine),
    stop: async () => {
      base.clock.stop();
      runtime.clusterRemoved(name);
    },
  };
}

/** What the projects publish for the kinds whose controllers are ours; the local cloud's own for the others, and where there are none. */
function publishedDefinitions(): readonly JsonMap[] {
  const folder = definitionsFolder('leaderworkerset.x-k8s.io_leaderworkersets.yaml');
  if (folder === undefined) return servingDefinitions;
  const names = servingDefinitions.map((one) => String(isMap(one['metadata']) ? one['metadata']['name'] : ''));
  return servingDefinitions.flatMap((own, index) => {
    const [plural = '', ...group] = (names[index] ?? '').split('.');
    if (!/^(leaderworkerset|disaggregatedset)\./.test(group.join('.'))) return [own];
    const text = readFileSync(join(folder, `${group.join('.')}_${plural}.yaml`), 'utf8');
    return parseAllDocuments(text).map((document): JsonMap => document.toJS());
  });
}
