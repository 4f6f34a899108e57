/** One row per automation that looks after a target, woken or already at work. Pure. */
import type { JsonObject } from '#shared/domain/json.ts';
import type { FoundRecords, UnreadableRecord } from '#shared/ledger/read-records.ts';
import { type Progress, progressKey, type WakeRecord, wakeKey } from '#shared/ledger/records.ts';

/** Records of all automations, of one target or of many. */
export interface KnownAutomations {
  readonly progress: FoundRecords<Progress>;
  readonly wakes: FoundRecords<WakeRecord>;
}

/**
 * Whatever is due is looked at at once, by its timer; failing that the sweep of the next minute wakes it. Two more are slack for a look that
 * is slow to begin: nobody should be told of those.
 */
const SWEEP_MS = 60_000;
const SLACK_MS = 120_000;

/** In the order of the ledger. One whose record cannot be read gets a row that says so: it must not look like one that is fine. */
export function toAutomations(
  target: string,
  { progress, wakes }: KnownAutomations,
  nowMs: number,
): readonly JsonObject[] {
  const known = new Map(progress.records.map(({ record }) => [progressKey(record).id, record]));
  const unreadable = new Map(progress.unreadable.map((one) => [one.key.id, one]));
  const suffix = wakeKey({ automation: '', target }).id;
  return [
    ...wakes.records
      .filter(({ record }) => record.target === target)
      .map(({ record }) => {
        const { id } = progressKey(record);
        const broken = unreadable.get(id);
        return broken === undefined ? toRow(record, known.get(id), nowMs) : toUnreadableRow(record.automation, broken);
      }),
    ...wakes.unreadable
      .filter(({ key }) => key.id.endsWith(suffix))
      .map((one) => toUnreadableRow(one.key.id.slice(0, -suffix.length), one)),
  ];
}

function toRow(
  { automation, nextCheckAtMs, lease }: WakeRecord,
  found: Progress | undefined,
  nowMs: number,
): JsonObject {
  return {
    automation,
    phase: found?.phase ?? 'pending',
    reason: found?.reason ?? 'woken, not yet looked at',
    next: found?.next ?? 'a first look at the world',
    working: lease !== undefined,
    ...(nextCheckAtMs !== undefined && { nextCheckAtMs, ...overdue(nextCheckAtMs, nowMs) }),
    ...(found?.endedAtMs !== undefined && { endedAtMs: found.endedAtMs }),
    ...(found !== undefined && {
      startedAtMs: found.startedAtMs,
      lookedAtMs: found.lookedAtMs,
      ...countSteps(found),
      ...sizesOf(found),
    }),
  };
}

/** Nobody has looked although somebody had to: what the row says is of the latest look, and may be long untrue. */
function overdue(nextCheckAtMs: number, nowMs: number): JsonObject {
  const lateMs = nowMs - nextCheckAtMs;
  return lateMs <= SWEEP_MS + SLACK_MS ? {} : { overdueSeconds: Math.floor(lateMs / 1000) };
}

/** `failed`, because nobody can look after the target until a person has mended the record. */
function toUnreadableRow(automation: string, { key, reason }: UnreadableRecord): JsonObject {
  return {
    automation,
    phase: 'failed',
    reason: `the record ${key.collection}/${key.id} of the ledger is unreadable: ${reason}`,
    next: 'a person mends the record, or the version that reads it',
    working: false,
  };
}

/** Of automations that look after sizes: wanted and ready, by role. */
function sizesOf({ report }: Progress): JsonObject {
  const sizes = report?.['sizes'];
  return Array.isArray(sizes) ? { sizes } : {};
}

function countSteps(progress: Progress): JsonObject {
  const steps = Object.values(progress.steps);
  return { stepsDone: steps.filter(({ state }) => state === 'done').length, stepsInAll: steps.length };
}
