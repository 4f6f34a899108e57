/** Asks a server what was recorded and says where its answer differs first. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { isMap, type JsonValue } from '../../../emulator/world/json.ts';
import type { Call, Conversation, Expectation, Operation, RecordedCall } from './cases.ts';
import { type Bindings, differenceOf } from './matching.ts';
import { inEveryOrder } from './orders-of-causes.ts';

/** A server to ask. */
export interface Target {
  /** May have a path: `https://127.0.0.1:6443/clusters/demo`. */
  readonly baseUrl: string;
  /** PEM of the authority that signed its certificate. */
  readonly ca: string;
  /** What the tokens `admin`, `viewer` and `invalid` of the recordings are here. */
  readonly tokens: Readonly<Record<string, string>>;
  /** Makes the server forget all resource versions older than now. */
  readonly compact: () => Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** JSON, or text where the content type is another; of a watch the parsed lines. */
  readonly body: JsonValue;
}

/** Where and how an answer differs from the recording. */
export interface Difference {
  /** Counted from 0. */
  readonly step: number;
  readonly what: string;
  readonly call: Call;
  readonly expected: Expectation;
  readonly actual: Answer;
}

/** What an answer says beside its body; clients read no other header. */
const keptHeaders = ['content-type', 'warning', 'retry-after', 'location', 'allow'];
const agent = new Agent({ keepAlive: true });

export interface ReplayOptions {
  /** Several mistakes in one object count in any order. */
  readonly causesInAnyOrder?: boolean;
}

/** The first difference; undefined: every answer is as recorded. */
export async function replay(
  conversation: Conversation,
  target: Target,
  { causesInAnyOrder = false }: ReplayOptions = {},
): Promise<Difference | undefined> {
  const bindings: Bindings = new Map();
  const captured = new Map<string, string>();
  for (const [at, step] of conversation.steps.entries()) {
    if ('op' in step) {
      await operate(step, target);
      continue;
    }
    const actual = await ask(step, target, captured);
    const orders = causesInAnyOrder ? inEveryOrder(actual) : [actual];
    const what = leastDifference(step.expect, orders, bindings);
    if (what !== undefined) return { step: at, what, call: step, expected: step.expect, actual };
    capture(step, actual, captured);
  }
  return undefined;
}

/** No difference if one of the answers has none; else that of the first. */
function leastDifference(expected: Expectation, answers: readonly Answer[], bindings: Bindings): string | undefined {
  const attempts = answers.map((answer) => {
    const tried: Bindings = new Map(bindings);
    return { what: answerDifference(expected, answer, tried), tried };
  });
  const match = attempts.find(({ what }) => what === undefined);
  for (const [name, value] of match?.tried ?? []) bindings.set(name, value);
  return match === undefined ? attempts[0]?.what : undefined;
}

/** The words of a difference as a test shows them. */
export function describeDifference({ step, what, call }: Difference): string {
  const note = call.note === undefined ? '' : ` (${call.note})`;
  return `step ${step}, ${call.method} ${call.path}${note}: ${what}`;
}

export async function operate(operation: Operation, target: Target): Promise<void> {
  if (operation.op === 'compact') return target.compact();
  const headers = {
    Authorization: 'Bearer {{token:admin}}',
    'User-Agent': 'conformance/1.0',
    'Content-Type': 'application/json',
  };
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: operation.name } };
  await ask({ method: 'POST', path: '/api/v1/namespaces', headers, body }, target, new Map());
}

function capture(step: RecordedCall, { body }: Answer, captured: Map<string, string>): void {
  for (const [name, pointer] of Object.entries(step.capture ?? {}))
    captured.set(name, String(atPointer(body, pointer)));
}

/** Sends one call and reads the answer, a watch to its end. */
export async function ask(call: Call, target: Target, captured: ReadonlyMap<string, string>): Promise<Answer> {
  const fill = (template: string): string =>
    template.replace(/\$\{(\w+)\}/g, (whole, name: string) => captured.get(name) ?? whole);
  const payload = call.rawBody ?? (call.body === undefined ? undefined : fill(asRecorded(call.body)));
  const base = new URL(target.baseUrl);
  const root = base.pathname === '/' ? '' : base.pathname;
  const sent = request({
    host: base.hostname,
    port: base.port,
    method: call.method,
    path: root + fill(call.path),
    headers: {
      ...sentHeaders(call, target),
      ...(payload !== undefined && { 'content-length': Buffer.byteLength(payload) }),
    },
    ca: target.ca,
    agent,
  });
  sent.end(payload);
  // An IncomingMessage is what `response` comes with.
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const headers = readHeaders(response, root);
  const body = parseBody(await text(response), headers, call.path.includes('watch='));
  return { status: response.statusCode ?? 0, headers, body };
}

