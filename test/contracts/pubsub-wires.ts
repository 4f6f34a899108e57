/** Pub/Sub as two clients speak it: Google's generated one over gRPC, and HTTP/JSON as gcloud sends it. Both show the same JSON. */
import { v1 } from '@google-cloud/pubsub';
import { PassThroughClient } from 'google-auth-library';
import { grpc } from 'google-gax';

export type Json = Record<string, unknown>;

/** By lowerCamelCase name; requests and answers in proto3 JSON, without the fields that hold their default. */
export interface PubSubWire {
  readonly call: (method: Method, request: Json) => Promise<Json>;
  readonly close: () => Promise<void>;
}

/** What a call was refused with. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  /** As google.rpc.Code spells it. */
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

/** Path of each method's HTTP rule in google/pubsub/v1/pubsub.proto; `{…}` is a field of the request, which the body then leaves out. */
const routes = {
  createTopic: 'PUT {name}',
  getTopic: 'GET {topic}',
  listTopics: 'GET {project}/topics',
  updateTopic: 'PATCH {topic.name}',
  deleteTopic: 'DELETE {topic}',
  listTopicSubscriptions: 'GET {topic}/subscriptions',
  publish: 'POST {topic}:publish',
  createSubscription: 'PUT {name}',
  getSubscription: 'GET {subscription}',
  listSubscriptions: 'GET {project}/subscriptions',
  updateSubscription: 'PATCH {subscription.name}',
  deleteSubscription: 'DELETE {subscription}',
  pull: 'POST {subscription}:pull',
  acknowledge: 'POST {subscription}:acknowledge',
  modifyAckDeadline: 'POST {subscription}:modifyAckDeadline',
  modifyPushConfig: 'POST {subscription}:modifyPushConfig',
  seek: 'POST {subscription}:seek',
} as const;

export type Method = keyof typeof routes;

export function httpWire(host: string): PubSubWire {
  return {
    call: async (method, request) => {
      const [verb = '', template = ''] = routes[method].split(' ');
      const bound = new Set<string>();
      const path = template.replaceAll(/\{([\w.]+)\}/g, (_, field: string) => {
        bound.add(field);
        const [outer = '', inner] = field.split('.');
        return String(inner === undefined ? request[outer] : fieldOf(request[outer], inner));
      });
      const rest = Object.entries(request).filter(([field]) => !bound.has(field));
      const url = new URL(`http://${host}/v1/${path}`);
      const hasBody = verb !== 'GET' && verb !== 'DELETE';
      if (!hasBody) for (const [field, value] of rest) url.searchParams.set(field, String(value));
      const response = await fetch(url, {
        method: verb,
        ...(hasBody && {
          body: JSON.stringify(Object.fromEntries(rest)),
          headers: { 'content-type': 'application/json' },
        }),
      });
      const body: unknown = await response.json();
      if (!response.ok) throw new Refusal(textIn(body, 'status'), textIn(body, 'message'));
      return compact(body);
    },
    close: () => Promise.resolve(),
  };
}

/** `{"error": {"status": …, "message": …}}` */
function textIn(body: unknown, field: string): string {
  return String(fieldOf(fieldOf(body, 'error'), field));
}

export function grpcWire(host: string): PubSubWire {
  const [apiEndpoint = '', port] = host.split(':');
  const options = {
    apiEndpoint,
    port: Number(port),
    projectId: 'demo',
    sslCreds: grpc.credentials.createInsecure(),
    authClient: new PassThroughClient(),
  };
  const clients = [new v1.PublisherClient(options), new v1.SubscriberClient(options)];
  return {
    call: async (method, request) => {
      const client = clients.find((each) => method in each);
      if (client === undefined) throw new Error(`calling ${method}: no client has it`);
      // Each method of the generated clients takes a request and answers an array whose last element is the raw response of a list.
      const generated = Reflect.get(client, method) as (request: Json, options: Json) => Promise<readonly unknown[]>;
      try {
        const answer = await generated.call(client, forProtobuf(request), { autoPaginate: false });
        return compact(method.startsWith('list') ? answer[2] : answer[0]);
      } catch (thrown) {
        throw thrown instanceof Error && 'code' in thrown ? new Refusal(codeName(thrown.code), thrown.message) : thrown;
      }
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}

function codeName(code: unknown): string {
  return grpc.status[Number(code)] ?? String(code);
}

/** The generated clients take durations, times and masks as messages only; bytes may be base64. */
function forProtobuf(request: Json): Json {
  return Object.fromEntries(
    Object.entries(request).map(([field, value]) => {
      if (field === 'updateMask') return [field, { paths: maskPaths(String(value)) }];
      if (field === 'time') return [field, timeMessage(String(value))];
      if (typeof value === 'string' && /^\d+s$/.test(value)) return [field, { seconds: Number.parseInt(value, 10) }];
      return [field, isPlain(value) ? forProtobuf(value) : value];
    }),
  );
}

function maskPaths(mask: string): readonly string[] {
  const paths = mask.split(',').filter((path) => path !== '');
  return paths.map((path) => path.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

function timeMessage(time: string): Json {
  const ms = Date.parse(time);
  return { seconds: Math.floor(ms / 1000), nanos: (ms % 1000) * 1_000_000 };
}

function compact(answer: unknown): Json {
  const result = plain(answer);
  return isPlain(result) ? result : {};
}

const nothing: ReadonlySet<unknown> = new Set(['', 0, false, null]);

/** JSON of whatever a client answers, without what only says that nothing is there: `''`, `0`, `false`, `null`, `[]`, `{}`. */
function plain(value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.length === 0 ? undefined : value.toString('base64');
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(plain);
  if (!isPlain(value)) return nothing.has(value) ? undefined : value;
  const { seconds, nanos } = value;
  if (seconds !== undefined && nanos !== undefined) return durationOrTime(Number(seconds), Number(nanos));
  const fields = Object.entries(value).map(([field, inner]) => [
    field,
    field === 'state' ? stateOf(inner) : plain(inner),
  ]);
  const kept = fields.filter(([, inner]) => inner !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** No duration of Pub/Sub is longer than 31 days, no time earlier. */
function durationOrTime(seconds: number, nanos: number): string {
  return seconds > 100_000_000 ? new Date(seconds * 1000 + nanos / 1e6).toISOString() : `${seconds}s`;
}

function stateOf(value: unknown): unknown {
  return value === 'STATE_UNSPECIFIED' ? undefined : value;
}

function isPlain(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
}

function fieldOf(value: unknown, field: string): unknown {
  return isPlain(value) ? value[field] : undefined;
}
