/** The official client, unchanged, over gRPC and over HTTP/JSON against one world. */
import { ClusterManagerClient } from '@google-cloud/container';
import { PassThroughClient } from 'google-auth-library';
import { grpc } from 'google-gax';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textAt } from '../../../emulator/gke/read.ts';
import { addGkeGrpc } from '../../../emulator/wires/gke-grpc.ts';
import { unservedGkeMethods } from '../../../emulator/wires/gke-protos.ts';
import { gkeRestService } from '../../../emulator/wires/gke-rest.ts';
import { GrpcPort } from '../../../emulator/wires/grpc.ts';
import { type HttpServer, serveHttp } from '../../../emulator/wires/http-server.ts';
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

type Body = Record<string, object>;
type Wire = 'gRPC' | 'HTTP';

let gke: TestGke;
let grpcPort: GrpcPort;
let http: HttpServer;
let clients: Record<Wire, ClusterManagerClient>;

beforeEach(async () => {
  gke = makeGke();
  grpcPort = new GrpcPort();
  addGkeGrpc(grpcPort, gke.world);
  http = await serveHttp({ port: 0, services: [gkeRestService(gke.world)] });
  const common = { apiEndpoint: '127.0.0.1', projectId: 'demo', authClient: new PassThroughClient() };
  const sslCreds = grpc.credentials.createInsecure();
  clients = {
    gRPC: new ClusterManagerClient({ ...common, port: await grpcPort.listen(0), sslCreds }),
    HTTP: new ClusterManagerClient({ ...common, port: http.port, fallback: true, protocol: 'http' }),
  };
});

afterEach(async () => {
  await Promise.all([clients.gRPC.close(), clients.HTTP.close(), grpcPort.close(), http.close()]);
});

describe.each<Wire>(['gRPC', 'HTTP'])('the official client over %s', (over) => {
  const client = () => clients[over];

  it('builds a cluster with a GPU pool and reads them', async () => {
    const [creation] = await client().createCluster({ parent: location, cluster: clusterBody() as Body });
    gke.pass(30 * minuteMs);
    const [operation] = await client().getOperation({ name: `${location}/operations/${creation.name}` });
    const [second] = await client().createNodePool({ parent: clusterPath, nodePool: poolBody() as Body });
    gke.pass(40 * minuteMs);
    const [cluster] = await client().getCluster({ name: clusterPath });

    expect(operation).toMatchObject({ operationType: 'CREATE_CLUSTER', status: 'DONE', error: null });
    expect(second).toMatchObject({ operationType: 'CREATE_NODE_POOL' });
    expect(cluster).toMatchObject({
      status: 'RUNNING',
      endpoint: '127.0.0.1:8443/clusters/demo',
      networkConfig: { datapathProvider: 'ADVANCED_DATAPATH', enableMultiNetworking: true },
      nodePools: [{ name: 'system' }, { name: 'gpu', config: { accelerators: [{ acceleratorCount: '8' }] } }],
    });
    expect(gke.journal.entries.map(({ method }) => method)).toEqual(['createCluster', 'createNodePool']);
  });

  it('resizes and deletes', async () => {
    gke.world.createCluster(location, clusterBody());
    gke.pass(30 * minuteMs);
    const system = `${clusterPath}/nodePools/system`;

    const [resize] = await client().setNodePoolSize({ name: system, nodeCount: 3 });
    gke.pass(10 * minuteMs);
    const [bounds] = await client().setNodePoolAutoscaling({
      name: system,
      autoscaling: { enabled: true, totalMinNodeCount: 1, totalMaxNodeCount: 5 },
    });
    gke.pass(minuteMs);
    const [{ nodePools }] = await client().listNodePools({ parent: clusterPath });
    const [removal] = await client().deleteNodePool({ name: system });
    gke.pass(10 * minuteMs);
    const [end] = await client().deleteCluster({ name: clusterPath });
    gke.pass(10 * minuteMs);
    const [{ clusters }] = await client().listClusters({ parent: 'projects/demo/locations/-' });

    expect([resize, bounds, removal, end].map(({ operationType }) => operationType)).toEqual([
      'SET_NODE_POOL_SIZE',
      'UPDATE_CLUSTER',
      'DELETE_NODE_POOL',
      'DELETE_CLUSTER',
    ]);
    expect(nodePools).toMatchObject([
      {
        name: 'system',
        initialNodeCount: 3,
        autoscaling: { enabled: true, totalMinNodeCount: 1, totalMaxNodeCount: 5 },
      },
    ]);
    expect(clusters).toEqual([]);
  });

  it('reads the server configuration', async () => {
    const [config] = await client().getServerConfig({ name: location });

    expect(config.channels?.map(({ channel }) => channel)).toEqual(['RAPID', 'REGULAR', 'STABLE']);
  });

  it('understands the old names of resources', async () => {
    gke.world.createCluster(location, clusterBody());

    const [cluster] = await client().getCluster({ projectId: 'demo', zone: 'us-central1', clusterId: 'demo' });

    expect(cluster.name).toBe('demo');
  });

  it.each([
    {
      name: 'a missing cluster',
      call: () => client().getCluster({ name: clusterPath }),
      code: 5,
      text: `Not found: ${clusterPath}.`,
    },
    {
      name: 'a bad cluster',
      call: () => client().createCluster({ parent: location, cluster: { name: 'A' } }),
      code: 3,
      text: 'Invalid value for field "cluster.name": "A"',
    },
    {
      name: 'a busy cluster',
      call: async () => {
        gke.world.createCluster(location, clusterBody());
        return client().createNodePool({ parent: clusterPath, nodePool: poolBody() as Body });
      },
      code: 9,
      text: 'Cluster is running incompatible operation operation-',
    },
    {
      name: 'a cluster that exists',
      call: async () => {
        gke.world.createCluster(location, clusterBody());
        return client().createCluster({ parent: location, cluster: clusterBody() as Body });
      },
      code: 6,
      text: `Already exists: ${clusterPath}.`,
    },
    {
      name: 'a method that is not served',
      call: () => client().setLocations({ name: clusterPath }),
      code: 12,
      text: 'The local cloud does not serve SetLocations.',
    },
  ])('gets the code and the text for $name', async ({ call, code, text }) => {
    await expect(call()).rejects.toMatchObject({ code, message: expect.stringContaining(text) });
  });

  it('sees a failed operation by error and by status message', async () => {
    gke.world.createCluster(location, clusterBody());
    gke.pass(30 * minuteMs);
    const [{ name }] = await client().createNodePool({
      parent: clusterPath,
      nodePool: poolBody({}, { reservationAffinity: { consumeReservationType: 'NO_RESERVATION' } }) as Body,
    });
    gke.pass(40 * minuteMs);

    const [operation] = await client().getOperation({ name: `${location}/operations/${name}` });
    const [pool] = await client().getNodePool({ name: poolPath });

    expect(operation).toMatchObject({
      status: 'DONE',
      error: { code: 8, message: expect.stringContaining('GCE_STOCKOUT') },
      statusMessage: expect.stringContaining('GCE_STOCKOUT'),
      nodepoolConditions: [{ code: 'GCE_STOCKOUT', canonicalCode: 'RESOURCE_EXHAUSTED' }],
    });
    expect(pool).toMatchObject({ status: 'ERROR', conditions: [{ code: 'GCE_STOCKOUT' }] });
  });
});

