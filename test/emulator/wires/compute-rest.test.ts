/** The REST form: paths, parameters, bodies, waiting and errors, without a network. */
import { describe, expect, it } from 'vitest';
import { ComputeWorld } from '../../../emulator/compute/compute-world.ts';
import { computeService } from '../../../emulator/wires/compute-rest.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import {
  type ComputeFixture,
  makeCompute,
  makeNetworks,
  networkBody,
  START_MS,
  subnetBody,
  textOf,
} from '../compute/compute-fixtures.ts';

/** Calls the service as the HTTP server would; `path` is from the project on, with the query. */
function makeClient({ world }: ComputeFixture) {
  const service = computeService(world);
  return async (method: string, path: string, body?: JsonMap | string) => {
    const [before = '', query] = `/compute/v1/projects/demo${path}`.split('?');
    const text = typeof body === 'string' || body === undefined ? (body ?? '') : JSON.stringify(body);
    const reply = await service({
      method,
      path: before,
      query: new URLSearchParams(query),
      headers: {},
      body: Buffer.from(text),
    });
    return { status: reply?.status, body: reply?.body as JsonMap };
  };
}

describe('the service', () => {
  it('leaves requests to other services alone', async () => {
    const service = computeService(makeCompute().world);

    const reply = await service({
      method: 'GET',
      path: '/v1/projects/demo/locations/-/clusters',
      query: new URLSearchParams(),
      headers: {},
      body: Buffer.from(''),
    });

    expect(reply).toBeUndefined();
  });

  it('creates, reads, lists and deletes', async () => {
    const fixture = makeCompute();
    const call = makeClient(fixture);

    const inserted = await call('POST', '/global/networks?alt=json', networkBody('net'));
    fixture.settle();
    const listed = await call('GET', '/global/networks?alt=json&maxResults=500&filter=name+eq+%22.*%5Cbnet%5Cb.*%22');
    const deleted = await call('DELETE', '/global/networks/net?alt=json');
    fixture.settle();
    const gone = await call('GET', '/global/networks/net?alt=json');

    expect(inserted).toMatchObject({ status: 200, body: { kind: 'compute#operation', operationType: 'insert' } });
    expect(listed).toMatchObject({ status: 200, body: { items: [{ name: 'net' }] } });
    expect(deleted).toMatchObject({ status: 200, body: { operationType: 'delete' } });
    expect(gone.status).toBe(404);
  });

  it.each([
    { path: '', expected: { kind: 'compute#project', id: '123456789012', name: 'demo' } },
    { path: '/regions', expected: { items: [{ name: 'europe-west1' }, { name: 'us-central1' }] } },
    { path: '/regions/us-central1', expected: { status: 'UP' } },
    { path: '/zones/us-central1-b', expected: { kind: 'compute#zone', status: 'UP' } },
    { path: '/zones/us-central1-b/machineTypes/e2-standard-16', expected: { guestCpus: 16, memoryMb: 65_536 } },
    { path: '/global/networkProfiles', expected: { kind: 'compute#networkProfileList' } },
    { path: '/zones/us-central1-b/reservations', expected: { items: [{ status: 'READY' }] } },
    {
      path: '/aggregated/reservations?returnPartialSuccess=True',
      expected: { kind: 'compute#reservationAggregatedList' },
    },
    { path: '/aggregated/operations', expected: { kind: 'compute#operationAggregatedList' } },
    { path: '/global/operations', expected: { kind: 'compute#operationList' } },
  ])('answers GET $path', async ({ path, expected }) => {
    const call = makeClient(makeCompute());

    expect(await call('GET', path)).toMatchObject({ status: 200, body: expected });
  });

  it('takes the request id from the query', async () => {
    const fixture = makeCompute();
    const call = makeClient(fixture);
    const path = '/global/networks?requestId=a3bb189e-8bf9-5888-9912-ace4e6543002';

    const first = await call('POST', path, networkBody('net'));
    const second = await call('POST', path, networkBody('net'));

    expect(second).toEqual(first);
  });

  it.each([
    { name: 'an unknown region', method: 'GET', path: '/regions/mars-north1', status: 404, reason: 'notFound' },
    {
      name: 'a collection in an unknown region',
      method: 'GET',
      path: '/regions/mars-north1/routers',
      status: 400,
      reason: 'invalid',
    },
    { name: 'a name that is none', method: 'GET', path: '/global/networks/Net_1', status: 400, reason: 'invalid' },
    { name: 'a body that is missing', method: 'POST', path: '/global/networks', status: 400, reason: 'required' },
    {
      name: 'a body that is no JSON',
      method: 'POST',
      path: '/global/networks',
      body: '{',
      status: 400,
      reason: 'parseError',
    },
    {
      name: 'a body that is a list',
      method: 'POST',
      path: '/global/networks',
      body: '[]',
      status: 400,
      reason: 'required',
    },
    {
      name: 'a call that is not served',
      method: 'POST',
      path: '/global/networks/net/addPeering',
      status: 501,
      reason: 'notImplemented',
    },
    { name: 'a kind that is not served', method: 'GET', path: '/global/images', status: 501, reason: 'notImplemented' },
    {
      name: 'creating what cannot be created',
      method: 'POST',
      path: '/zones',
      body: '{}',
      status: 501,
      reason: 'notImplemented',
    },
    {
      name: 'too long a page',
      method: 'GET',
      path: '/global/networks?maxResults=many',
      status: 400,
      reason: 'invalid',
    },
  ])('refuses $name', async ({ method, path, body, status, reason }) => {
    const call = makeClient(makeCompute());

    expect(await call(method, path, body)).toMatchObject({
      status,
      body: { error: { code: status, errors: [{ reason }] } },
    });
  });

  it.each(['/compute/alpha/projects/demo/global/networks', '/compute/v1/batch', '/compute/v1/projects/other'])(
    'does not serve %s',
    async (path) => {
      const service = computeService(makeCompute().world);

      const reply = await service({
        method: 'GET',
        path,
        query: new URLSearchParams(),
        headers: {},
        body: Buffer.from(''),
      });

      expect(reply?.status).toBe(path.endsWith('other') ? 404 : 501);
    },
  );

  it('gives errors in the form of the service, without status and details', async () => {
    const call = makeClient(makeCompute());

    const { body } = await call('GET', '/global/firewalls/fw');

    const message = "The resource 'projects/demo/global/firewalls/fw' was not found";
    expect(body).toEqual({
      error: { code: 404, message, errors: [{ message, domain: 'global', reason: 'notFound' }] },
    });
  });
});

