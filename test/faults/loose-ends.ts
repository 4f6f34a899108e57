/** What must not be left when a build has ended and everything that was on its way has come. */
import { names, REGION } from '../../emulator/provision.ts';
import type { World } from '../../emulator/world/world.ts';
import { parseDelivery } from '#shared/delivery.ts';
import { textAt } from '#shared/domain/compare.ts';
import { collections, MessageRecord, WakeRecord } from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import type { Timer } from '#shared/ports/wakes.ts';

/**
 * World time (s) after which nothing of a build may be under way any more: a lease (60) that ends unseen, the next sweep (60), the
 * quiet time of its takeover (25), the sweep after that (60), and a stalled delivery that wakes (95); and a few seconds that no cadence
 * divides, so that no check is due, or being made, in the very instant in which the end is read.
 */
export const SETTLING_SECONDS = 307;

export async function looseEnds(ledger: Ledger, world: World): Promise<readonly string[]> {
  const wakes = await ledger.find(collections.wakes, { limit: 1000 });
  const records = wakes.map(({ value }) => WakeRecord.parse(value));
  const nowMs = world.clock.nowMs();
  return [
    ...(await openMessages(ledger)),
    ...records.flatMap((record) => openWake(record, nowMs)),
    ...pendingTimers(world).flatMap((timer) => strayTimer(timer, records)),
    ...world.pubsub.listSubscriptions().flatMap((subscription) => undelivered(world, String(subscription['name']))),
  ];
}

async function openMessages(ledger: Ledger): Promise<readonly string[]> {
  const messages = await ledger.find(collections.messages, { limit: 1000 });
  return messages.flatMap(({ id, value }) => {
    const { phase } = MessageRecord.parse(value);
    return phase === 'done' ? [] : [`message ${id} is still ${phase}`];
  });
}

function openWake(record: WakeRecord, nowMs: number): readonly string[] {
  const { automation, target, lease, nextCheckAtMs, wakeSeq, seenSeq } = record;
  const problems: string[] = [];
  if (lease !== undefined) problems.push('a lease is left');
  if (wakeSeq !== seenSeq) problems.push(`wake ${wakeSeq} was never seen`);
  if (nextCheckAtMs === undefined) problems.push('no next check is planned');
  else if (nextCheckAtMs < nowMs) problems.push(`the check is overdue by ${nowMs - nextCheckAtMs} ms`);
  return problems.map((problem) => `${automation} ${target}: ${problem}`);
}

function pendingTimers({ tasks, project }: World): readonly Timer[] {
  const queued = tasks.listTasks(`projects/${project}/locations/${REGION}/queues/${names.queue}`);
  return queued.map((task) => {
    const body: unknown = JSON.parse(Buffer.from(textAt(task, 'httpRequest.body') ?? '', 'base64').toString());
    const delivery = parseDelivery(body);
    if (delivery.kind !== 'timer') throw new Error(`reading a queued task: no timer in ${JSON.stringify(body)}`);
    return { wakeSeq: 0, ...delivery.timer };
  });
}

/** One that serves no planned check any more would be delivered in vain. */
function strayTimer(timer: Timer, records: readonly WakeRecord[]): readonly string[] {
  const { automation, target, nextCheckAtMs } = timer;
  const served = records.find((record) => record.automation === automation && record.target === target);
  return served?.nextCheckAtMs === nextCheckAtMs
    ? []
    : [`a timer for ${automation} ${target} at ${new Date(nextCheckAtMs).toISOString()} points to nothing`];
}

function undelivered({ pubsub }: World, subscription: string): readonly string[] {
  return pubsub.backlog(subscription).map(({ messageId }) => `message ${messageId} waits in ${subscription}`);
}
