/** `scale-node-pool`: what services ask of a pool → as many GPU nodes as that takes. */
import type { Automation } from '#shared/automation.ts';
import { POOL_AUTOMATION } from '#shared/domain/pool-names.ts';
import { apply } from './apply.ts';
import { observe } from './observe.ts';
import { plan } from './plan.ts';
import type { ScaleNodePoolPorts } from './ports.ts';
import type { Observed, PoolStep } from './steps.ts';

export const scaleNodePool: Automation<Observed, PoolStep, ScaleNodePoolPorts> = {
  name: POOL_AUTOMATION,
  observe,
  plan,
  apply,
};
