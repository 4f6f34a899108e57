import { beforeEach, describe, expect, it } from 'vitest';
import { gkeRestService } from '../../../emulator/wires/gke-rest.ts';
import type { HttpReply, HttpService } from '../../../emulator/wires/http.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  clusterBody,
  clusterPath,
  location,
  makeGke,
  minuteMs,
  poolBody,
  poolPath,
  type TestGke,
} from '../gke/gke-fixtures.ts';

let gke: TestGke;
let service: HttpService;

beforeEach(() => {
  gke = makeGke();
  service = gkeRestService(gke.world);
});

async function send(method: string, target: string, body?: unknown): Promise<HttpReply | undefined> {
  const url = new URL(target, 'http://127.0.0.1');
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body ?? ''));
  return service({
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: {},
    body: body === undefined ? Buffer.alloc(0) : bytes,
  });
}

describe('routes', () => {
  it('serve what gcloud sends for a build', async () => {
    const created = await send('POST', `/v1/${location}/clusters?alt=json`, {
      parent: location,
      cluster: clusterBody(),
    });
    gke.pass(30 * minuteMs);
    const pool = await send('POST', `/v1/${clusterPath}/nodePools?alt=json`, {
      parent: clusterPath,
      nodePool: poolBody(),
    });
    gke.pass(40 * minuteMs);
    const resized = await send('POST', `/v1/${poolPath}:setSize?alt=json`, { name: poolPath, nodeCount: 1 });

    expect(created).toMatchObject({ status: 200, body: { operationType: 'CREATE_CLUSTER' } });
    expect(pool).toMatchObject({ status: 200, body: { operationType: 'CREATE_NODE_POOL' } });
    expect(resized).toMatchObject({ status: 200, body: { operationType: 'SET_NODE_POOL_SIZE' } });
  });

  it.each([
    { target: `/v1/${location}/serverConfig`, part: { defaultImageType: 'COS_CONTAINERD' } },
    { target: '/v1/projects/demo/locations/-/clusters?alt=json', part: { clusters: [{ name: 'demo' }] } },
    { target: `/v1/${clusterPath}`, part: { name: 'demo' } },
    { target: `/v1/${clusterPath}/nodePools`, part: { nodePools: [{ name: 'system' }] } },
    { target: `/v1/${location}/operations`, part: { operations: [{ operationType: 'CREATE_CLUSTER' }] } },
    { target: '/v1/projects/demo/zones/us-central1/clusters/demo', part: { name: 'demo' } },
    { target: '/v1/projects/demo/zones/us-central1/clusters/demo/nodePools/system', part: { name: 'system' } },
    { target: `/v1beta1/${clusterPath}`, part: { name: 'demo' } },
  ])('serve GET $target', async ({ target, part }) => {
    gke.world.createCluster(location, clusterBody());

    expect(await send('GET', target)).toMatchObject({ status: 200, body: part });
  });

  it.each([
    { method: 'GET', target: '/compute/v1/projects/demo/regions' },
    { method: 'POST', target: '/v1/projects/demo/services:batchEnable' },
    { method: 'GET', target: '/v1/projects/demo/topics' },
    { method: 'PATCH', target: `/v1/${clusterPath}` },
    { method: 'GET', target: `/v1alpha1/${clusterPath}` },
    { method: 'GET', target: '/v1/projects/demo/services/container.googleapis.com' },
  ])('leave $method $target to others', async ({ method, target }) => {
    expect(await send(method, target)).toBeUndefined();
  });

  it('tell the verbs of one resource apart', async () => {
    expect(await send('POST', `/v1/${clusterPath}:setAddons`, {})).toMatchObject({
      status: 501,
      body: {
        error: { code: 501, status: 'UNIMPLEMENTED', message: 'The local cloud does not serve SetAddonsConfig.' },
      },
    });
    expect(await send('POST', `/v1/${clusterPath}:setLocations`, {})).toMatchObject({
      body: { error: { message: 'The local cloud does not serve SetLocations.' } },
    });
  });
});