function sentHeaders({ headers }: Call, { tokens }: Target): Record<string, string> {
  const withToken = (value: string): string =>
    value.replace(/\{\{token:(\w+)\}\}/, (_, token: string) => tokens[token] ?? token);
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, withToken(value)]));
}

/** Paths in them are those of the cluster's own server. */
function readHeaders(response: IncomingMessage, root: string): Answer['headers'] {
  const kept = keptHeaders.flatMap((name) => {
    const values = response.headersDistinct[name];
    if (values === undefined) return [];
    return [[name, values.length === 1 ? (values[0] ?? '').replace(root, '') : values] as const];
  });
  return Object.fromEntries(kept);
}

/** With a blank after each comma and colon: a backend that answers what it was sent shows them. */
function asRecorded(value: JsonValue | undefined): string {
  if (Array.isArray(value)) return `[${value.map(asRecorded).join(', ')}]`;
  if (!isMap(value)) return JSON.stringify(value ?? null);
  const fields = Object.entries(value).map(([key, field]) => `${JSON.stringify(key)}: ${asRecorded(field)}`);
  return `{${fields.join(', ')}}`;
}

/** An error on a watch is one document like any other. */
function parseBody(content: string, headers: Answer['headers'], isWatch: boolean): JsonValue {
  const type = String(headers['content-type'] ?? '');
  if (!/^application\/([^;]*\+)?json/.test(type)) return content;
  if (!isWatch) return JSON.parse(content);
  return content
    .split('\n')
    .filter((line) => line !== '')
    .map((line): JsonValue => JSON.parse(line));
}

function answerDifference(expected: Expectation, actual: Answer, bindings: Bindings): string | undefined {
  if (expected.status !== actual.status) {
    return `status: expected ${expected.status}, found ${actual.status} ${JSON.stringify(actual.body)}`;
  }
  const body = expected.events !== undefined || !Array.isArray(actual.body) ? actual.body : (actual.body[0] ?? null);
  return (
    headerDifference(expected, actual) ?? bodyDifference(expected, body, bindings) ?? detailDifference(expected, body)
  );
}

function headerDifference(expected: Expectation, actual: Answer): string | undefined {
  for (const name of keptHeaders) {
    const wanted = JSON.stringify(expected.headers?.[name]);
    const found = JSON.stringify(actual.headers[name]);
    if (wanted !== found) return `header ${name}: expected ${wanted}, found ${found}`;
  }
  return undefined;
}

function bodyDifference(expected: Expectation, body: JsonValue, bindings: Bindings): string | undefined {
  const rules = { subset: expected.match === 'subset', unordered: expected.unordered ?? [], bindings };
  if (expected.events !== undefined) return eventsDifference(expected.events, body, rules);
  return expected.body === undefined ? undefined : differenceOf(expected.body, body, rules);
}

/** Events are ordered and complete even where only parts of each count. */
function eventsDifference(
  expected: readonly JsonValue[],
  body: JsonValue,
  rules: Parameters<typeof differenceOf>[2],
): string | undefined {
  const events = Array.isArray(body) ? body : [];
  if (events.length !== expected.length) return `expected ${expected.length} events, found ${JSON.stringify(events)}`;
  for (const [at, event] of expected.entries()) {
    const difference = differenceOf(event, events[at], rules, `/${at}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function detailDifference(expected: Expectation, body: JsonValue): string | undefined {
  for (const [pointer, count] of Object.entries(expected.count ?? {})) {
    const found = atPointer(body, pointer);
    const length = Array.isArray(found) ? found.length : undefined;
    if (length !== count) return `${pointer}: expected ${count} elements, found ${JSON.stringify(found)}`;
  }
  for (const pointer of expected.absent ?? []) {
    const found = atPointer(body, pointer);
    if (found !== undefined) return `${pointer}: expected nothing, found ${JSON.stringify(found)}`;
  }
  const message = atPointer(body, '/message');
  if (expected.messageContains === undefined || String(message).includes(expected.messageContains)) return undefined;
  return `/message: expected to contain ${expected.messageContains}, found ${JSON.stringify(message)}`;
}

/** RFC 6901. */
export function atPointer(value: JsonValue, pointer: string): JsonValue | undefined {
  let current: JsonValue | undefined = value;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(current)) current = current[Number(key)];
    else current = isMap(current) ? current[key] : undefined;
  }
  return current;
}
