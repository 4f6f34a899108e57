/** The door for requests: parse, authorise, order, store, wake; refuse what cannot be done, with its reason. */
import { parseDelivery } from '#shared/delivery.ts';
import type { Door } from '../door.ts';
import { forInvoker } from '../invoker.ts';
import { accept } from './accept.ts';
import { parseIntent } from './intent.ts';

export const intake: Door = {
  open: async (runtime) => {
    const deadLetters = await runtime.deadLetters();
    return forInvoker(runtime, 'intake', async ({ body }) => {
      const ports = { ...(await runtime.begin()), deadLetters };
      await accept(ports, parseIntent(parseDelivery(body), ports.clock.nowMs()));
      return { status: 204 };
    });
  },
};
