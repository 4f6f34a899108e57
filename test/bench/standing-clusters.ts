/** Clusters that cost little to have: one CPU node each, model servers without GPUs. Made in the world directly, by nobody's document. */
import { stageAnnotations } from '../../emulator/controllers/pod-facts.ts';
import { findGkeMethod } from '../../emulator/gke/methods.ts';
import { KubernetesClient } from '../../emulator/kubernetes/client.ts';
import { numberAt, stringsAt } from '../../emulator/kubernetes/objects.ts';
import { REGION } from '../../emulator/provision.ts';
import type { World } from '../../emulator/world/world.ts';
import type { CloudUnderTest } from '../support/local-cloud.ts';
import { pass, runClock } from './passing-time.ts';

export const NAMESPACE = 'serving';
export const METRICS_PORT = 8000;
const LOCATION = `projects/demo/locations/${REGION}`;

/** Real time between two questions whether everything stands; asking all of it takes a while. */
const SETUP_POLL_MS = 50;

export interface StandingModel {
  readonly cluster: string;
  readonly name: string;
  readonly target: string;
}

/** Resolves when every model has a pod that serves. `queues`: what each pod says is waiting, by `<cluster>/<model>`; 0 where absent. */
export async function makeStandingClusters(
  cloud: CloudUnderTest,
  models: readonly StandingModel[],
  queues: ReadonlyMap<string, number>,
): Promise<void> {
  const clusters = [...new Set(models.map(({ cluster }) => cluster))];
  serveMetrics(cloud, queues);
  await makeNetwork(cloud);
  for (const cluster of clusters) makeCluster(cloud.world, cluster);
  await runClock(cloud, SETUP_POLL_MS, () => clusters.every((cluster) => hasNode(cloud, cluster)));
  for (const model of models) deploy(cloud, model);
  await runClock(cloud, SETUP_POLL_MS, () => models.every((model) => isServing(cloud, model)));
}

async function makeNetwork(cloud: CloudUnderTest): Promise<void> {
  const { compute } = cloud.world;
  compute.insert('networks', {}, { name: 'net', autoCreateSubnetworks: false });
  await pass(cloud, 60);
  compute.insert(
    'subnetworks',
    { region: REGION },
    {
      name: 'sub',
      network: 'projects/demo/global/networks/net',
      ipCidrRange: '10.0.0.0/16',
      secondaryIpRanges: [
        { rangeName: 'pods', ipCidrRange: '10.4.0.0/14' },
        { rangeName: 'services', ipCidrRange: '10.1.0.0/20' },
      ],
    },
  );
  await pass(cloud, 60);
}

function makeCluster({ gke }: World, name: string): void {
  findGkeMethod(
    gke,
    'createCluster',
  )?.({
    parent: LOCATION,
    cluster: {
      name,
      network: 'net',
      subnetwork: 'sub',
      locations: [`${REGION}-b`],
      ipAllocationPolicy: {
        useIpAliases: true,
        clusterSecondaryRangeName: 'pods',
        servicesSecondaryRangeName: 'services',
      },
      nodePools: [{ name: 'cpu', initialNodeCount: 1, config: { machineType: 'e2-standard-8' } }],
    },
  });
}

function clientOf({ clusters }: CloudUnderTest, cluster: string): KubernetesClient | undefined {
  const api = clusters.apiOf(cluster);
  return api && new KubernetesClient(api, 'somebody');
}

function hasNode(cloud: CloudUnderTest, cluster: string): boolean {
  const nodes = clientOf(cloud, cluster)?.list({ apiVersion: 'v1', kind: 'Node' }) ?? [];
  const { status } = cloud.world.gke.getCluster(`${LOCATION}/clusters/${cluster}`);
  return nodes.length > 0 && status === 'RUNNING';
}

function deploy(cloud: CloudUnderTest, { cluster, name }: StandingModel): void {
  const client = clientOf(cloud, cluster);
  const labels = { app: name };
  client?.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  client?.apply({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { [stageAnnotations.start]: '1', [stageAnnotations.load]: '1' } },
        spec: { containers: [{ name: 'server', image: 'small', ports: [{ containerPort: METRICS_PORT }] }] },
      },
    },
  });
}

function isServing(cloud: CloudUnderTest, { cluster, name }: StandingModel): boolean {
  const found = clientOf(cloud, cluster)?.get({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: NAMESPACE,
    name,
  });
  return numberAt(found, 'status', 'readyReplicas') === 1;
}

/** What each pod's port answers: the part of vLLM's metrics that is read. */
function serveMetrics({ clusters }: CloudUnderTest, queues: ReadonlyMap<string, number>): void {
  clusters.podEndpoints.register(METRICS_PORT, (pod, _path, cluster) => {
    const name = stringsAt(pod, 'metadata', 'labels')['app'] ?? '';
    const labels = `{engine="0",model_name="${name}"}`;
    const body = [
      `vllm:num_requests_waiting${labels} ${queues.get(`${cluster}/${name}`) ?? 0}`,
      `vllm:num_requests_running${labels} 8`,
      `vllm:kv_cache_usage_perc${labels} 0.3`,
      `vllm:request_success_total${labels} 100`,
    ];
    return { status: 200, contentType: 'text/plain', body: `${body.join('\n')}\n` };
  });
}
