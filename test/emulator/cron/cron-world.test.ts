import { describe, expect, it } from 'vitest';
import { CronWorld } from '../../../emulator/cron/cron-world.ts';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { type Answer, makeDeliveryWorld, makeHeldAnswer } from '../delivery/make-world.ts';

const TOPIC = 'projects/demo/topics/ticks';
const URL = 'http://127.0.0.1:1/functions/tick';
const LOCATION = 'projects/demo/locations/us-central1';
const NAME = `${LOCATION}/jobs/tick`;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const httpJob = (over: JsonMap = {}): JsonMap => ({
  name: NAME,
  schedule: '* * * * *',
  httpTarget: { uri: URL },
  ...over,
});
const topicJob = (over: JsonMap = {}): JsonMap => ({
  name: NAME,
  schedule: '* * * * *',
  pubsubTarget: { topicName: TOPIC, data: base64('sweep') },
  ...over,
});

function makeCron(answer?: Answer) {
  const world = makeDeliveryWorld(answer);
  const pubsub = new PubSubWorld(world.base, world.courier);
  pubsub.createTopic({ name: TOPIC });
  return { ...world, pubsub, cron: new CronWorld(world.base, world.courier, pubsub) };
}

describe('cron jobs', () => {
  it('post at every full minute', async () => {
    const { cron, arrivals, pass } = makeCron();
    await pass(25_000);

    cron.createJob(
      httpJob({
        httpTarget: {
          uri: URL,
          body: base64('{}'),
          oidcToken: { serviceAccountEmail: 'cron@demo', audience: 'tick' },
        },
      }),
    );
    await pass(180_000);

    expect(arrivals.map(({ afterMs }) => afterMs / 1000)).toEqual([60, 120, 180]);
    expect(arrivals[0]).toMatchObject({
      url: URL,
      headers: {
        authorization: 'Bearer cron@demo for tick',
        'x-cloudscheduler-jobname': 'tick',
        'x-cloudscheduler-scheduletime': '2026-01-01T12:01:00.000Z',
      },
    });
    expect(arrivals[0]?.body.toString()).toBe('{}');
  });

  it('publish to a topic', async () => {
    const { cron, pubsub, arrivals, pass } = makeCron();
    pubsub.createSubscription({
      name: 'projects/demo/subscriptions/tick',
      topic: TOPIC,
      pushConfig: { pushEndpoint: URL },
    });

    cron.createJob(
      topicJob({
        schedule: '*/5 * * * *',
        pubsubTarget: { topicName: TOPIC, data: base64('sweep'), attributes: { job: 'sweep' } },
      }),
    );
    await pass(660_000);

    const messages = arrivals.map(({ body }) => JSON.parse(body.toString()).message);
    expect(messages).toMatchObject([
      {
        data: base64('sweep'),
        attributes: { job: 'sweep' },
        publishTime: '2026-01-01T12:05:00.000Z',
      },
      { publishTime: '2026-01-01T12:10:00.000Z' },
    ]);
  });

  it('do not repeat a failed run', async () => {
    const { cron, arrivals, pass } = makeCron(() => 500);

    cron.createJob(httpJob());
    await pass(125_000);

    expect(arrivals).toHaveLength(2);
    expect(cron.failedRuns).toBe(2);
  });

  it('go on when their topic is deleted, and count the failed runs', async () => {
    const { cron, pubsub, pass } = makeCron();
    cron.createJob(topicJob());

    pubsub.deleteTopic(TOPIC);
    await pass(125_000);

    expect({ runs: cron.runs, failedRuns: cron.failedRuns }).toEqual({ runs: 2, failedRuns: 2 });
  });

  it('refuse a topic that is not there', () => {
    const { cron } = makeCron();

    expect(() => cron.createJob(topicJob({ pubsubTarget: { topicName: `${TOPIC}-none` } }))).toThrow(
      'Resource not found',
    );
    expect(cron.listJobs(LOCATION)).toEqual([]);
  });

  it('stop when deleted', async () => {
    const { cron, arrivals, pass } = makeCron();
    cron.createJob(httpJob());
    await pass(60_000);

    cron.deleteJob(NAME);
    await pass(600_000);

    expect(arrivals).toHaveLength(1);
    expect(cron.runs).toBe(1);
  });

  it('do not make the world hurry', async () => {
    const { answer, started, finish } = makeHeldAnswer();
    const { cron, base, pass } = makeCron(answer);
    cron.createJob(httpJob());

    // Only a tick is left, real time stands still in this test: nothing may happen, however often the loop turns.
    for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
    const idleRuns = cron.runs;
    const passed = pass(61_000);
    await started;
    finish(200);
    await passed;

    expect(idleRuns).toBe(0);
    expect(cron.runs).toBe(1);
    expect(base.clock.holds).toBe(0);
  });

  it('are listed by location, with their next and last run', async () => {
    const { cron, pass } = makeCron();
    cron.createJob(httpJob({ schedule: '*/2 * * * *' }));
    cron.createJob(topicJob({ name: 'projects/demo/locations/europe-west1/jobs/tick' }));

    await pass(130_000);

    expect(cron.listJobs(LOCATION)).toMatchObject([
      {
        name: NAME,
        schedule: '*/2 * * * *',
        timeZone: 'Etc/UTC',
        state: 'ENABLED',
        scheduleTime: '2026-01-01T12:04:00.000Z',
        lastAttemptTime: '2026-01-01T12:02:00.000Z',
      },
    ]);
  });

  it.each([
    {
      name: 'a second one of a name',
      job: httpJob(),
      code: 'ALREADY_EXISTS',
      message: `Job ${NAME} already exists.`,
    },
    {
      name: 'a schedule of six fields',
      job: httpJob({ name: `${NAME}-2`, schedule: '* * * * * *' }),
      code: 'INVALID_ARGUMENT',
      message: 'Schedule or time zone is invalid.',
    },
    {
      name: 'a short name',
      job: httpJob({ name: 'tick' }),
      code: 'INVALID_ARGUMENT',
      message: 'Job name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/jobs/<JOB_ID>".',
    },
    {
      name: 'no target',
      job: { name: `${NAME}-2`, schedule: '* * * * *' },
      code: 'INVALID_ARGUMENT',
      message: 'Job.target is required.',
    },
    {
      name: 'another time zone',
      job: httpJob({ name: `${NAME}-2`, timeZone: 'Europe/Berlin' }),
      code: 'UNIMPLEMENTED',
      message: 'The local cloud does not serve the time zone Europe/Berlin.',
    },
  ])('refuse $name', ({ job, code, message }) => {
    const { cron } = makeCron();
    cron.createJob(httpJob());

    expect(() => cron.createJob(job)).toThrow(expect.objectContaining({ code, message }));
    expect(cron.listJobs(LOCATION)).toHaveLength(1);
  });
});
