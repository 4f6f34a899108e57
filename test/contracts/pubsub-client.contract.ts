/** The official client as it is used by hand: topics, and messages that come as events (StreamingPull behind them). */
import { type Message, PubSub } from '@google-cloud/pubsub';
import { PassThroughClient } from 'google-auth-library';
import { expect, vi } from 'vitest';
import { base64, type DefineCase, type PubSubCase } from './pubsub-under-test.ts';

export function defineClientCases(define: DefineCase): void {
  define('the client’s listener gets what is published, and again what it gives back', async (pubsub) => {
    const { subscribe, publish, pull } = pubsub;
    await subscribe();
    let failures = 1;
    const { texts } = listen(pubsub, (message, text) => {
      if (text === 'b' && failures-- > 0) message.nack();
      else message.ack();
    });

    await publish('a', 'b');
    await soon(() => texts.length === 3);
    await publish('c');
    await soon(() => texts.length === 4);

    expect([...texts].sort()).toEqual(['a', 'b', 'b', 'c']);
    expect(texts.at(-1)).toBe('c');
    expect(await pull()).toEqual([]);
  });

  define('the client’s listener is told when its subscription is not there', async ({ another, ...pubsub }) => {
    const { failures } = listen({ ...pubsub, subscription: another('subscriptions') }, () => undefined);

    await soon(() => failures.length > 0);

    expect(failures[0]).toMatchObject({ code: 5 });
  });

  define('the client gets order where it asks for it', async (pubsub) => {
    const { call, subscribe, topic } = pubsub;
    await subscribe({ enableMessageOrdering: true });
    const sent = ['a', 'b', 'c', 'd', 'e'];
    const { texts } = listen(pubsub, (message) => message.ack());

    for (const text of sent) await call('publish', { topic, messages: [{ data: base64(text), orderingKey: 'k' }] });
    await soon(() => texts.length === sent.length);

    expect(texts).toEqual(sent);
  });
}

/** The client works in real time, whatever the time of Pub/Sub is. */
const soon = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 15_000, interval: 10 });

/** Listens until the case ends. */
function listen(
  { under, subscription, onFinished }: Pick<PubSubCase, 'under' | 'subscription' | 'onFinished'>,
  onMessage: (message: Message, text: string) => unknown,
) {
  const client = new PubSub({ projectId: 'demo', apiEndpoint: under.hosts.grpc, authClient: new PassThroughClient() });
  const listener = client.subscription(subscription, { streamingOptions: { maxStreams: 1 } });
  const texts: string[] = [];
  const failures: Error[] = [];
  listener.on('message', (message: Message) => {
    const text = message.data.toString('utf8');
    texts.push(text);
    onMessage(message, text);
  });
  listener.on('error', (error) => failures.push(error));
  onFinished(async () => {
    await listener.close();
    await client.close();
  });
  return { texts, failures };
}
