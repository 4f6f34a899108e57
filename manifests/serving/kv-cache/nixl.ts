/** The side channel over which servers agree on a transfer; the transfer itself goes from GPU to GPU. */
import type { Contributor } from '../pod/contribution.ts';
import { answers } from '../pod/model-server.ts';

export const nixlSideChannel: Contributor = (_stack, role, position) => {
  const { sideChannel } = role.ports;
  if (sideChannel === undefined) return {};
  return {
    server: {
      env: [
        // Its default is localhost: then no other pod gets through, and no error says why.
        { name: 'VLLM_NIXL_SIDE_CHANNEL_HOST', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
        { name: 'VLLM_NIXL_SIDE_CHANNEL_PORT', value: String(sideChannel) },
      ],
      ports: answers(role, position) ? [{ name: 'nixl', containerPort: sideChannel }] : [],
    },
  };
};
