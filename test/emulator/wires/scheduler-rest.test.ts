import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CronWorld } from '../../../emulator/cron/cron-world.ts';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import { type HttpServer, serveHttp } from '../../../emulator/wires/http-server.ts';
import { schedulerService } from '../../../emulator/wires/scheduler-rest.ts';
import { makeDeliveryWorld } from '../delivery/make-world.ts';

const LOCATION = 'projects/demo/locations/us-central1';

let server: HttpServer;

beforeEach(async () => {
  const { base, courier } = makeDeliveryWorld();
  const cron = new CronWorld(base, courier, new PubSubWorld(base, courier));
  for (const id of ['tick', 'tock']) {
    cron.createJob({
      name: `${LOCATION}/jobs/${id}`,
      schedule: '* * * * *',
      httpTarget: { uri: 'http://127.0.0.1:1/functions/tick' },
    });
  }
  server = await serveHttp({ port: 0, services: [schedulerService(cron)] });
});

afterEach(() => server.close());

interface JobsPage {
  readonly jobs?: readonly object[];
  readonly nextPageToken?: string;
}

async function ask(path: string, method = 'GET'): Promise<{ readonly status: number; readonly body: JobsPage }> {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/${path}`, { method });
  return { status: response.status, body: (await response.json()) as JobsPage };
}

describe('Cloud Scheduler over HTTP', () => {
  it('lists the jobs of a location, page by page', async () => {
    const { body: first } = await ask(`${LOCATION}/jobs?pageSize=1`);
    const { body: second } = await ask(`${LOCATION}/jobs?pageSize=1&pageToken=${first.nextPageToken}`);

    expect([first, second].map(({ jobs }) => jobs)).toMatchObject([
      [
        {
          name: `${LOCATION}/jobs/tick`,
          schedule: '* * * * *',
          state: 'ENABLED',
          scheduleTime: '2026-01-01T12:01:00.000Z',
        },
      ],
      [{ name: `${LOCATION}/jobs/tock` }],
    ]);
    expect(second.nextPageToken).toBeUndefined();
  });

  it.each([
    { name: 'a job', path: `${LOCATION}/jobs/tick`, status: 200 },
    { name: 'a job that is not there', path: `${LOCATION}/jobs/none`, status: 404 },
    { name: 'running a job', path: `${LOCATION}/jobs/tick:run`, method: 'POST', status: 501 },
    { name: 'creating a job', path: `${LOCATION}/jobs`, method: 'POST', status: 501 },
  ])('answers $name with $status', async ({ path, method, status }) => {
    expect((await ask(path, method)).status).toBe(status);
  });
});
