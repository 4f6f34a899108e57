/** The official clients of instance groups and zone operations, unchanged, over real HTTP. */
import { InstanceGroupManagersClient } from '@google-cloud/compute/build/src/v1/instance_group_managers_client.js';
import { ZoneOperationsClient } from '@google-cloud/compute/build/src/v1/zone_operations_client.js';
import { PassThroughClient } from 'google-auth-library';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ComputeWorld } from '../../../emulator/compute/compute-world.ts';
import type { MachineGroup } from '../../../emulator/compute/instance-groups.ts';
import { computeService } from '../../../emulator/wires/compute-rest.ts';
import { serveHttp } from '../../../emulator/wires/http-server.ts';
import { WorldClock } from '../../../emulator/world/clock.ts';
import { Journal } from '../../../emulator/world/journal.ts';
import { KeyedRandom } from '../../../emulator/world/random.ts';

const project = 'demo';
const zone = 'us-central1-b';
const instanceGroupManager = 'gke-demo-gpu-97da88a9-grp';
const clock = new WorldClock({ startMs: Date.UTC(2026, 8, 1), speed: 'max' });
const random = new KeyedRandom('seed');
const world = new ComputeWorld({ clock, journal: new Journal(clock), random, project, projectNumber: '123456789012' });

let machines: MachineGroup['machines'] = [
  { name: 'a', action: 'NONE' },
  { name: 'b', action: 'NONE' },
];

let close = async () => {};
let port = 0;

beforeAll(async () => {
  world.connectGroups({
    all: () => [
      { name: instanceGroupManager, zone, baseName: 'gke', createdAtMs: 0, targetSize: machines.length, machines },
    ],
    deleteInstances: (_group, names) => {
      machines = machines.filter(({ name }) => !names.includes(name));
    },
  });
  const server = await serveHttp({ port: 0, services: [computeService(world)] });
  ({ port } = server);
  close = () => server.close();
  clock.start();
});

afterAll(() => close());

const options = () => ({
  apiEndpoint: '127.0.0.1',
  port,
  protocol: 'http',
  projectId: project,
  authClient: new PassThroughClient(),
});

async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

it('reads groups and their machines, deletes one and waits for the operation', async () => {
  const groups = new InstanceGroupManagersClient(options());

  const listed = await collect(groups.listAsync({ project, zone }));
  const everywhere = await collect(groups.aggregatedListAsync({ project }));
  const managed = await collect(groups.listManagedInstancesAsync({ project, zone, instanceGroupManager }));
  const [started] = await groups.deleteInstances({
    project,
    zone,
    instanceGroupManager,
    instanceGroupManagersDeleteInstancesRequestResource: { instances: [`zones/${zone}/instances/a`] },
  });
  const [ended] = await new ZoneOperationsClient(options()).wait({
    project,
    zone,
    operation: String((started as unknown as { latestResponse: { name: unknown } }).latestResponse.name),
  });
  const [after] = await groups.get({ project, zone, instanceGroupManager });

  expect(listed).toMatchObject([{ name: instanceGroupManager, targetSize: 2 }]);
  expect(new Map(everywhere).get(`zones/${zone}`)?.instanceGroupManagers).toMatchObject([{ targetSize: 2 }]);
  expect(managed.map(({ name, currentAction }) => `${name} ${currentAction}`)).toEqual(['a NONE', 'b NONE']);
  expect(ended).toMatchObject({ status: 'DONE' });
  expect(after).toMatchObject({ targetSize: 1 });
});

it.each(['resize', 'abandonInstances', 'recreateInstances', 'setInstanceTemplate'])(
  'does not serve %s',
  async (verb) => {
    const path = `/compute/v1/projects/${project}/zones/${zone}/instanceGroupManagers/${instanceGroupManager}/${verb}`;

    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: '{}' });

    expect(response.status).toBe(501);
  },
);
