/** Every minute: wakes whatever is overdue, so that a lost message or task costs a minute and not the operation. */
import { sweep } from '#shared/wakes.ts';
import type { Door } from '../door.ts';
import { forInvoker } from '../invoker.ts';

export const tick: Door = {
  open: async (runtime) =>
    forInvoker(runtime, 'tick', async () => {
      const ports = await runtime.begin();
      const woken = await sweep(ports);
      if (woken > 0) ports.log.info('swept', { woken });
      return { status: 204 };
    }),
};
