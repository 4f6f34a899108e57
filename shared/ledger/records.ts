/** The ledger's documents: their collections, ids and shapes. What is read from a store is parsed here and nowhere else. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { JsonObject } from '../domain/json.ts';
import type { Control } from '../domain/controls.ts';
import type { PoolDemand as PoolDemandShape } from '../domain/pool-demand.ts';
import type { Progress as ProgressShape } from '../domain/progress.ts';
import type { WakeRecord as WakeRecordShape } from '../domain/wake-record.ts';
import { phases } from '../domain/step.ts';
import { failureKinds } from '../errors.ts';
import type { LedgerKey } from '../ports/ledger.ts';
import type { Wake } from '../ports/wakes.ts';

/** Names of the collections; they are part of what is stored and never change their meaning. */
export const collections = {
  /** One per (automation, target): wakes, lease, next check. Small, hot. */
  wakes: 'wakes',
  /** One per (automation, target): what was found, tried and decided. */
  progress: 'progress',
  /** One per target: the document that is wanted. */
  documents: 'documents',
  /** One per message that came in. */
  messages: 'messages',
  /** One per (pool, service): what the service asks of the pool. */
  demands: 'demands',
  /** One per target, and one for all: what a person has stopped or set by hand. */
  controls: 'controls',
  /** One per cluster name: what was last said of it, so that two documents of one name are accepted one after the other. */
  clusterNames: 'clusterNames',
} as const;

/** Apart from progress: every wake writes it, and a storm of them must not rewrite a large record. */
export const wakeKey = (wake: Wake): LedgerKey => ({ collection: collections.wakes, id: pairId(wake) });
/** The same id as that of its wakes. */
export const progressKey = (wake: Wake): LedgerKey => ({ collection: collections.progress, id: pairId(wake) });
/** Ids begin with the pool, whose owner reads all of them; a service has one demand for each pool at most. */
export const demandKey = ({ pool, from }: Pick<PoolDemandShape, 'pool' | 'from'>): LedgerKey => ({
  collection: collections.demands,
  id: `${pool}:${from}`,
});
/** `target` undefined: what holds for all targets. */
export const controlKey = (target: string | undefined): LedgerKey => ({
  collection: collections.controls,
  id: target ?? '*',
});
export const clusterNameKey = (cluster: string): LedgerKey => ({ collection: collections.clusterNames, id: cluster });
/** By target and not by automation: several may look after the same document. */
export const documentKey = (target: string): LedgerKey => ({ collection: collections.documents, id: target });
/** A message id is unique within its topic only (Pub/Sub documentation, "PubsubMessage"), so the way it came belongs to the key. */
export const messageKey = (message: MessageOrigin): LedgerKey => ({
  collection: collections.messages,
  id: boundedId(`${message.subscription}:${message.messageId}`),
});

/** What one delivered message is known by. */
export interface MessageOrigin {
  /** Full name of the subscription; `unknown` for a body that was no message. */
  readonly subscription: string;
  readonly messageId: string;
}

/** Bytes; Firestore takes ids of up to 1500 (Firestore documentation, "Quotas and limits"), and escaping needs room. */
const MAX_ID_BYTES = 500;

/** Names and ids of Pub/Sub are far below the limit and stay readable; whatever else was sent as one is hashed. */
function boundedId(id: string): string {
  if (Buffer.byteLength(id) <= MAX_ID_BYTES && id.isWellFormed() && !/\p{Cc}/u.test(id)) return id;
  return createHash('sha256').update(id).digest('hex');
}

function pairId(wake: Wake): string {
  return `${wake.automation}:${wake.target}`;
}

/** Plain data by construction: it was read from JSON, so only its outermost form is checked. */
const json = z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const instantMs = z.number();
const optionalText = z.string().exactOptional();
const optionalInstantMs = instantMs.exactOptional();

/** When somebody looks next, and who may; rules and meaning are in domain/wake-record.ts. */
export type WakeRecord = WakeRecordShape;
export const WakeRecord: z.ZodType<WakeRecordShape> = z.object({
  automation: z.string(),
  target: z.string(),
  wakeSeq: z.number(),
  seenSeq: z.number(),
  nextCheckAtMs: optionalInstantMs,
  fence: z.number(),
  lease: z.object({ holder: z.string(), expiresAtMs: instantMs }).exactOptional(),
  quietUntilMs: optionalInstantMs,
  lookBeganAtMs: optionalInstantMs,
  hintsFromMs: optionalInstantMs,
});

