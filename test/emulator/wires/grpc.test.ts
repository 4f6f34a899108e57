import { credentials, makeClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { textAt } from '../../../emulator/gke/read.ts';
import { containerProtos } from '../../../emulator/wires/gke-protos.ts';
import { GrpcPort, loadService, unary } from '../../../emulator/wires/grpc.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { defineRejection, reject } from '../../../emulator/world/rejection.ts';

const noSuchThing = defineRejection({
  id: 'test.grpc.noSuchThing',
  code: 'NOT_FOUND',
  source: 'assumed: a test',
  message: (name: string) => `no ${name}`,
});

const definition = loadService(containerProtos(), 'google.container.v1.ClusterManager');
let port: GrpcPort;
let number: number;

beforeEach(async () => {
  port = new GrpcPort();
  port.add(definition, {
    getCluster: unary((request) => ({ name: textAt(request, 'name'), currentNodeCount: 0 })),
    deleteCluster: unary((request) => reject(noSuchThing, textAt(request, 'name'))),
    listClusters: unary(() => Promise.reject(new TypeError('a slip'))),
  });
  number = await port.listen(0);
});

afterEach(() => port.close());

function call(method: string, request: JsonMap): Promise<JsonMap> {
  const Client = makeClientConstructor(definition, 'ClusterManager');
  const client = new Client(`127.0.0.1:${number}`, credentials.createInsecure());
  return new Promise((resolve, refuse) => {
    const done = (error: ServiceError | null, response: JsonMap) => {
      client.close();
      if (error === null) resolve(response);
      else refuse(error);
    };
    (client[method] as (request: JsonMap, callback: typeof done) => void).call(client, request, done);
  });
}

describe('a gRPC port', () => {
  it('speaks JSON forms on this side of the wire', async () => {
    expect(await call('getCluster', { name: 'a' })).toEqual({ name: 'a' });
  });

  it('turns a rejection into its code and text', async () => {
    await expect(call('deleteCluster', { name: 'a' })).rejects.toMatchObject({ code: 5, details: 'no a' });
  });

  it('says INTERNAL, with the place, for its own bugs', async () => {
    await expect(call('listClusters', {})).rejects.toMatchObject({
      code: 13,
      details: expect.stringMatching(/^the local cloud failed: TypeError: a slip\n.*grpc\.test\.ts/s),
    });
  });

  it('says UNIMPLEMENTED, with the name, for methods without a handler', async () => {
    await expect(call('createCluster', {})).rejects.toMatchObject({
      code: 12,
      details: expect.stringContaining('createCluster'),
    });
  });

  it('says which port it cannot have', async () => {
    const second = new GrpcPort();

    await expect(second.listen(number)).rejects.toThrow(`listening for gRPC on port ${number}`);
    await second.close();
  });
});
