import { afterEach, describe, expect, it } from 'vitest';
import { type HttpServer, serveHttp } from '../../../emulator/wires/http-server.ts';
import type { HttpRequest } from '../../../emulator/wires/http.ts';
import { tasksService } from '../../../emulator/wires/tasks-rest.ts';
import { makeTaskTimers } from '#shared/gcp/tasks-timers.ts';
import { makeStillWorld } from '../../contracts/wired-world.ts';

const queue = 'projects/demo/locations/us-central1/queues/timers';
const timer = {
  automation: 'build-cluster',
  target: 'cluster/demo',
  nextCheckAtMs: Date.parse('2026-11-01T00:10:00.500Z'),
  wakeSeq: 7,
};

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function makeUnderTest(over: { readonly queue?: string } = {}) {
  const { world } = makeStillWorld();
  world.tasks.createQueue({ name: queue });
  const serve = tasksService(world.tasks);
  const seen: HttpRequest[] = [];
  const server = await serveHttp({
    port: 0,
    services: [
      (request) => {
        seen.push(request);
        return serve(request);
      },
    ],
  });
  servers.push(server);
  const timers = makeTaskTimers({
    connection: { credentials: { accessToken: 'secret' }, endpoints: { tasks: `http://127.0.0.1:${server.port}` } },
    queue,
    urlOf: (automation) => `http://functions/${automation}`,
    serviceAccountEmail: 'invoker@demo.iam.gserviceaccount.com',
    ...over,
  });
  return { timers, seen, tasks: () => world.tasks.listTasks(queue) };
}

describe('timers as tasks', () => {
  it('schedule one signed POST of the timer at its time', async () => {
    const { timers, seen, tasks } = await makeUnderTest();

    await timers.schedule(timer);

    const url = 'http://functions/build-cluster';
    expect(tasks()).toMatchObject([
      {
        name: expect.stringMatching(/\/tasks\/[0-9a-f]{64}$/),
        scheduleTime: expect.stringMatching(/^2026-11-01T00:10:00\.50*Z$/),
        httpRequest: {
          url,
          httpMethod: 'POST',
          oidcToken: { serviceAccountEmail: 'invoker@demo.iam.gserviceaccount.com', audience: url },
        },
      },
    ]);
    const body = Object(tasks()[0]?.['httpRequest']).body;
    expect(JSON.parse(Buffer.from(body, 'base64').toString('utf8'))).toEqual({ timer });
    expect(seen).toMatchObject([
      { headers: { authorization: 'Bearer secret', 'user-agent': expect.stringMatching(/^inference-fleet\//) } },
    ]);
  });

  it('are one delivery when they are scheduled twice', async () => {
    const { timers, tasks } = await makeUnderTest();

    await timers.schedule(timer);
    await timers.schedule({ ...timer });

    expect(tasks()).toHaveLength(1);
  });

  it.each([
    { name: 'automation', other: { automation: 'scale-replicas' } },
    { name: 'target', other: { target: 'cluster/other' } },
    { name: 'time', other: { nextCheckAtMs: timer.nextCheckAtMs + 1 } },
    { name: 'wake', other: { wakeSeq: 8 } },
  ])('are different tasks for another $name', async ({ other }) => {
    const { timers, tasks } = await makeUnderTest();

    await timers.schedule(timer);
    await timers.schedule({ ...timer, ...other });

    expect(tasks()).toHaveLength(2);
  });

  it('fail where there is no queue', async () => {
    const { timers } = await makeUnderTest({ queue: queue.replace('timers', 'nothing') });

    await expect(timers.schedule(timer)).rejects.toMatchObject({
      kind: 'gone',
      message: expect.stringMatching(/^scheduling the check of cluster\/demo: /),
    });
  });

  it('fail where nobody listens', async () => {
    const { timers } = await makeUnderTest();
    await servers.pop()?.close();

    await expect(timers.schedule(timer)).rejects.toMatchObject({ kind: 'transient' });
  });
});
