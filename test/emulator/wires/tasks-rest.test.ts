import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TasksWorld } from '../../../emulator/tasks/tasks-world.ts';
import { type HttpServer, serveHttp } from '../../../emulator/wires/http-server.ts';
import { tasksService } from '../../../emulator/wires/tasks-rest.ts';
import { type DeliveryWorld, makeDeliveryWorld } from '../delivery/make-world.ts';

const PARENT = 'projects/demo/locations/us-central1';
const QUEUE = `${PARENT}/queues/timers`;

let world: DeliveryWorld;
let server: HttpServer;

beforeAll(async () => {
  world = makeDeliveryWorld();
  server = await serveHttp({ port: 0, services: [tasksService(new TasksWorld(world.base, world.courier))] });
  await call('POST', `${PARENT}/queues`, { name: QUEUE, retryConfig: { maxAttempts: 3 } });
});
afterAll(() => server.close());

// A waiting task makes the clock hurry; held, it is still there when the test looks.
let release: () => void;
beforeEach(() => {
  release = world.base.clock.hold();
});
afterEach(() => release());

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`http://127.0.0.1:${server.port}/v2/${path}`, {
    method,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: JSON.parse(await response.text()) };
}

describe('Cloud Tasks over HTTP/JSON', () => {
  it('answers a queue with the defaults filled in', async () => {
    expect(await call('GET', QUEUE)).toEqual({
      status: 200,
      body: {
        name: QUEUE,
        rateLimits: { maxDispatchesPerSecond: 500, maxBurstSize: 100, maxConcurrentDispatches: 1000 },
        retryConfig: { maxAttempts: 3, minBackoff: '0.100s', maxBackoff: '3600s', maxDoublings: 16 },
        state: 'RUNNING',
      },
    });
  });

  it('lists the queues of a location, pauses one and lets it go on', async () => {
    const listed = await call('GET', `${PARENT}/queues?pageSize=10`);
    const elsewhere = await call('GET', 'projects/demo/locations/europe-west1/queues');
    const paused = await call('POST', `${QUEUE}:pause`, {});
    const read = await call('GET', QUEUE);
    const resumed = await call('POST', `${QUEUE}:resume`, {});

    expect(listed.body).toMatchObject({ queues: [{ name: QUEUE, state: 'RUNNING' }] });
    expect(elsewhere.body).toEqual({ queues: [] });
    expect(paused).toMatchObject({ status: 200, body: { name: QUEUE, state: 'PAUSED' } });
    expect(read.body.state).toBe('PAUSED');
    expect(resumed).toMatchObject({ status: 200, body: { name: QUEUE, state: 'RUNNING' } });
    expect(await call('POST', `${PARENT}/queues/none:pause`)).toMatchObject({ status: 404 });
  });

  it('creates, reads, lists, runs and deletes tasks', async () => {
    const body = Buffer.from('{}').toString('base64');
    const task = {
      name: `${QUEUE}/tasks/a`,
      httpRequest: { url: 'http://127.0.0.1:1/x', body },
      scheduleTime: '2026-01-01T13:00:00Z',
    };

    const created = await call('POST', `${QUEUE}/tasks`, { task });
    const full = await call('GET', `${QUEUE}/tasks/a?responseView=FULL`);
    await call('POST', `${QUEUE}/tasks`, { task: { ...task, name: `${QUEUE}/tasks/b` } });
    const page = await call('GET', `${QUEUE}/tasks?pageSize=1`);
    const deleted = await call('DELETE', `${QUEUE}/tasks/b`);
    release();
    await world.pass(3_600_000);
    const after = await call('GET', `${QUEUE}/tasks/a`);

    expect(created).toEqual({
      status: 200,
      body: {
        name: `${QUEUE}/tasks/a`,
        createTime: '2026-01-01T12:00:00.000Z',
        scheduleTime: '2026-01-01T13:00:00.000Z',
        dispatchDeadline: '600s',
        httpRequest: {
          url: 'http://127.0.0.1:1/x',
          httpMethod: 'POST',
          headers: { 'User-Agent': 'Google-Cloud-Tasks' },
        },
        view: 'BASIC',
      },
    });
    expect(full.body).toMatchObject({ httpRequest: { body }, view: 'FULL' });
    expect(page.body).toMatchObject({ tasks: [{ name: `${QUEUE}/tasks/a` }], nextPageToken: '1' });
    expect(deleted).toEqual({ status: 200, body: {} });
    expect(world.arrivals).toHaveLength(1);
    expect(after).toMatchObject({ status: 404, body: { error: { code: 404, status: 'NOT_FOUND' } } });
  });

  it('answers a name that is taken with 409', async () => {
    const task = {
      name: `${QUEUE}/tasks/twice`,
      httpRequest: { url: 'http://127.0.0.1:1/x' },
      scheduleTime: '2026-01-10T12:00:00Z',
    };
    await call('POST', `${QUEUE}/tasks`, { task });

    expect(await call('POST', `${QUEUE}/tasks`, { task })).toEqual({
      status: 409,
      body: { error: { code: 409, message: 'Requested entity already exists', status: 'ALREADY_EXISTS' } },
    });
  });

  it.each([
    {
      name: 'an unknown field',
      body: { task: { httpRequest: { uri: 'x' } } },
      at: `Unknown name "uri" at 'task.http_request'`,
    },
    { name: 'an unknown field of the body', body: { tasks: {} }, at: 'Unknown name "tasks":' },
    { name: 'a body that is no object', body: [1], at: 'Unknown name "": Root element must be a message.' },
    { name: 'a body that is no JSON', body: '{', at: 'Unexpected token.' },
  ])('refuses $name', async ({ body, at }) => {
    const reply = await call('POST', `${QUEUE}/tasks`, body);

    expect(reply).toMatchObject({ status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } });
    expect(reply.body.error.message).toContain(at);
  });

  it.each([
    ['POST', `${QUEUE}:purge`],
    ['POST', `${PARENT}/queues:pause`],
    ['DELETE', QUEUE],
    ['POST', `${QUEUE}/tasks/a:run`],
    ['GET', `${QUEUE}/other/a`],
  ])('answers %s %s with UNIMPLEMENTED', async (method, path) => {
    expect(await call(method, path)).toMatchObject({ status: 501, body: { error: { status: 'UNIMPLEMENTED' } } });
  });

  it('leaves other paths to other services', async () => {
    expect(await call('GET', 'projects/demo/locations/us-central1/functions')).toMatchObject({ status: 404 });
  });
});
