/** What the status API answers, checked. Unknown fields are let through: a newer function may say more. */
import * as z from 'zod';
import type { JsonObject } from '#shared/domain/json.ts';
import { Progress } from '#shared/ledger/records.ts';
import { CliError, exitCodes } from './exit.ts';

const instantMs = z.number();
const json: z.ZodType<JsonObject> = z.record(z.string(), z.json());

/** One automation that looks after a target. */
export const AutomationRow = z.looseObject({
  automation: z.string(),
  phase: z.string(),
  reason: z.string(),
  next: z.string(),
  /** Somebody holds its lease now. */
  working: z.boolean(),
  nextCheckAtMs: instantMs.exactOptional(),
  startedAtMs: instantMs.exactOptional(),
  lookedAtMs: instantMs.exactOptional(),
  stepsDone: z.number().exactOptional(),
  stepsInAll: z.number().exactOptional(),
});
export type AutomationRow = Readonly<z.infer<typeof AutomationRow>>;

/** One line of `GET /targets`. */
export const TargetRow = z.looseObject({
  kind: z.string(),
  target: z.string(),
  /** Of the document that is wanted now. */
  sequence: z.number(),
  acceptedAtMs: instantMs,
  actor: z.string(),
  automations: z.array(AutomationRow),
});
export type TargetRow = Readonly<z.infer<typeof TargetRow>>;

/** `GET /targets/<target>`; `details` are the records that the loop keeps, one per automation that has looked. */
export const Target = TargetRow.extend({ details: z.array(Progress) });
export type Target = Readonly<z.infer<typeof Target>>;

export const TargetList = z.object({ items: z.array(TargetRow) });

/** One message that came in; `reason` is there if it was refused. */
export const MessageRow = z.looseObject({
  messageId: z.string(),
  phase: z.string(),
  receivedAtMs: instantMs,
  actor: z.string(),
  target: z.string().exactOptional(),
  reason: z.string().exactOptional(),
});
export type MessageRow = Readonly<z.infer<typeof MessageRow>>;

export const MessageList = z.object({ items: z.array(MessageRow) });

/** One step of `POST /plan`, in the order of the plan. */
export const PlanStep = z.looseObject({
  id: z.string(),
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

export const PlanAnswer = z.looseObject({
  target: z.string(),
  plans: z.array(
    z.looseObject({
      automation: z.string(),
      phase: z.string(),
      reason: z.string(),
      steps: z.array(PlanStep),
      report: json.exactOptional(),
    }),
  ),
});
export type PlanAnswer = Readonly<z.infer<typeof PlanAnswer>>;

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
