/** A world behind its wires on free ports of this machine, and connections to it. */
import { computeService } from '../../emulator/wires/compute-rest.ts';
import { addGkeGrpc } from '../../emulator/wires/gke-grpc.ts';
import { GrpcPort } from '../../emulator/wires/grpc.ts';
import { type HttpServer, serveHttp } from '../../emulator/wires/http-server.ts';
import { createWorld, type World } from '../../emulator/world/world.ts';
import { listAt, textAt } from '#shared/domain/compare.ts';
import type { GoogleConnection } from '#shared/gcp/connection.ts';
import type { NodePoolSizesUnderTest } from './node-pool-sizes.contract.ts';
import { repeatUntil, type TimeUnderTest } from './time-under-test.ts';

/** A world at full speed whose time stands still unless `passUntil` lets it pass. Nothing is delivered and no cluster lives in it. */
export function makeStillWorld(): { readonly world: World; readonly time: TimeUnderTest } {
  const world = createWorld({
    seed: 'contract',
    startMs: Date.parse('2026-11-01T00:00:00Z'),
    speed: 'max',
    project: 'demo',
    courier: {
      dispatcher: { post: () => Promise.reject(new Error('nobody listens in a contract test')) },
      tokens: { token: () => 'token' },
    },
    runtime: () => ({
      endpoint: (cluster) => ({ address: `127.0.0.1:8443/clusters/${cluster}`, caCertificate: 'certificate' }),
      clusterStarted: () => undefined,
      clusterRemoved: () => undefined,
      instanceStarted: () => undefined,
      instanceUnready: () => undefined,
      instanceRemoved: () => undefined,
    }),
  });
  world.clock.start();
  let release = world.clock.hold();
  const passUntil = async (condition: () => Promise<boolean>) => {
    release();
    await repeatUntil(condition);
    release = world.clock.hold();
  };
  const close = async () => world.clock.stop();
  return { world, time: { passUntil, close } };
}

/** What the contract of node pool sizes needs to see and to do in a world beside its ports. */
export function poolLevers({ gke, compute }: World): Pick<NodePoolSizesUnderTest, 'machinesOf' | 'limitStock'> {
  return {
    machinesOf: async ({ zone, name }) =>
      listAt(compute.listManagedInstances({ zone }, name), 'managedInstances')
        .filter((machine) => textAt(machine, 'currentAction') !== 'DELETING')
        .map((machine) => textAt(machine, 'name') ?? ''),
    limitStock: (machineType, machines) => gke.limitStock({ zone: 'us-central1-b', machineType }, machines),
  };
}

export interface WiredWorld extends TimeUnderTest {
  readonly world: World;
  readonly connection: GoogleConnection;
}

export async function wireWorld(): Promise<WiredWorld> {
  const { world, time } = makeStillWorld();
  const http: HttpServer = await serveHttp({ port: 0, services: [computeService(world.compute)] });
  const grpc = new GrpcPort();
  addGkeGrpc(grpc, world.gke);
  const endpoints = { compute: `http://127.0.0.1:${http.port}`, container: `http://127.0.0.1:${await grpc.listen(0)}` };
  const close = async () => {
    await time.close();
    await Promise.all([http.close(), grpc.close()]);
  };
  return { world, connection: { credentials: { accessToken: 'token' }, endpoints }, passUntil: time.passUntil, close };
}