/** Fields as in domain/step.ts. A state that this version does not know makes the record unreadable, which status tells. */
const StepMemory = z.object({
  title: z.string(),
  state: z.enum(['done', 'running', 'ready', 'waiting', 'failed', 'intended']),
  attempts: z.number(),
  calls: z.number(),
  failuresInARow: z.number(),
  operation: optionalText,
  startedAtMs: optionalInstantMs,
  endedAtMs: optionalInstantMs,
  doneSinceMs: optionalInstantMs,
  reason: optionalText,
  failureKind: z.enum(failureKinds).exactOptional(),
  notBeforeMs: optionalInstantMs,
});

/** What the last look found; fields as in domain/progress.ts. `carry` and `report` belong to their automation, which checks them. */
export type Progress = ProgressShape;
export const Progress: z.ZodType<ProgressShape> = z.object({
  automation: z.string(),
  target: z.string(),
  buildId: z.string(),
  sequence: z.number(),
  phase: z.enum(phases),
  reason: z.string(),
  next: z.string(),
  steps: z.record(z.string(), StepMemory),
  startedAtMs: instantMs,
  endedAtMs: optionalInstantMs,
  lookedAtMs: instantMs,
  report: json.exactOptional(),
  carry: json.exactOptional(),
  decisions: z
    .array(
      z.object({
        fromMs: instantMs,
        atMs: instantMs,
        looks: z.number(),
        decision: z.intersection(json, z.object({ outcome: z.string(), summary: z.string() })),
      }),
    )
    .exactOptional(),
  blindLooks: z.number(),
  brokenLooks: z.number().exactOptional(),
  history: z.array(z.object({ atMs: instantMs, step: optionalText, text: z.string() })),
});

/** The wanted state of one target, and its place in the order of documents (D1). */
export const DocumentRecord = z.object({
  kind: z.string(),
  target: z.string(),
  /** The accepted document, defaults not filled in. */
  document: json,
  sequence: z.number(),
  /** Pub/Sub publish time of the message that brought it. */
  publishTimeMs: instantMs,
  messageId: z.string(),
  contentHash: z.string(),
  acceptedAtMs: instantMs,
  actor: z.string(),
});
export type DocumentRecord = Readonly<z.infer<typeof DocumentRecord>>;

/** One message that came in, and what became of it. */
export const MessageRecord = z.object({
  messageId: z.string(),
  /** `accepted`: stored, wakes perhaps not yet sent; `done`: wakes sent; `refused`: in the dead-letter topic with its reason. */
  phase: z.enum(['accepted', 'done', 'refused']),
  receivedAtMs: instantMs,
  publishTimeMs: instantMs,
  actor: z.string(),
  kind: optionalText,
  target: optionalText,
  reason: optionalText,
  /** Of an alert: which incident of Cloud Monitoring, and what became of it. */
  alert: z.object({ incident: z.string(), state: z.string(), policy: optionalText }).exactOptional(),
  /** What was sent, shortened, so that a person sees what was refused. */
  excerpt: optionalText,
});
export type MessageRecord = Readonly<z.infer<typeof MessageRecord>>;

/** What one service asks of one pool; each service overwrites its own. */
export const PoolDemandRecord: z.ZodType<PoolDemandShape> = z.object({
  pool: z.string(),
  from: z.string(),
  items: z.array(
    z.object({
      what: z.string(),
      pods: z.number(),
      gpusPerPod: z.number(),
      labels: z.record(z.string(), z.string()).exactOptional(),
    }),
  ),
  decidedAtMs: instantMs,
});

/** A person's word. `orderedBy` is the place of the newest command, so that an older one which comes late changes nothing. */
export const ControlRecord: z.ZodType<Control> = z.object({
  pause: z.object({ actor: z.string(), atMs: instantMs, reason: optionalText }).exactOptional(),
  overrides: z
    .record(z.string(), z.object({ replicas: z.number(), untilMs: instantMs, actor: z.string() }))
    .exactOptional(),
  orderedBy: z.object({ publishTimeMs: instantMs, messageId: z.string() }).exactOptional(),
});
