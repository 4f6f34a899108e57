/**
 * Publishes to Pub/Sub with the generated publisher client. Importing it takes 195 ms, of which gax, which other adapters load too,
 * is 185 ms; the `PubSub` class takes 280 ms and would bring batching, ordering and flow control, of which a function that publishes
 * one message and waits for it needs none.
 */
import { PublisherClient } from '@google-cloud/pubsub-api/build/src/v1/publisher_client.js';
import type { CallOptions } from 'google-gax';
import type { JsonObject } from '../domain/json.ts';
import type { WakePublisher } from '../ports/wakes.ts';
import { attempt, lazily, withDeadline } from './calls.ts';
import type { GoogleConnection } from './connection.ts';
import { gaxInstance, grpcClientOptions } from './gax.ts';

/** Topics are named shortly, and all are of this project. */
export interface PublisherOptions {
  readonly connection: GoogleConnection;
  readonly project: string;
  /** Short name of the topic that carries wakes. */
  readonly wakesTopic: string;
}

/** Both methods throw `AutomationError` only. A publication of unknown outcome may have happened: messages are at least once. */
export interface Publisher extends WakePublisher {
  /** Publishes one message to a topic by its short name; resolves when Pub/Sub has stored it. */
  publishText(topic: string, text: string, attributes: Readonly<Record<string, string>>): Promise<void>;
}

// With the client's own retries in it. Publishing is at least once anyway, and a wake that is lost is found by the sweeper.
const timeoutMs = 10_000;

/** The client is made at the first publication, and one for all that share the connection. */
export function makePublisher({ connection, project, wakesTopic }: PublisherOptions): Publisher {
  const client = lazily(() => new PublisherClient(grpcClientOptions(connection, 'pubsub'), gaxInstance));
  const publishText: Publisher['publishText'] = (topic, text, attributes) =>
    attempt(`publishing to ${topic}`, async () => {
      const options = withDeadline(timeoutMs);
      // With our gax the client takes proto3 JSON, where bytes are base64 text; the generated types do not know that.
      const publisher = (await client()) as unknown as JsonPublisher;
      const message = { data: Buffer.from(text).toString('base64'), attributes };
      await publisher.publish({ topic: `projects/${project}/topics/${topic}`, messages: [message] }, options);
    });
  return {
    publishText,
    publish: ({ automation, target }) =>
      publishText(wakesTopic, JSON.stringify({ wake: { automation, target } }), { automation }),
  };
}

interface JsonPublisher {
  publish(request: JsonObject, options: CallOptions): Promise<unknown>;
}