describe('answers', () => {
  it('leave defaults out, spell 64-bit integers as text and enums as names', async () => {
    gke.world.createCluster(location, clusterBody());
    gke.pass(30 * minuteMs);
    gke.world.createNodePool(clusterPath, poolBody());
    gke.pass(40 * minuteMs);

    const reply = await send('GET', `/v1/${clusterPath}`);

    const cluster = reply?.body as JsonMap & { nodePools: JsonMap[] };
    expect(cluster['addonsConfig']).toEqual({ httpLoadBalancing: {}, gcsFuseCsiDriverConfig: { enabled: true } });
    expect(cluster['status']).toBe('RUNNING');
    expect(cluster.nodePools[1]).toMatchObject({
      podIpv4CidrSize: 26,
      maxPodsConstraint: { maxPodsPerNode: '32' },
      config: {
        accelerators: [{ acceleratorCount: '8', gpuDriverInstallationConfig: { gpuDriverVersion: 'LATEST' } }],
      },
    });
  });

  it('show in v1 what v1 has, and in v1beta1 what was sent there', async () => {
    gke.world.createCluster(location, clusterBody());
    gke.pass(30 * minuteMs);
    const hostMaintenancePolicy = { maintenanceInterval: 'PERIODIC' };
    const nodePool = poolBody({}, { hostMaintenancePolicy });

    const created = await send('POST', `/v1beta1/${clusterPath}/nodePools`, { parent: clusterPath, nodePool });
    const [beta, v1, listed] = await Promise.all(
      [`/v1beta1/${poolPath}`, `/v1/${poolPath}`, '/v1/projects/demo/locations/-/clusters'].map((target) =>
        send('GET', target),
      ),
    );

    expect(created?.status).toBe(200);
    expect(beta?.body).toMatchObject({ config: { hostMaintenancePolicy, machineType: 'a3-ultragpu-8g' } });
    expect(v1?.body).toMatchObject({ config: { machineType: 'a3-ultragpu-8g' } });
    expect(JSON.stringify([v1, listed])).not.toContain('hostMaintenancePolicy');
  });

  it('spell enums as numbers for clients that ask for it', async () => {
    gke.world.createCluster(location, clusterBody());

    const reply = await send('GET', `/v1/${clusterPath}?$alt=json;enum-encoding=int`);

    // PROVISIONING is 1 and ADVANCED_DATAPATH 2 in google/container/v1/cluster_service.proto.
    expect(reply?.body).toMatchObject({ status: 1, networkConfig: { datapathProvider: 2 } });
  });

  it.each([
    { name: 'numbers for enums', cluster: { networkConfig: { ...networkConfig(), datapathProvider: 2 } } },
    { name: 'proto names', cluster: { network_config: networkConfig(), networkConfig: undefined } },
  ])('read $name', async ({ cluster }) => {
    await send('POST', `/v1/${location}/clusters`, { cluster: clusterBody(cluster) });

    expect(gke.world.getCluster(clusterPath)).toMatchObject({
      networkConfig: { datapathProvider: 'ADVANCED_DATAPATH' },
    });
  });

  it('let the path win over the body', async () => {
    await send('POST', `/v1/${location}/clusters`, {
      parent: 'projects/demo/locations/us-east4',
      cluster: clusterBody(),
    });

    expect(gke.world.getCluster(clusterPath)).toMatchObject({ location: 'us-central1' });
  });

  it('carry code, status, text and reason when the world says no', async () => {
    expect(await send('GET', `/v1/${clusterPath}`)).toEqual({
      status: 404,
      body: {
        error: {
          code: 404,
          message: `Not found: ${clusterPath}.`,
          status: 'NOT_FOUND',
          errors: [{ message: `Not found: ${clusterPath}.`, domain: 'global', reason: 'notFound' }],
        },
      },
    });
  });
});

function networkConfig(): JsonMap {
  return clusterBody()['networkConfig'] as JsonMap;
}

const badBodies: { name: string; body: unknown; message: string }[] = [
  {
    name: 'an unknown field of the cluster',
    body: { cluster: { ...clusterBody(), deletionProtection: true } },
    message: 'Invalid JSON payload received. Unknown name "deletionProtection" at \'cluster\': Cannot find field.',
  },
  {
    name: 'an unknown field of the request',
    body: { cluster: clusterBody(), requestId: 'x' },
    message: 'Invalid JSON payload received. Unknown name "requestId": Cannot find field.',
  },
  {
    name: 'unknown fields deep inside, all of them',
    body: { cluster: { nodePools: [{ config: { gpus: 8 } }, { size: 1 }] } },
    message:
      'Invalid JSON payload received. Unknown name "gpus" at \'cluster.node_pools[0].config\': Cannot find field.\n' +
      'Invalid JSON payload received. Unknown name "size" at \'cluster.node_pools[1]\': Cannot find field.',
  },
  {
    name: 'an unknown enum value',
    body: { cluster: { networkConfig: { datapathProvider: 'CILIUM' } } },
    message:
      'Invalid value at \'cluster.network_config.datapath_provider\' (type.googleapis.com/google.container.v1.DatapathProvider), "CILIUM"',
  },
  {
    name: 'text for a number',
    body: { cluster: { nodePools: [{ initialNodeCount: 'two' }] } },
    message: 'Invalid value at \'cluster.node_pools[0].initial_node_count\' (TYPE_INT32), "two"',
  },
  {
    name: 'a list for a single field',
    body: { cluster: { name: ['a'] } },
    message:
      'Invalid JSON payload received. Unknown name "name" at \'cluster\': Proto field is not repeating, cannot start list.',
  },
  { name: 'what is not JSON', body: '{"cluster":', message: 'Invalid JSON payload received. Unexpected token.' },
  { name: 'what is not an object', body: '[]', message: 'Invalid JSON payload received. Unexpected token.' },
];

describe('malformed requests', () => {
  it.each(badBodies)('are refused for $name', async ({ body, message }) => {
    const reply = await send('POST', `/v1/${location}/clusters`, body);

    expect(reply).toMatchObject({ status: 400, body: { error: { code: 400, status: 'INVALID_ARGUMENT', message } } });
    expect(gke.world.operations).toEqual([]);
  });

  it('are refused for an unknown query parameter', async () => {
    const reply = await send('GET', `/v1/${location}/clusters?requestId=1`);

    expect(reply).toMatchObject({
      status: 400,
      body: { error: { message: expect.stringContaining('Unknown name "requestId"') } },
    });
  });
});
