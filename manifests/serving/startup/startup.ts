/** What makes a replica ready sooner: images that are there before it, replicas that only wake up. */
import type { Stack } from '../../../shared/domain/serving/resolved-stack.ts';
import type { Contributor } from '../pod/contribution.ts';
import { imageDiskSelector } from './image-disk.ts';

export const startup: Contributor = (stack) => ({
  nodeSelector: imageDiskSelector(stack),
  ...(stack.spec.startup?.sleep !== undefined && { server: sleeping(stack.spec.startup.sleep) }),
});

type Sleep = NonNullable<NonNullable<Stack['spec']['startup']>['sleep']>;

/** vLLM docs/features/sleep_mode.md: the server has /sleep and /wake_up in its development mode only. */
function sleeping({ weightsGib }: Sleep) {
  return {
    flags: [{ name: '--enable-sleep-mode' }],
    env: [{ name: 'VLLM_SERVER_DEV_MODE', value: '1' }],
    extraMemoryGib: weightsGib,
  } as const;
}
