/** The local cloud's Pub/Sub behind its wires on free ports of this machine, in a world whose time only jumps. */
import { Courier } from '../../emulator/delivery/courier.ts';
import { HttpDispatcher } from '../../emulator/delivery/dispatcher.ts';
import { PubSubWorld } from '../../emulator/pubsub/pubsub-world.ts';
import { GrpcPort } from '../../emulator/wires/grpc.ts';
import { serveHttp } from '../../emulator/wires/http-server.ts';
import { addPubSub } from '../../emulator/wires/pubsub-grpc.ts';
import { pubsubRestService } from '../../emulator/wires/pubsub-rest.ts';
import { makeDeliveryWorld } from '../emulator/delivery/make-world.ts';
import type { PubSubUnderTest } from './pubsub-under-test.ts';

export async function makeLocalPubSub(): Promise<PubSubUnderTest> {
  const { base, pass } = makeDeliveryWorld();
  const dispatcher = new HttpDispatcher();
  const tokens = { token: () => 'signed' };
  const pubsub = new PubSubWorld(base, new Courier({ clock: base.clock, dispatcher, tokens }));
  const http = await serveHttp({ port: 0, services: [pubsubRestService(pubsub)] });
  const grpc = new GrpcPort();
  addPubSub(grpc, pubsub);
  const hosts = { grpc: `127.0.0.1:${await grpc.listen(0)}`, http: `127.0.0.1:${http.port}` };
  return {
    hosts,
    nowMs: () => base.clock.nowMs(),
    pass: (seconds) => pass(seconds * 1000),
    exceptions: new Set(),
    close: async () => {
      base.clock.stop();
      dispatcher.close();
      await Promise.all([http.close(), grpc.close()]);
    },
  };
}
