import { describe, expect, it } from 'vitest';
import { CronWorld } from '../../../emulator/cron/cron-world.ts';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import { type Answer, makeDeliveryWorld, makeHeldAnswer } from '../delivery/make-world.ts';

const TOPIC = 'projects/demo/topics/ticks';
const URL = 'http://127.0.0.1:1/functions/tick';

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

    cron.add({
      name: 'tick',
      everySeconds: 60,
      url: URL,
      body: '{}',
      identity: { email: 'cron@demo', audience: 'tick' },
    });
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

    cron.add({ name: 'tick', everySeconds: 300, topic: TOPIC, body: 'sweep', attributes: { job: 'sweep' } });
    await pass(660_000);

    const messages = arrivals.map(({ body }) => JSON.parse(body.toString()).message);
    expect(messages).toMatchObject([
      {
        data: Buffer.from('sweep').toString('base64'),
        attributes: { job: 'sweep' },
        publishTime: '2026-01-01T12:05:00.000Z',
      },
      { publishTime: '2026-01-01T12:10:00.000Z' },
    ]);
  });

  it('do not repeat a failed run', async () => {
    const { cron, arrivals, pass } = makeCron(() => 500);

    cron.add({ name: 'tick', everySeconds: 60, url: URL, body: '' });
    await pass(125_000);

    expect(arrivals).toHaveLength(2);
    expect(cron.failedRuns).toBe(2);
  });

  it('go on when their topic is deleted, and count the failed runs', async () => {
    const { cron, pubsub, pass } = makeCron();
    cron.add({ name: 'tick', everySeconds: 60, topic: TOPIC, body: 'sweep' });

    pubsub.deleteTopic(TOPIC);
    await pass(125_000);

    expect({ runs: cron.runs, failedRuns: cron.failedRuns }).toEqual({ runs: 2, failedRuns: 2 });
  });

  it('refuse a topic that is not there', () => {
    const { cron } = makeCron();

    expect(() => cron.add({ name: 'tick', everySeconds: 60, topic: `${TOPIC}-none`, body: '' })).toThrow(
      'Resource not found',
    );
  });

  it('stop when removed', async () => {
    const { cron, arrivals, pass } = makeCron();
    cron.add({ name: 'tick', everySeconds: 60, url: URL, body: '' });
    await pass(60_000);

    cron.remove('tick');
    await pass(600_000);

    expect(arrivals).toHaveLength(1);
    expect(cron.runs).toBe(1);
  });

  it('do not make the world hurry', async () => {
    const { answer, started, finish } = makeHeldAnswer();
    const { cron, base, pass } = makeCron(answer);
    cron.add({ name: 'tick', everySeconds: 60, url: URL, body: '' });

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

  it.each([30, 0, -60, 90])('refuse a period of %i s', (everySeconds) => {
    const { cron } = makeCron();

    expect(() => cron.add({ name: 'tick', everySeconds, url: URL, body: '' })).toThrow('not a multiple of 60 s');
  });
});
