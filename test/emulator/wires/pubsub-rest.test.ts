import { beforeEach, describe, expect, it } from 'vitest';
import { PubSubWorld } from '../../../emulator/pubsub/pubsub-world.ts';
import type { HttpReply, HttpService } from '../../../emulator/wires/http.ts';
import { pubsubRestService } from '../../../emulator/wires/pubsub-rest.ts';
import { type DeliveryWorld, makeDeliveryWorld } from '../delivery/make-world.ts';

const TOPIC = 'projects/demo/topics/wakes';
const SUBSCRIPTION = 'projects/demo/subscriptions/wakes-build';
const ENDPOINT = 'http://127.0.0.1:1/functions/build-cluster';

let world: DeliveryWorld;
let service: HttpService;

beforeEach(async () => {
  world = makeDeliveryWorld();
  service = pubsubRestService(new PubSubWorld(world.base, world.courier));
  await send('PUT', TOPIC, {});
  await send('PUT', SUBSCRIPTION, { topic: TOPIC, pushConfig: { pushEndpoint: ENDPOINT } });
});

async function send(method: string, target: string, body?: unknown): Promise<HttpReply | undefined> {
  const url = new URL(`/v1/${target}`, 'http://127.0.0.1');
  return service({
    method,
    path: url.pathname,
    query: url.searchParams,
    headers: {},
    body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
  });
}

const publish = (text: string) =>
  send('POST', `${TOPIC}:publish`, { messages: [{ data: Buffer.from(text).toString('base64') }] });

describe('Pub/Sub over HTTP/JSON', () => {
  it('publishes what a subscription then pushes', async () => {
    const reply = await publish('{}');
    await world.pass(1000);

    expect(reply).toMatchObject({ status: 200, body: { messageIds: [expect.stringMatching(/^\d+$/)] } });
    expect(world.arrivals).toMatchObject([{ url: ENDPOINT }]);
  });

  it('stops pushing for an empty configuration, keeps the messages, and pushes them when there is an endpoint again', async () => {
    const stopped = await send('POST', `${SUBSCRIPTION}:modifyPushConfig`, { pushConfig: {} });
    await publish('{}');
    await world.pass(1000);
    const whileStopped = world.arrivals.length;

    await send('POST', `${SUBSCRIPTION}:modifyPushConfig`, { pushConfig: { pushEndpoint: ENDPOINT } });
    await world.pass(1000);

    expect(stopped).toEqual({ status: 200, body: {} });
    expect(whileStopped).toBe(0);
    expect(world.arrivals).toHaveLength(1);
  });

  it('is pulled and acknowledged, as by gcloud pubsub subscriptions pull --auto-ack', async () => {
    await send('POST', `${SUBSCRIPTION}:modifyPushConfig`, { pushConfig: {} });
    await publish('{}');

    const pulled = await send('POST', `${SUBSCRIPTION}:pull`, { maxMessages: 1 });
    const body = JSON.parse(JSON.stringify(pulled?.body));
    await send('POST', `${SUBSCRIPTION}:acknowledge`, { ackIds: [body.receivedMessages[0].ackId] });
    await world.pass(60_000);

    expect(body.receivedMessages).toMatchObject([{ message: { data: Buffer.from('{}').toString('base64') } }]);
    expect((await send('POST', `${SUBSCRIPTION}:pull`, { maxMessages: 1 }))?.body).toEqual({});
  });

  it('lists in pages, as gcloud asks for them', async () => {
    await send('PUT', 'projects/demo/topics/other', {});

    const first = await send('GET', 'projects/demo/topics?alt=json&pageSize=1');
    const second = await send('GET', 'projects/demo/topics?alt=json&pageSize=1&pageToken=1');

    expect(first?.body).toEqual({ topics: [{ name: TOPIC }], nextPageToken: '1' });
    expect(second?.body).toEqual({ topics: [{ name: 'projects/demo/topics/other' }] });
    expect((await send('GET', 'projects/demo/subscriptions'))?.body).toMatchObject({
      subscriptions: [{ name: SUBSCRIPTION, ackDeadlineSeconds: 10 }],
    });
  });

  it.each([
    { method: 'POST', target: `${SUBSCRIPTION}:detach`, code: 'UNIMPLEMENTED' },
    { method: 'GET', target: 'projects/demo/topics/none', code: 'NOT_FOUND' },
    { method: 'PUT', target: TOPIC, code: 'ALREADY_EXISTS' },
  ])('answers $method $target with $code', async ({ method, target, code }) => {
    await expect(send(method, target, method === 'GET' ? undefined : {})).rejects.toMatchObject({ code });
  });

  it('refuses a field that the message does not have', async () => {
    expect(await send('POST', `${SUBSCRIPTION}:modifyPushConfig`, { pushConfig: { endpoint: 'x' } })).toMatchObject({
      status: 400,
      body: { error: { status: 'INVALID_ARGUMENT', message: expect.stringContaining('endpoint') } },
    });
  });

  it('leaves other paths to other services', async () => {
    expect(await send('GET', 'projects/demo/locations/us-central1/clusters')).toBeUndefined();
  });
});
