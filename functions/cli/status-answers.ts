/** What the status API answers, checked. Unknown fields are let through: a newer function may say more. */
import * as z from 'zod';
import type { JsonObject } from '#shared/domain/json.ts';
import { Progress } from '#shared/ledger/records.ts';
import { CliError, exitCodes } from './exit.ts';

const instantMs = z.number();
const json: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** Records that could not be read; absent: all could. */
const Unreadable = z.object({
  unreadable: z.array(z.object({ collection: z.string(), id: z.string(), reason: z.string() })).exactOptional(),
});
export type Unreadable = Readonly<z.infer<typeof Unreadable>>;

/** One automation that looks after a target. */
export const AutomationRow = z.looseObject({
  automation: z.string(),
  phase: z.string(),
  reason: z.string(),
  next: z.string(),
  /** Somebody holds its lease now. */
  working: z.boolean(),
  nextCheckAtMs: instantMs.exactOptional(),
  /** How long that is past, by the world's time; absent: it is not, or only as long as a look takes to begin. */
  overdueSeconds: z.number().exactOptional(),
  startedAtMs: instantMs.exactOptional(),
  lookedAtMs: instantMs.exactOptional(),
  stepsDone: z.number().exactOptional(),
  stepsInAll: z.number().exactOptional(),
  /** Of those that look after sizes; each automation has its own words for them. */
  sizes: z.array(z.unknown()).exactOptional(),
});
export type AutomationRow = Readonly<z.infer<typeof AutomationRow>>;

const Pause = z.looseObject({ actor: z.string(), atMs: instantMs, reason: z.string().exactOptional() });
/** What a person has stopped or set by hand; an override that is over may still be named. */
const Controls = z.looseObject({
  pause: Pause.extend({ scope: z.enum(['target', 'all']) }).exactOptional(),
  /** The target's own, below the pause of all. */
  ownPause: Pause.exactOptional(),
  overrides: z.record(z.string(), z.looseObject({ replicas: z.number(), untilMs: instantMs, actor: z.string() })),
});

/** One line of `GET /targets`. */
export const TargetRow = z.looseObject({
  kind: z.string(),
  target: z.string(),
  /** Of the document that is wanted now. */
  sequence: z.number(),
  acceptedAtMs: instantMs,
  actor: z.string(),
  controls: Controls.exactOptional(),
  automations: z.array(AutomationRow),
});
export type TargetRow = Readonly<z.infer<typeof TargetRow>>;

/** How Pub/Sub delivers, by automation. */
const Pushes = z.record(z.string(), z.looseObject({ endpoint: z.string(), serviceAccount: z.string() }));
export type Pushes = Readonly<z.infer<typeof Pushes>>;

/** `GET /targets/<target>`; `details` are the records that the loop keeps, one per automation that has looked. */
export const Target = TargetRow.extend({
  details: z.array(Progress),
  /** Absent: an older function, which does not say. */
  pushes: Pushes.exactOptional(),
  ...Unreadable.shape,
});
export type Target = Readonly<z.infer<typeof Target>>;

export const TargetList = Unreadable.extend({ items: z.array(TargetRow) });

/** One message that came in; `reason` is there if it was refused. */
export const MessageRow = z.looseObject({
  messageId: z.string(),
  phase: z.string(),
  receivedAtMs: instantMs,
  actor: z.string(),
  /** Absent: nobody could tell. */
  kind: z.string().exactOptional(),
  target: z.string().exactOptional(),
  /** Of an alert. */
  alert: z.looseObject({ incident: z.string(), state: z.string() }).exactOptional(),
  reason: z.string().exactOptional(),
});
export type MessageRow = Readonly<z.infer<typeof MessageRow>>;

export const MessageList = Unreadable.extend({ items: z.array(MessageRow) });

const TermRow = z.looseObject({
  name: z.string(),
  inputs: z.array(
    z.looseObject({
      name: z.string(),
      state: z.enum(['value', 'stale', 'missing', 'invalid']),
      value: z.number().exactOptional(),
      source: z.enum(['modelServer', 'endpointPicker', 'monitoring']).exactOptional(),
      ageSeconds: z.number().exactOptional(),
      note: z.string().exactOptional(),
    }),
  ),
  formula: z.string(),
  result: z.string(),
});

