/**
 * The composition root of the functions: environment → configuration → adapters → ports. The only file of theirs that reads
 * `process.env` and the system clock; adapters are loaded here, in `late-ledger.ts` and in `cloud.ts` alone, each at
 * its first use (D6).
 */
import type { LoopPorts } from '#shared/automation.ts';
import { type Environment, parseConfig } from '#shared/config.ts';
import { cutToBytes } from '#shared/domain/cut.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import type { GoogleConnection } from '#shared/gcp/connection.ts';
import type { PushIdentity } from '#shared/gcp/oidc.ts';
import type { Publisher } from '#shared/gcp/pubsub-publisher.ts';
import { exchange } from '#shared/http-exchange.ts';
import type { InsistOptions } from '#shared/ledger/insist.ts';
import type { Clock, ClockReading, ClockSource } from '#shared/ports/clock.ts';
import type { DeadLetters } from '#shared/ports/dead-letters.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import type { Log } from '#shared/ports/log.ts';
import type { DecisionMetrics } from '#shared/ports/decision-metrics.ts';
import type { Timers } from '#shared/ports/wakes.ts';
import { type Cloud, makeCloud } from './cloud.ts';
import { lateLedger } from './late-ledger.ts';
import { lazily } from './lazily.ts';
import { ORIGINAL_MESSAGE_ID, ORIGINAL_PUBLISH_TIME_MS } from '#shared/delivery.ts';

export interface Runtime {
  readonly log: Log;
  ledger(): Promise<Ledger>;
  /** The loop's ports for one delivery; reads the clock source once. */
  begin(): Promise<LoopPorts>;
  deadLetters(): Promise<DeadLetters>;
  /** What automations take their own ports from. */
  readonly cloud: Cloud;
  decisionMetrics(): Promise<DecisionMetrics>;
  /** How Pub/Sub delivers to a function; the token's audience is the endpoint. */
  pushTo(functionName: string): { readonly endpoint: string; readonly serviceAccount: string };
  /** Whether a request comes from the configured invoker, by its OIDC token. */
  verifyInvoker(functionName: string, authorization: string | undefined): Promise<PushIdentity>;
}

let started: Promise<Runtime> | undefined;

/** One runtime per process. */
export function startRuntime(): Promise<Runtime> {
  started ??= Promise.resolve()
    .then(() => makeRuntime(parseConfig(process.env)))
    .catch((thrown: unknown) => {
      // The next request tries again: a disk that was full, or a file that was not there, may be mended.
      started = undefined;
      throw thrown;
    });
  return started;
}

/** Where `server.ts` listens: the platform gives PORT, and asks for every interface (Cloud Run, "Container runtime contract"). */
export function listenAddress(): { readonly port: number; readonly host: string } {
  const { PORT, FLEET_HOST } = parseConfig(process.env);
  return { port: PORT, host: FLEET_HOST };
}

function makeRuntime(config: Environment): Runtime {
  const connection = toConnection(config);
  const source = clockSource(config);
  // Between deliveries nobody asks the ledger for the time; within one, the latest reading is the right one.
  let current: Clock | undefined;
  const ledger = lateLedger(config, {
    ...insistence,
    connection,
    nowMs: () => (current ?? startClock({ epochMs: Date.now(), running: true })).nowMs(),
  });
  const publisher = latePublisher(config, connection);
  const messaging = lateMessaging(publisher, async () => {
    const { makeTaskTimers } = await import('#shared/gcp/tasks-timers.ts');
    return makeTaskTimers({ connection, ...queue(config) });
  });
  return {
    log,
    ledger,
    begin: async () => {
      const [reading, opened] = await Promise.all([source.read(), ledger()]);
      const clock = startClock(reading);
      current = clock;
      return { ledger: opened, ...messaging, clock, log };
    },
    deadLetters: async () => toDeadLetters(await publisher(), config.FLEET_DEAD_LETTER_TOPIC),
    cloud: makeCloud(config, connection),
    decisionMetrics: lazily(async () => {
      const { makeDecisionMetrics } = await import('#shared/gcp/decision-metrics.ts');
      return makeDecisionMetrics({ connection, project: config.FLEET_PROJECT });
    }),
    pushTo: (name) => ({ endpoint: functionUrl(config, name), serviceAccount: config.FLEET_INVOKER }),
    verifyInvoker: invokerCheck(config),
  };
}

/** Contention is told once per access that met it: how often it comes is counted in the log. */
const insistence: InsistOptions = {
  pause: (upToMs) => new Promise((resolve) => setTimeout(resolve, Math.random() * upToMs)),
  onRepeated: (repeated) => log[repeated.gaveUp ? 'warn' : 'info']('repeated an access to the ledger', { ...repeated }),
};

/** One client for wakes and dead letters. */
function latePublisher(config: Environment, connection: GoogleConnection): () => Promise<Publisher> {
  const { FLEET_PROJECT: project, FLEET_WAKES_TOPIC: wakesTopic } = config;
  return lazily(async () => {
    const { makePublisher } = await import('#shared/gcp/pubsub-publisher.ts');
    return makePublisher({ connection, project, wakesTopic });
  });
}

/** Loaded when the first message is sent: by then a look has called what it is about, which must not wait for gax (100 ms of CPU). */
function lateMessaging(
  publisher: () => Promise<Publisher>,
  makeTimers: () => Promise<Timers>,
): Pick<LoopPorts, 'wakes' | 'timers'> {
  const timers = lazily(makeTimers);
  return {
    wakes: { publish: async (wake) => await (await publisher()).publish(wake) },
    timers: { schedule: async (timer) => await (await timers()).schedule(timer) },
  };
}

