/** Does one step: sets a size, or tells the pool what will be needed. Repeating either has no second effect. */
import type { ApplyContext } from '#shared/automation.ts';
import { POOL_AUTOMATION } from '#shared/domain/pool-names.ts';
import type { StepResult } from '#shared/domain/step.ts';
import { assertNever } from '#shared/errors.ts';
import { demandKey } from '#shared/ledger/records.ts';
import { prepareWake } from '#shared/wakes.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import type { ScaleStep } from './steps.ts';

export async function apply(step: ScaleStep, context: ApplyContext, ports: ScaleReplicasPorts): Promise<StepResult> {
  switch (step.kind) {
    case 'scale': {
      const { replicas, resourceVersion } = step;
      await ports.workloads.scale(step.connection, step.workload, { replicas, resourceVersion }, await context.fence());
      // The answer shows the new size, so no second look is needed to know that it is there.
      return { kind: 'done' };
    }
    case 'demand':
      return await writeDemand(step, context, ports);
    default:
      return assertNever(step, 'apply');
  }
}

/**
 * Written and woken in one transaction, and only under our lease: a look that was taken over knows no more what is needed. Published
 * afterwards, and swept if that is lost.
 */
async function writeDemand(
  { demand }: Extract<ScaleStep, { kind: 'demand' }>,
  context: ApplyContext,
  { ledger, wakes }: ScaleReplicasPorts,
): Promise<StepResult> {
  const wake = { automation: POOL_AUTOMATION, target: demand.pool };
  await ledger.transact(async (transaction) => {
    await context.guard(transaction);
    const prepared = await prepareWake(transaction, wake);
    transaction.put(demandKey(demand), demand);
    prepared.write(transaction);
  });
  await wakes.publish(wake);
  return { kind: 'done' };
}
