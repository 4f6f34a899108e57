/** Looks for automations that have a pace: a target that nobody looks at so often is hinted. */
import type { WakeRecord as Wake } from '#shared/domain/wake-record.ts';
import { hint } from '#shared/domain/wake-record.ts';
import { findPages } from '#shared/ledger/find-pages.ts';
import { collections, WakeRecord } from '#shared/ledger/records.ts';
import type { LoopPorts } from '#shared/automation.ts';
import { sideBySide } from '#shared/side-by-side.ts';
import { prepareWake } from '#shared/wakes.ts';
import { automations, hintPaceMsOf } from '../registry.ts';

/** Wake records of one query, a few hundred bytes each. */
const RECORDS_PER_PAGE = 1_000;

/** Targets that are hinted at a time, each in a transaction of its own. */
const HINTS_AT_A_TIME = 16;

type FanOutPorts = Pick<LoopPorts, 'ledger' | 'wakes' | 'clock' | 'log'>;

/** Costs a query for each automation and thousand targets, and a transaction only for those that are not looked at by themselves. */
export async function fanOut(ports: FanOutPorts): Promise<number> {
  const paced = Object.entries(automations).flatMap(([name, { paceSeconds }]) =>
    paceSeconds === undefined ? [] : [name],
  );
  let hinted = 0;
  for (const automation of paced) {
    const hintPaceMs = hintPaceMsOf(automation);
    const of = { collection: collections.wakes, schema: WakeRecord };
    for await (const page of findPages(ports, of, { equals: { automation }, limit: RECORDS_PER_PAGE })) {
      const nowMs = ports.clock.nowMs();
      const due = page.map(({ record }) => record).filter((record) => needsHint(record, { nowMs, paceMs: hintPaceMs }));
      await sideBySide(due, HINTS_AT_A_TIME, async ({ target }) => {
        if (await sendHint(ports, { automation, target }, hintPaceMs)) hinted += 1;
      });
    }
  }
  return hinted;
}

/** What has no time at all is wanted by nobody any more, and what is overdue is the sweep's. */
function needsHint(record: Wake, at: { readonly nowMs: number; readonly paceMs: number }): boolean {
  if (record.nextCheckAtMs === undefined || record.nextCheckAtMs <= at.nowMs) return false;
  return hint(record, record, at).changed;
}

/** Decided again in the transaction: since the query somebody may have looked. */
async function sendHint(
  { ledger, wakes }: FanOutPorts,
  wake: { readonly automation: string; readonly target: string },
  hintPaceMs: number,
): Promise<boolean> {
  const isNews = await ledger.transact(async (transaction) => {
    const prepared = await prepareWake(transaction, wake, { hintPaceMs });
    prepared.write(transaction);
    return prepared.changed;
  });
  if (isNews) await wakes.publish(wake);
  return isNews;
}
