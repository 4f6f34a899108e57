/** The latest decisions about sizes, read from what the automations keep. */
import * as z from 'zod';
import { findPages } from '#shared/ledger/find-pages.ts';
import { collections } from '#shared/ledger/records.ts';
import type { DecisionGauges, RoleGauges } from '#shared/ports/decision-metrics.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import type { Log } from '#shared/ports/log.ts';
import { automations } from '../registry.ts';

/** Records of one query; one has a few ten KB, and 256 KB at most. */
const RECORDS_PER_PAGE = 100;

const count = z.number().int().nonnegative();

/**
 * What is needed of a progress record: every look keeps its decision and, in the report, the sizes that it saw. An automation without
 * roles leaves `sizes` out, and one row of another form costs only itself.
 */
const Row = z.object({
  role: z.string(),
  desiredReplicas: count,
  readyReplicas: count,
  limitedBy: z.string().exactOptional(),
});
const Decided = z.object({
  target: z.string(),
  decisions: z.array(z.looseObject({ atMs: z.number() })).exactOptional(),
  report: z.looseObject({ sizes: z.array(z.unknown()).catch([]) }).exactOptional(),
});
type Decided = z.infer<typeof Decided>;

/** Of every target with a decision, those of automations that have a pace. */
export async function readGauges(
  ports: { readonly ledger: Ledger; readonly log: Log },
  nowMs: number,
): Promise<readonly DecisionGauges[]> {
  const gauges: DecisionGauges[] = [];
  for (const [automation, { paceSeconds }] of Object.entries(automations)) {
    if (paceSeconds === undefined) continue;
    const of = { collection: collections.progress, schema: Decided };
    for await (const page of findPages(ports, of, { equals: { automation }, limit: RECORDS_PER_PAGE })) {
      gauges.push(...page.flatMap(({ record }) => toGauges(record, nowMs)));
    }
  }
  return gauges;
}

function toGauges({ target, decisions, report }: Decided, nowMs: number): readonly DecisionGauges[] {
  const latest = decisions?.at(-1);
  if (latest === undefined) return [];
  const decisionAgeSeconds = Math.max(0, nowMs - latest.atMs) / 1000;
  return [{ target, decisionAgeSeconds, roles: (report?.sizes ?? []).flatMap(toRole) }];
}

function toRole(row: unknown): readonly RoleGauges[] {
  const parsed = Row.safeParse(row);
  return parsed.success ? [parsed.data] : [];
}
