/** Does one step: marks pods, sets a size, or tells the pool what will be needed. Repeating any has no second effect. */
import type { ApplyContext } from '#shared/automation.ts';
import { POOL_AUTOMATION } from '#shared/domain/pool-names.ts';
import type { StepResult } from '#shared/domain/step.ts';
import { assertNever, AutomationError, type FailureKind } from '#shared/errors.ts';
import { LeaseLostError } from '#shared/lease.ts';
import { demandKey } from '#shared/ledger/records.ts';
import { prepareWake } from '#shared/wakes.ts';
import { annotationsOf } from './marks.ts';
import type { ScaleReplicasPorts } from './ports.ts';
import type { ScaleStep } from './steps.ts';

export async function apply(step: ScaleStep, context: ApplyContext, ports: ScaleReplicasPorts): Promise<StepResult> {
  switch (step.kind) {
    case 'scale': {
      const { replicas, resourceVersion } = step;
      const remark = await markBefore(step, context, ports);
      await ports.workloads.scale(step.connection, step.workload, { replicas, resourceVersion }, await context.fence());
      // The answer shows the new size, so no second look is needed to know that it is there.
      return { kind: 'done', ...(remark !== undefined && { remark }) };
    }
    case 'unmark':
      await mark(step, context, ports);
      return { kind: 'done' };
    case 'demand':
      return await writeDemand(step, context, ports);
    default:
      return assertNever(step, 'apply');
  }
}

/** What may pass by itself: the step is tried once more before the choice is given up. */
const passing: readonly FailureKind[] = ['transient', 'busy'];

/**
 * Which pods go is a preference, and no reason to keep what is not needed: without the permission, or beside a webhook that refuses it,
 * the size is set all the same. Answers why it could not be said which; undefined: it was.
 */
async function markBefore(
  { id, connection, workload, marks = [] }: Extract<ScaleStep, { kind: 'scale' }>,
  context: ApplyContext,
  ports: ScaleReplicasPorts,
): Promise<string | undefined> {
  try {
    await mark({ connection, namespace: workload.namespace ?? '', marks }, context, ports);
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof AutomationError) || thrown instanceof LeaseLostError) throw thrown;
    const hasFailed = (context.subject.memory[id]?.failuresInARow ?? 0) > 0;
    if (passing.includes(thrown.kind) && !hasFailed) throw thrown;
    return `which pods of ${workload.name} go could not be chosen: ${thrown.message}`;
  }
}

/** One after the other: the first failure ends it, since the next call would most likely fail alike. */
async function mark(
  { connection, namespace, marks }: Pick<Extract<ScaleStep, { kind: 'unmark' }>, 'connection' | 'namespace' | 'marks'>,
  context: ApplyContext,
  { workloads }: ScaleReplicasPorts,
): Promise<void> {
  for (const { pod, goesFirst } of marks) {
    const annotated = { namespace, name: pod, annotations: annotationsOf(goesFirst) };
    try {
      await workloads.annotatePod(connection, annotated, await context.fence());
    } catch (thrown) {
      // It has left by itself.
      if (!(thrown instanceof AutomationError) || thrown.kind !== 'gone') throw thrown;
    }
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