function toConnection(config: Environment): GoogleConnection {
  const { FLEET_CREDENTIALS: credentials } = config;
  const { FLEET_COMPUTE_ENDPOINT: compute, FLEET_CONTAINER_ENDPOINT: container } = config;
  const { FLEET_PUBSUB_ENDPOINT: pubsub, FLEET_TASKS_ENDPOINT: tasks } = config;
  const { FLEET_CONTAINER_REST_ENDPOINT: containerRest, FLEET_MONITORING_ENDPOINT: monitoring } = config;
  const { FLEET_FIRESTORE_ENDPOINT: firestore } = config;
  return {
    credentials: credentials === 'adc' ? 'adc' : { accessToken: credentials.slice('token:'.length) },
    endpoints: {
      ...(compute !== undefined && { compute }),
      ...(container !== undefined && { container }),
      ...(containerRest !== undefined && { containerRest }),
      ...(firestore !== undefined && { firestore }),
      ...(monitoring !== undefined && { monitoring }),
      ...(pubsub !== undefined && { pubsub }),
      ...(tasks !== undefined && { tasks }),
    },
  };
}

/** Bytes of one attribute value, attributes of one message (Pub/Sub documentation, "Quotas and limits"). */
const MAX_ATTRIBUTE_BYTES = 1024;
const MAX_ATTRIBUTES = 100;

/** A message may have 10 MB with everything (the same page); a letter that large is no document of ours anyway. */
const MAX_LETTER_BYTES = 9_000_000;

/** The original message with the reason beside it: publishing it again as it is replays it in its original place (D1). */
function toDeadLetters(publisher: Publisher, topic: string): DeadLetters {
  return {
    publish: async ({ reason, messageId, publishTimeMs, text, attributes }) => {
      await publisher.publishText(topic, cutToBytes(text, MAX_LETTER_BYTES), {
        ...Object.fromEntries(Object.entries(attributes).slice(0, MAX_ATTRIBUTES - 3)),
        fleetReason: cutToBytes(reason, MAX_ATTRIBUTE_BYTES),
        [ORIGINAL_MESSAGE_ID]: cutToBytes(messageId, MAX_ATTRIBUTE_BYTES),
        [ORIGINAL_PUBLISH_TIME_MS]: String(publishTimeMs),
      });
    },
  };
}

function queue(config: Environment) {
  return {
    queue: `projects/${config.FLEET_PROJECT}/locations/${config.FLEET_REGION}/queues/${config.FLEET_QUEUE}`,
    urlOf: (automation: string) => functionUrl(config, automation),
    serviceAccountEmail: config.FLEET_INVOKER,
  };
}

/** One verifier per function, made at its first request: the audience is the function's own URL. */
function invokerCheck(config: Environment): Runtime['verifyInvoker'] {
  const verifiers = new Map<string, Promise<(token: string) => Promise<PushIdentity>>>();
  const make = async (functionName: string) => {
    const { googleIssuers, makePushVerifier } = await import('#shared/gcp/oidc.ts');
    const { FLEET_OIDC_CERTIFICATES_URL: certificatesUrl, FLEET_OIDC_ISSUER: issuer } = config;
    return makePushVerifier({
      audience: functionUrl(config, functionName),
      emails: [config.FLEET_INVOKER],
      issuers: issuer === undefined ? googleIssuers : [issuer],
      ...(certificatesUrl !== undefined && { certificatesUrl }),
    });
  };
  return async (functionName, authorization) => {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { ok: false, reason: 'no bearer token' };
    const verifier = verifiers.get(functionName) ?? make(functionName);
    verifiers.set(functionName, verifier);
    return await (await verifier)(token);
  };
}

function functionUrl(config: Environment, functionName: string): string {
  return config.FLEET_FUNCTION_URL.replace('{function}', functionName);
}

/** Real time within which a configured clock source must answer, ms. */
const CLOCK_TIMEOUT_MS = 5_000;

function clockSource(config: Environment): ClockSource {
  const { FLEET_CLOCK_URL: url } = config;
  if (url === undefined) return { read: async () => ({ epochMs: Date.now(), running: true }) };
  return {
    async read() {
      const { text } = await exchange({ url: new URL(url), signal: AbortSignal.timeout(CLOCK_TIMEOUT_MS) });
      const answer: unknown = JSON.parse(text);
      if (isReading(answer)) return answer;
      throw new Error(`reading the clock at ${url}: expected {epochMs, running}, got ${JSON.stringify(answer)}`);
    },
  };
}

function isReading(answer: unknown): answer is ClockReading {
  return (
    typeof answer === 'object' &&
    answer !== null &&
    'epochMs' in answer &&
    typeof answer.epochMs === 'number' &&
    'running' in answer &&
    typeof answer.running === 'boolean'
  );
}

function startClock(reading: ClockReading): Clock {
  const beganMs = performance.now();
  const elapsedMs = () => performance.now() - beganMs;
  return {
    elapsedMs,
    nowMs: () => Math.round(reading.epochMs + (reading.running ? elapsedMs() : 0)),
  };
}

const log: Log = {
  info: (message, fields) => write('INFO', message, fields),
  warn: (message, fields) => write('WARNING', message, fields),
  error: (message, fields) => write('ERROR', message, fields),
};

/** One JSON line per entry, one write per line: what Cloud Logging parses (Cloud Logging, "Structured logging"). */
function write(severity: string, message: string, fields: JsonObject): void {
  process.stdout.write(`${JSON.stringify({ severity, message, ...fields })}\n`);
}
