/**
 * Every minute: wakes whatever is overdue, so that a lost message or task costs a minute and not the operation; hints the targets
 * that are to be looked at more often than they are; and tells Cloud Monitoring what was decided.
 */
import type { LoopPorts } from '#shared/automation.ts';
import { AutomationError } from '#shared/errors.ts';
import { sweep } from '#shared/wakes.ts';
import type { Door } from '../door.ts';
import { forInvoker } from '../invoker.ts';
import type { Runtime } from '../runtime.ts';
import { readGauges } from './decision-gauges.ts';
import { fanOut } from './fan-out.ts';

export const tick: Door = {
  open: async (runtime) =>
    forInvoker(runtime, 'tick', async () => {
      const ports = await runtime.begin();
      const woken = await sweep(ports);
      const hinted = await fanOut(ports);
      if (woken + hinted > 0) ports.log.info('swept', { woken, hinted });
      await tellDecisions(ports, runtime);
      return { status: 204 };
    }),
};

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
