import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';
import { GrpcPort, loadService, unary } from '../../../emulator/wires/grpc.ts';
import type { JsonMap } from '../../../emulator/world/json.ts';
import { defineRejection, reject } from '../../../emulator/world/rejection.ts';
import { makePublisher } from '#shared/gcp/pubsub-publisher.ts';

const protos: object = createRequire(import.meta.url)('@google-cloud/pubsub-api/build/protos/protos.json');

const noTopic = defineRejection({
  id: 'test.noTopic',
  code: 'NOT_FOUND',
  source: 'Pub/Sub documentation',
  message: (topic: string) => `Resource not found (resource=${topic}).`,
});

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function makeUnderTest() {
  const published: JsonMap[] = [];
  const metadata: Record<string, unknown>[] = [];
  const publish = unary((request) => {
    if (request['topic'] !== 'projects/demo/topics/wakes') reject(noTopic, JSON.stringify(request['topic']));
    published.push(request);
    return { messageIds: ['1'] };
  });
  const port = new GrpcPort();
  port.add(loadService(protos, 'google.pubsub.v1.Publisher'), {
    publish: (...[call, callback]: Parameters<typeof publish>) => {
      metadata.push(call.metadata.getMap());
      publish(call, callback);
    },
  });
  closing.push(() => void port.close());
  const connection = {
    credentials: { accessToken: 'secret' },
    endpoints: { pubsub: `http://127.0.0.1:${await port.listen(0)}` },
  };
  return { published, metadata, publisher: makePublisher({ connection, project: 'demo', wakesTopic: 'wakes' }) };
}

const decode = (message: unknown) => JSON.parse(Buffer.from(String(Object(message).data), 'base64').toString('utf8'));

describe('the publisher', () => {
  it('publishes a wake with the attribute that subscriptions filter by', async () => {
    const { published, metadata, publisher } = await makeUnderTest();

    await publisher.publish({ automation: 'build-cluster', target: 'cluster/demo' });

    expect(published).toMatchObject([
      { topic: 'projects/demo/topics/wakes', messages: [{ attributes: { automation: 'build-cluster' } }] },
    ]);
    const [message] = Object(published[0]).messages;
    expect(decode(message)).toEqual({ wake: { automation: 'build-cluster', target: 'cluster/demo' } });
    expect(metadata[0]?.['x-goog-api-client']).toMatch(/inference-fleet\/\d/);
  });

  it('publishes any text as it is', async () => {
    const { published, publisher } = await makeUnderTest();

    await publisher.publishText('wakes', '{"text": "ü ✓"}', { reason: 'stale' });

    const [message] = Object(published[0]).messages;
    expect(decode(message)).toEqual({ text: 'ü ✓' });
    expect(message.attributes).toEqual({ reason: 'stale' });
  });

  it('fails if the topic does not exist', async () => {
    const { publisher } = await makeUnderTest();

    await expect(publisher.publishText('nowhere', '', {})).rejects.toMatchObject({
      kind: 'gone',
      message: 'publishing to nowhere: Resource not found (resource="projects/demo/topics/nowhere").',
    });
  });
});
