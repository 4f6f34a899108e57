/** Does one step of a build. Every call is fenced, and repeating it has no second effect. */
import type { ApplyContext } from '#shared/automation.ts';
import { textAt } from '#shared/domain/compare.ts';
import { requestIdOf } from '#shared/domain/request-id.ts';
import type { StepResult } from '#shared/domain/step.ts';
import { AutomationError, assertNever } from '#shared/errors.ts';
import { LeaseLostError } from '#shared/lease.ts';
import type { ClusterConnection } from '#shared/ports/cluster-objects.ts';
import { connectionOf } from '#shared/kubernetes/connection.ts';
import type { BuildPorts } from './ports.ts';
import type { BuildStep } from './steps.ts';

export async function apply(step: BuildStep, context: ApplyContext, ports: BuildPorts): Promise<StepResult> {
  switch (step.kind) {
    case 'network':
      return await createNetworkResource(step, context, ports);
    case 'cluster':
      return await createCluster(step, context, ports);
    case 'pool':
      return await createPool(step, context, ports);
    case 'objects':
      return await applyObjects(step, context, ports);
    case 'preflight':
    case 'existing':
    case 'readiness':
      throw new Error(`applying ${step.id}: the planner never starts what only looks`);
    default:
      return assertNever(step, 'apply');
  }
}

/** Compute Engine recognises a repetition by its request id and answers with the first call's operation. */
async function createNetworkResource(
  step: Extract<BuildStep, { kind: 'network' }>,
  context: ApplyContext,
  ports: BuildPorts,
): Promise<StepResult> {
  const attempts = context.subject.memory[step.id]?.attempts ?? 0;
  const requestId = requestIdOf({ buildId: context.subject.buildId, stepId: step.id, attempts });
  const operation = await ports.networks.create(
    step.resource,
    { place: step.place, body: step.body, requestId },
    await context.fence(),
  );
  return { kind: 'started', operation };
}

/** GKE has no request id: the name is the idempotency, so it is read right before the call (D10). */
async function createCluster(
  step: Extract<BuildStep, { kind: 'cluster' }>,
  context: ApplyContext,
  ports: BuildPorts,
): Promise<StepResult> {
  const standing = await ports.clusters.read(step.place, step.name);
  if (standing !== undefined) throw new AutomationError('exists', `creating ${step.title}: it is there`);
  return { kind: 'started', operation: await ports.clusters.create(step.place, step.body, await context.fence()) };
}

async function createPool(
  step: Extract<BuildStep, { kind: 'pool' }>,
  context: ApplyContext,
  ports: BuildPorts,
): Promise<StepResult> {
  const { place, cluster } = step;
  const standing = await ports.pools.read(place, cluster, step.name);
  if (standing !== undefined) throw new AutomationError('exists', `creating ${step.title}: it is there`);
  return { kind: 'started', operation: await ports.pools.create({ place, cluster }, step.body, await context.fence()) };
}

/**
 * Calls to one API server under way at a time. Each may take as long as a fence lasts (25 s), so that 18 objects one after the
 * other could outlast the delivery (8 min); and one client must not fill the server's queue (API Priority and Fairness).
 */
const APPLIED_AT_ONCE = 6;

/** Objects of one step do not depend on each other; each apply is a no-op where the object stands as wanted. */
async function applyObjects(
  step: Extract<BuildStep, { kind: 'objects' }>,
  context: ApplyContext,
  ports: BuildPorts,
): Promise<StepResult> {
  const connection = await connect(step, ports);
  for (let start = 0; start < step.objects.length; start += APPLIED_AT_ONCE) {
    const batch = step.objects.slice(start, start + APPLIED_AT_ONCE);
    // All are waited for, also beside one that failed: no call may be under way when the lease is given back.
    const settled = await Promise.allSettled(
      batch.map(async (object) => await ports.objects.apply(connection, object, await context.fence())),
    );
    const reasons = settled.flatMap((result): unknown[] => (result.status === 'rejected' ? [result.reason] : []));
    if (reasons.length > 0) throw reasons.find(endsTheLook) ?? reasons[0];
  }
  return { kind: 'started' };
}

/** A bug, or a lease that another one has: neither may be taken for the failure of a step. */
function endsTheLook(reason: unknown): boolean {
  return !(reason instanceof AutomationError) || reason instanceof LeaseLostError;
}

async function connect({ place, cluster }: BuildStep, ports: BuildPorts): Promise<ClusterConnection> {
  const found = await ports.clusters.read(place, cluster);
  const connection = found === undefined ? undefined : connectionOf(found);
  if (connection !== undefined) return connection;
  const status = textAt(found, 'status') ?? 'absent';
  throw new AutomationError('gone', `connecting to cluster ${cluster}: it has no endpoint (${status})`);
}