/** No operation of Compute takes two minutes here: only one whose end nobody is told lets the time of a wait run out. */
class UntoldWorld extends ComputeWorld {
  override onOperationEnd(): () => void {
    return () => {};
  }
}

describe('wait', () => {
  const start = async (fixture: ComputeFixture) => {
    const call = makeClient(fixture);
    const { body } = await call('POST', '/regions/us-central1/subnetworks', subnetBody('sub', 'net', '10.0.0.0/24'));
    return { call, path: `/regions/us-central1/operations/${textOf(body, 'name')}/wait` };
  };

  it('answers when the operation has ended, and lets the clock go on meanwhile', async () => {
    const fixture = makeNetworks();
    const { call, path } = await start(fixture);

    const waiting = call('POST', path);
    const holds = fixture.clock.holds;
    fixture.settle();

    expect(holds).toBe(0);
    expect(await waiting).toMatchObject({ status: 200, body: { status: 'DONE' } });
    expect(fixture.world.operations.at(-1)?.['endTime']).toBe(new Date(fixture.clock.nowMs()).toISOString());
  });

  it('answers at once when the operation is over', async () => {
    const fixture = makeNetworks();
    const { call, path } = await start(fixture);
    fixture.settle();
    const beforeMs = fixture.clock.nowMs();

    const reply = await call('POST', path);

    expect(reply.body).toMatchObject({ status: 'DONE' });
    expect(fixture.clock.nowMs()).toBe(beforeMs);
  });

  it('answers with the running operation after two minutes', async () => {
    const fixture = makeCompute();
    const world = new UntoldWorld(fixture.base);
    const call = makeClient({ ...fixture, world });
    const started = await call('POST', '/global/networks', networkBody('net'));

    const waiting = call('POST', `/global/operations/${textOf(started.body, 'name')}/wait`);
    fixture.settle();
    await waiting;

    expect(fixture.clock.nowMs() - START_MS).toBe(120_000);
  });

  it('is answered to everybody who waits', async () => {
    const fixture = makeNetworks();
    const { call, path } = await start(fixture);

    const waiting = [call('POST', path), call('POST', path)];
    fixture.settle();

    expect(await Promise.all(waiting)).toMatchObject([{ body: { status: 'DONE' } }, { body: { status: 'DONE' } }]);
  });

  it('refuses an operation that is not there', async () => {
    const call = makeClient(makeCompute());

    expect(await call('POST', '/global/operations/none/wait')).toMatchObject({ status: 404 });
  });
});
