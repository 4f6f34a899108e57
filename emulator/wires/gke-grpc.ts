import type { GkeWorld } from '../gke/gke-world.ts';
import { allGkeMethods, containerServiceName, containerProtos } from './gke-protos.ts';
import { type GrpcPort, loadService, unary } from './grpc.ts';

/** Serves google.container.v1.ClusterManager on a gRPC port. */
export function addGkeGrpc(port: GrpcPort, world: GkeWorld): void {
  const methods = [...allGkeMethods(world)].map(([name, method]) => [name, unary(method)] as const);
  port.add(loadService(containerProtos(), containerServiceName), Object.fromEntries(methods));
}