/** What was decided about one role, with its arithmetic. */
const RoleDecisionRow = z.looseObject({
  role: z.string(),
  fromReplicas: z.number(),
  desiredReplicas: z.number(),
  action: z.string(),
  limitedBy: z.string().exactOptional(),
  why: z.string(),
  terms: z.array(TermRow),
});
export type RoleDecisionRow = Readonly<z.infer<typeof RoleDecisionRow>>;

/** `GET /targets/<target>/decisions`, newest first. A decision has roles with terms, terms of its own, or only its summary. */
export const Decisions = Unreadable.extend({
  target: z.string(),
  items: z.array(
    z.looseObject({
      automation: z.string(),
      fromMs: instantMs,
      atMs: instantMs,
      looks: z.number(),
      decision: z.looseObject({
        summary: z.string(),
        remarks: z.array(z.string()).exactOptional(),
        roles: z.array(RoleDecisionRow).exactOptional(),
        terms: z.array(TermRow).exactOptional(),
      }),
    }),
  ),
});
export type Decisions = Readonly<z.infer<typeof Decisions>>;

/** One step of `POST /plan`, in the order of the plan. */
export const PlanStep = z.looseObject({
  id: z.string(),
  /** Each automation has its own. */
  kind: z.string().exactOptional(),
  title: z.string(),
  dependsOn: z.array(z.string()),
  status: z.looseObject({
    state: z.string(),
    reason: z.string().exactOptional(),
    failure: z.looseObject({ message: z.string() }).exactOptional(),
  }),
  /** Request body of the one thing that the step creates; a step with neither this nor `objects` only looks. */
  body: json.exactOptional(),
  objects: z.array(json).exactOptional(),
});
export type PlanStep = Readonly<z.infer<typeof PlanStep>>;

/** What a `ModelService` document would have looked after. */
const ServicePlan = z.looseObject({
  cluster: z.looseObject({ project: z.string(), location: z.string(), name: z.string() }),
  namespace: z.string(),
  servedModelName: z.string(),
  roles: z.array(
    z.looseObject({
      role: z.string(),
      workload: z.looseObject({ kind: z.string(), name: z.string() }),
      gpusPerReplica: z.number(),
      nodePool: z.string(),
      size: z.looseObject({ min: z.number(), max: z.number(), owner: z.string() }),
    }),
  ),
  /** Without dollars where the price of a pool is not known. */
  price: z.looseObject({
    minGpus: z.number(),
    maxGpus: z.number(),
    minUsdPerHour: z.number().exactOptional(),
    maxUsdPerHour: z.number().exactOptional(),
    unknownPools: z.array(z.string()).exactOptional(),
  }),
  spendCapUsdPerHour: z.number().exactOptional(),
});
export type ServicePlan = Readonly<z.infer<typeof ServicePlan>>;

const PoolPlan = z.looseObject({
  target: z.string(),
  size: z.looseObject({ min: z.number(), max: z.number(), owner: z.string() }).exactOptional(),
  says: z.string(),
});
export type PoolPlan = Readonly<z.infer<typeof PoolPlan>>;

export const PlanAnswer = z.looseObject({
  target: z.string(),
  service: ServicePlan.exactOptional(),
  pools: z.array(PoolPlan).exactOptional(),
  plans: z.array(
    z.looseObject({
      automation: z.string(),
      phase: z.string(),
      reason: z.string(),
      next: z.string(),
      steps: z.array(PlanStep),
      report: json.exactOptional(),
    }),
  ),
  /** Besides those of steps; an older function names none. */
  problems: z.array(z.string()).exactOptional(),
});
export type PlanAnswer = Readonly<z.infer<typeof PlanAnswer>>;

/** `POST /check` beside its `problems`; an older function foretells nothing. */
export const CheckAnswer = z.looseObject({
  obstacles: z.array(z.string()).default([]),
  warnings: z.array(z.string()).default([]),
});

/** Throws `unreachable` when something else answers at that URL. */
export function parseAnswer<T>(schema: z.ZodType<T>, body: JsonObject, what: string): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const where = `${first?.path.join('.') ?? ''}: ${first?.message ?? 'not as expected'}`;
  throw new CliError(
    exitCodes.unreachable,
    `reading ${what}: the answer is not that of the status function (${where}): check statusUrl of the context`,
  );
}
