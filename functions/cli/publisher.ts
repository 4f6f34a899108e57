/** Publishes a document with the official Pub/Sub client. Loaded by the commands that publish only: importing it takes 280 ms. */
import { type ClientConfig, PubSub } from '@google-cloud/pubsub';
import { OAuth2Client, PassThroughClient } from 'google-auth-library';
import { ensureError } from '#shared/errors.ts';
import { product } from '#shared/product.ts';
import type { PublishRequest } from './io.ts';

/** Not the functions': audit logs should tell a person's publish from theirs. Passed on to gax, whose options the type leaves out. */
const identity = { libName: 'inferctl', libVersion: product.version };

/** With the client's own retries in it, ms; a person waits. */
const TIMEOUT_MS = 10_000;

export async function publish({
  project,
  topic,
  text,
  attributes,
  endpoint,
  credentials,
}: PublishRequest): Promise<string> {
  const pubsub = new PubSub({
    projectId: project,
    // Always said, because without it the client takes an endpoint from the environment.
    apiEndpoint: endpoint ?? 'https://pubsub.googleapis.com',
    ...identity,
    ...authOf(credentials),
  });
  try {
    const publisher = pubsub.topic(topic, { batching: { maxMessages: 1 }, gaxOpts: { timeout: TIMEOUT_MS } });
    return await publisher.publishMessage({ data: Buffer.from(text), attributes: { ...attributes } });
  } catch (thrown) {
    const cause = ensureError(thrown);
    // After a timeout the client lists every attempt; the last one says enough.
    throw new Error(cause.message.split(' : Previous errors', 1)[0], { cause });
  } finally {
    await pubsub.close();
  }
}

/** A client of its own keeps google-auth-library from looking for credentials in the environment. */
function authOf(credentials: string): Pick<ClientConfig, 'authClient'> {
  if (credentials === 'adc') return {};
  if (credentials === 'none') return { authClient: new PassThroughClient() };
  return { authClient: new OAuth2Client({ credentials: { access_token: credentials.slice('token:'.length) } }) };
}
