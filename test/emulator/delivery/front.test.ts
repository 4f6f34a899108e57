import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Courier } from '../../../emulator/delivery/courier.ts';
import { HttpDispatcher } from '../../../emulator/delivery/dispatcher.ts';
import { functionsFront } from '../../../emulator/delivery/front.ts';
import { FunctionsProcess } from '../../../emulator/delivery/functions-process.ts';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import { type HttpServer, serveHttp } from '../../../emulator/wires/http-server.ts';
import { makeDeliveryWorld, START_MS } from './make-world.ts';
import { HandTime } from './hand-time.ts';
import { listenForNotifications, type Notifications } from './notifications.ts';

const TOPIC = 'projects/demo/topics/requests';
const SUBSCRIPTION = 'projects/demo/subscriptions/intake';

let base: ReturnType<typeof makeDeliveryWorld>['base'];
let notifications: Notifications;
let functions: FunctionsProcess;
let server: HttpServer;
let dispatcher: HttpDispatcher;
let time: HandTime;

beforeEach(async () => {
  ({ base } = makeDeliveryWorld());
  notifications = await listenForNotifications();
  time = new HandTime();
  functions = new FunctionsProcess({
    entry: new URL('child.ts', import.meta.url).pathname,
    env: { NOTIFY_PORT: String(notifications.port) },
    clock: base.clock,
    onLine: () => {},
    real: time,
  });
  server = await serveHttp({ port: 0, services: [functionsFront(functions)] });
  dispatcher = new HttpDispatcher();
});
afterEach(async () => {
  dispatcher.close();
  await functions.stop();
  await server.close();
  notifications.close();
});

const urlOf = (path: string) => `http://127.0.0.1:${server.port}${path}`;

describe('the front of the functions', () => {
  it('hands requests to the process under the name of the function', async () => {
    const started = functions.start();

    const reply = await fetch(urlOf('/functions/status/targets?kind=Cluster'), {
      method: 'POST',
      headers: { authorization: 'Bearer x', 'content-type': 'application/json' },
      body: '{"a":1}',
    });
    await started;

    expect(reply.status).toBe(200);
    expect(reply.headers.get('x-pid')).toBe(String(functions.pid));
    expect(await reply.json()).toMatchObject({
      method: 'POST',
      url: '/status/targets?kind=Cluster',
      headers: {
        authorization: 'Bearer x',
        'content-type': 'application/json',
        host: `127.0.0.1:${server.port}`,
        // The caller's connection is kept, this one is not: the header of the one must not reach the other.
        connection: 'close',
      },
      body: '{"a":1}',
    });
  });

  it('answers 503 when the process ends before it answered', async () => {
    await functions.start();

    const reply = await fetch(urlOf('/functions/crash'));

    expect(reply.status).toBe(503);
  });

  it('answers 504 when the process does not answer in time', async () => {
    await functions.start();
    const reply = fetch(urlOf('/functions/hang'));
    await notifications.heard('GET /hang');

    time.pass();

    expect((await reply).status).toBe(504);
  });

  it('leaves other paths to other services', async () => {
    expect((await fetch(urlOf('/functions'))).status).toBe(404);
    expect((await fetch(urlOf('/functionsX/status'))).status).toBe(404);
  });
});

describe('a push over HTTP', () => {
  const tokens = { token: () => 'signed' };

  function makePubSub(path: string): PubSubWorld {
    const pubsub = new PubSubWorld(base, new Courier({ clock: base.clock, dispatcher, tokens }));
    pubsub.createTopic({ name: TOPIC });
    const pushConfig = { pushEndpoint: urlOf(path), oidcToken: { serviceAccountEmail: 'push@demo' } };
    pubsub.createSubscription({ name: SUBSCRIPTION, topic: TOPIC, pushConfig, retryPolicy: {} });
    return pubsub;
  }

  it('waits for the process to start; no world time passes meanwhile', async () => {
    const pubsub = makePubSub('/functions/intake');
    const started = functions.start();

    pubsub.publish(TOPIC, [{ data: Buffer.from('hi').toString('base64') }]);
    await notifications.heard('POST /intake');
    await started;
    await new Promise<void>((resolve) => base.clock.after(0, resolve));

    expect(pubsub.counts).toMatchObject({ deliveries: 1, acks: 1, nacks: 0 });
    expect(base.clock.nowMs() - START_MS).toBe(5);
  });

  it('is repeated after the backoff when the process is killed under it', async () => {
    await functions.start();
    const pubsub = makePubSub('/functions/hang');
    pubsub.publish(TOPIC, [{ data: Buffer.from('hi').toString('base64') }]);
    await notifications.heard('POST /hang');

    functions.kill();
    // The next attempt must find an endpoint that answers, or the test would have to kill again.
    pubsub.modifyPushConfig(SUBSCRIPTION, { pushEndpoint: urlOf('/functions/intake') });
    await notifications.heard('POST /intake');
    await new Promise<void>((resolve) => base.clock.after(0, resolve));

    expect(pubsub.counts).toMatchObject({ deliveries: 2, acks: 1, nacks: 1 });
    expect(base.clock.nowMs() - START_MS).toBe(10_005);
    expect(pubsub.backlog(SUBSCRIPTION)).toEqual([]);
  });

  it('is repeated after the backoff when the process hangs', async () => {
    await functions.start();
    const pubsub = makePubSub('/functions/hang');
    pubsub.publish(TOPIC, [{ data: Buffer.from('hi').toString('base64') }]);
    await notifications.heard('POST /hang');

    pubsub.modifyPushConfig(SUBSCRIPTION, { pushEndpoint: urlOf('/functions/intake') });
    time.pass();
    await notifications.heard('POST /intake');
    await new Promise<void>((resolve) => base.clock.after(0, resolve));

    expect(pubsub.counts).toMatchObject({ deliveries: 2, acks: 1, nacks: 1 });
    expect(base.clock.nowMs() - START_MS).toBe(10_005);
  });
});