describe('both wires', () => {
  it('show the same cluster, pool, operation and configuration', async () => {
    gke.world.createCluster(location, clusterBody());
    gke.pass(30 * minuteMs);
    gke.world.createNodePool(clusterPath, poolBody());
    gke.pass(31 * minuteMs);
    const operation = `${location}/operations/${textAt(gke.world.operations.at(-1), 'name')}`;

    const [first, second] = await Promise.all(
      [clients.gRPC, clients.HTTP].map(async (client) => ({
        cluster: (await client.getCluster({ name: clusterPath }))[0],
        pools: (await client.listNodePools({ parent: clusterPath }))[0],
        operation: (await client.getOperation({ name: operation }))[0],
        config: (await client.getServerConfig({ name: location }))[0],
      })),
    );

    expect(first?.operation.progress?.metrics).toHaveLength(2);
    expect(JSON.parse(JSON.stringify(second))).toEqual(JSON.parse(JSON.stringify(first)));
  });

  it('bring the same bodies into the world', async () => {
    await clients.gRPC.createCluster({ parent: location, cluster: clusterBody() as Body });
    gke.pass(30 * minuteMs);
    const overGrpc = gke.world.getCluster(clusterPath);
    await clients.gRPC.deleteCluster({ name: clusterPath });
    gke.pass(10 * minuteMs);
    await clients.HTTP.createCluster({ parent: location, cluster: clusterBody() as Body });
    gke.pass(30 * minuteMs);
    const overHttp = gke.world.getCluster(clusterPath);

    const sent = Object.keys(clusterBody());
    expect(sent.length).toBeGreaterThan(10);
    for (const field of sent.filter((name) => name !== 'nodePools')) expect(overHttp[field]).toEqual(overGrpc[field]);
    expect(overHttp['nodeConfig']).toEqual(overGrpc['nodeConfig']);
  });

  it('answer 17 of the 37 methods with UNIMPLEMENTED', () => {
    const unserved = unservedGkeMethods();

    expect(unserved).toHaveLength(17);
    expect(unserved).toEqual(expect.arrayContaining(['UpdateMaster', 'SetLocations', 'GetJSONWebKeys']));
  });
});
