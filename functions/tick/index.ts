/**
 * Every minute, by a message that Cloud Scheduler publishes: wakes whatever is overdue, so that a lost message or task costs a minute
 * and not the operation; hints the targets that are to be looked at more often than they are; and tells Cloud Monitoring what was
 * decided. It looks at what is overdue now, whatever the message says, so ticks may come twice, late and in any order.
 */
import type { LoopPorts } from '#shared/automation.ts';
import { parseDelivery } from '#shared/delivery.ts';
import { AutomationError } from '#shared/errors.ts';
import { sweep } from '#shared/wakes.ts';
import type { Door } from '../door.ts';
import { forInvoker } from '../invoker.ts';
import type { Runtime } from '../runtime.ts';
import { readGauges } from './decision-gauges.ts';
import { fanOut } from './fan-out.ts';

/**
 * Age (ms) from which a tick is let go: two newer ones have been published since. After an outage all ticks of it come at once, and
 * each would wake everything that is overdue once more.
 */
const MAX_TICK_AGE_MS = 120_000;

export const tick: Door = {
  open: async (runtime) =>
    forInvoker(runtime, 'tick', async ({ body }) => {
      const ports = await runtime.begin();
      const ageMs = ageOf(body, ports.clock.nowMs());
      if (ageMs > MAX_TICK_AGE_MS) {
        // Once is an outage that has ended; every minute, a clock that is off, and then nothing is swept at all.
        ports.log.warn('let a late tick go; newer ones do its work', { ageSeconds: Math.round(ageMs / 1000) });
        return { status: 204 };
      }
      const woken = await sweep(ports);
      const hinted = await fanOut(ports);
      if (woken + hinted > 0) ports.log.info('swept', { woken, hinted });
      await tellDecisions(ports, runtime);
      return { status: 204 };
    }),
};

/** Of what says no time, 0: somebody who may call the function wants a tick now. */
function ageOf(body: unknown, nowMs: number): number {
  const delivery = parseDelivery(body);
  const publishTimeMs = delivery.kind === 'message' ? delivery.message.publishTimeMs : undefined;
  return nowMs - (publishTimeMs ?? nowMs);
}

/** Numbers for a dashboard are worth no failed tick, which would be repeated with all that it has done already. */
async function tellDecisions(ports: LoopPorts, runtime: Runtime): Promise<void> {
  const atMs = ports.clock.nowMs();
  const gauges = await readGauges(ports, atMs);
  if (gauges.length === 0) return;
  try {
    await (await runtime.decisionMetrics()).write(gauges, atMs);
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    ports.log.warn('could not write the metrics of decisions; the next tick writes newer ones', {
      error: thrown.message,
    });
  }
}
