/** What the Pub/Sub contract needs to know of a Pub/Sub, and what its cases begin with. */
import type { TestContext } from 'vitest';
import { type Push, type PushEndpoint, startPushEndpoint } from './push-endpoint.ts';
import { grpcWire, httpWire, type Json, type Method, type PubSubWire, Refusal } from './pubsub-wires.ts';

export interface PubSubUnderTest {
  /** `host:port` of either wire; they may be the same. */
  readonly hosts: { readonly grpc: string; readonly http: string };
  readonly nowMs: () => number;
  /** Lets so much of its time pass. */
  readonly pass: (seconds: number) => Promise<void>;
  /**
   * Ids of the ways in which it is known to differ from the service. A case then asks for the difference, so that one which is gone
   * fails.
   */
  readonly exceptions: ReadonlySet<string>;
  readonly close: () => Promise<void>;
}

export type WireName = 'gRPC' | 'HTTP/JSON';

/** A topic and what is done with it, over one wire. Names are its own, so that cases can share one Pub/Sub. */
export interface PubSubCase {
  readonly under: PubSubUnderTest;
  readonly topic: string;
  readonly subscription: string;
  /** Another name of that kind, not there yet. */
  readonly another: (kind: 'topics' | 'subscriptions') => string;
  readonly call: PubSubWire['call'];
  /** `google.rpc.Code` of a refusal, `OK` otherwise. */
  readonly codeOf: (method: Method, request: Json) => Promise<string>;
  /** Subscribes to the topic. */
  readonly subscribe: (over?: Json) => Promise<Json>;
  /** Ids of the messages. */
  readonly publish: (...messages: readonly (string | Json)[]) => Promise<readonly string[]>;
  readonly pull: (subscription?: string, maxMessages?: number) => Promise<readonly Received[]>;
  readonly endpoint: (answer?: (push: Push, index: number) => number) => Promise<PushEndpoint>;
  /** Lets time pass until it is so; fails when it is not within so many seconds. */
  readonly until: (condition: () => boolean | Promise<boolean>, seconds: number) => Promise<void>;
  /** Runs what is to be run at the end of the case; the last one first. */
  readonly onFinished: TestContext['onTestFinished'];
  /** What is expected: of the service, or where a difference is declared, of what differs. */
  readonly unless: <Value>(exception: string, ofTheService: Value, otherwise: Value) => Value;
}

/** Declares one case; its body gets a topic of its own. */
export type DefineCase = (title: string, body: (pubsub: PubSubCase) => Promise<void>) => void;

export interface Received {
  readonly ackId: string;
  readonly deliveryAttempt?: number;
  readonly message: {
    readonly data?: string;
    readonly attributes?: Readonly<Record<string, string>>;
    readonly messageId: string;
    readonly publishTime: string;
    readonly orderingKey?: string;
  };
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64');
export const textsOf = (received: readonly Received[]): readonly string[] =>
  received.map(({ message }) => Buffer.from(message.data ?? '', 'base64').toString('utf8'));

/** Names of one run differ from those of every other, for a Pub/Sub that outlives a case. */
let named = 0;

/** How long one look at a condition lets pass. */
const STEP_SECONDS = 0.05;

/** Every exception that a case has asked for. One that is declared and not among them says nothing. */
export const askedExceptions = new Set<string>();

/** Ends with the test of the context: cases may run side by side. */
export async function beginCase(
  under: PubSubUnderTest,
  wireName: WireName,
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
): Promise<PubSubCase> {
  const wire = wireName === 'gRPC' ? grpcWire(under.hosts.grpc) : httpWire(under.hosts.http);
  onTestFinished(async () => {
    await wire.close();
    await under.close();
  });
  const another = (kind: string) => `projects/demo/${kind}/of-case-${++named}`;
  const [topic, subscription] = [another('topics'), another('subscriptions')];
  await wire.call('createTopic', { name: topic });
  return {
    under,
    topic,
    subscription,
    another,
    ...callsOf(wire, { topic, subscription }),
    endpoint: async (answer) => {
      const endpoint = await startPushEndpoint(under.nowMs, answer);
      onTestFinished(() => endpoint.close());
      return endpoint;
    },
    onFinished: onTestFinished,
    until: (condition, seconds) => until(under, condition, seconds),
    unless: (exception, ofTheService, otherwise) => {
      askedExceptions.add(exception);
      return under.exceptions.has(exception) ? otherwise : ofTheService;
    },
  };
}

/** The calls that cases make, with their own topic and subscription where they name no other. */
function callsOf(
  wire: PubSubWire,
  { topic, subscription }: Pick<PubSubCase, 'topic' | 'subscription'>,
): Pick<PubSubCase, 'call' | 'codeOf' | 'subscribe' | 'publish' | 'pull'> {
  return {
    call: wire.call,
    codeOf: (method, request) => codeOf(wire.call(method, request)),
    subscribe: (over = {}) => wire.call('createSubscription', { name: subscription, topic, ...over }),
    publish: async (...messages) => {
      const sent = messages.map((message) => (typeof message === 'string' ? { data: base64(message) } : message));
      const { messageIds } = await wire.call('publish', { topic, messages: sent });
      return messageIds as readonly string[]; // Of a PublishResponse.
    },
    pull: async (from = subscription, maxMessages = 10) => {
      // Without it a real Pub/Sub waits for messages.
      const request = { subscription: from, maxMessages, returnImmediately: true };
      const { receivedMessages = [] } = await wire.call('pull', request);
      return receivedMessages as readonly Received[]; // Of a PullResponse.
    },
  };
}

async function codeOf(call: Promise<Json>): Promise<string> {
  try {
    await call;
    return 'OK';
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.code;
    throw thrown;
  }
}

async function until(under: PubSubUnderTest, condition: () => boolean | Promise<boolean>, seconds: number) {
  const endMs = under.nowMs() + seconds * 1000;
  while (!(await condition())) {
    if (under.nowMs() > endMs) throw new Error(`waiting for Pub/Sub: the condition does not hold after ${seconds} s`);
    await under.pass(STEP_SECONDS);
  }
}
