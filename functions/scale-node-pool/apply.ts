/** Does one step of sizing a pool. Every call is fenced, looks once more right before, and may be repeated. */
import type { ApplyContext } from '#shared/automation.ts';
import { at, textAt } from '#shared/domain/compare.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { hasCondition, UNFINISHED_PODS } from '#shared/domain/kubernetes-facts.ts';
import { makeServingGuard } from '#shared/domain/node-pool/serving-guard.ts';
import { requestIdOf } from '#shared/domain/request-id.ts';
import type { StepResult } from '#shared/domain/step.ts';
import { AutomationError, assertNever } from '#shared/errors.ts';
import { LeaseLostError } from '#shared/lease.ts';
import type { ScaleNodePoolPorts } from './ports.ts';
import { cordonedFor, isCordoned } from './read-nodes.ts';
import { podsOnNodes, staysWithNode, whyNotEvictable } from './read-pods.ts';
import { CORDONED_FOR, type PoolStep } from './steps.ts';
import { counted } from '#shared/domain/counted.ts';

export async function apply(step: PoolStep, context: ApplyContext, ports: ScaleNodePoolPorts): Promise<StepResult> {
  switch (step.kind) {
    case 'resize':
      return await resize(step, context, ports);
    case 'bounds': {
      const operation = await ports.sizes.setAutoscalingBounds(step.ref, step.bounds, await context.fence());
      return { kind: 'started', operation };
    }
    case 'cordon':
      return await cordon(step, context, ports);
    case 'uncordon': {
      const node = { name: step.node, unschedulable: false, annotations: { [CORDONED_FOR]: null } };
      await ports.workloads.setUnschedulable(step.connection, node, await context.fence());
      return { kind: 'started' };
    }
    case 'drain':
      return await drain(step, context, ports);
    case 'delete':
      return await deleteMachine(step, context, ports);
    default:
      return assertNever(step, 'apply');
  }
}

/** GKE has no request id for a size: it is absolute, and read right before, so that no zone can shrink (D10). */
async function resize(
  { ref, nodesPerZone, groups }: Extract<PoolStep, { kind: 'resize' }>,
  context: ApplyContext,
  { pools, sizes }: ScaleNodePoolPorts,
): Promise<StepResult> {
  const doing = `setting node pool ${ref.pool} to ${counted(nodesPerZone, 'node')} per zone`;
  const [pool, zones] = await Promise.all([pools.read(ref.place, ref.cluster, ref.pool), sizes.readGroups(groups)]);
  if (pool === undefined) throw new AutomationError('gone', `${doing}: it is not there any more`);
  if (at(pool, 'autoscaling.enabled') === true) {
    throw new AutomationError('transient', `${doing}: GKE's autoscaler has been turned on meanwhile`);
  }
  const larger = zones.find(({ targetSize }) => targetSize > nodesPerZone);
  if (larger !== undefined) {
    throw new AutomationError('transient', `${doing}: ${larger.group.zone} has ${larger.targetSize} by now`);
  }
  if (zones.every(({ targetSize }) => targetSize === nodesPerZone)) return { kind: 'started' };
  return { kind: 'started', operation: await sizes.setNodesPerZone(ref, nodesPerZone, await context.fence()) };
}

/** The mark goes with the cordon, in one call: one that somebody has set meanwhile must not get it, or we would take it back. */
async function cordon(
  { connection, node: name }: Extract<PoolStep, { kind: 'cordon' }>,
  context: ApplyContext,
  { objects, workloads }: ScaleNodePoolPorts,
): Promise<StepResult> {
  const { target } = context.subject;
  const node = await objects.read(connection, { apiVersion: 'v1', kind: 'Node', name });
  if (isCordoned(node) && cordonedFor(node) !== target) {
    throw new AutomationError('busy', `cordoning node ${name}: somebody has cordoned it meanwhile`);
  }
  const marked = { name, unschedulable: true, annotations: { [CORDONED_FOR]: target } };
  await workloads.setUnschedulable(connection, marked, await context.fence());
  return { kind: 'started' };
}

/**
 * A replica that was there when the node was chosen may be lost by now, so what stays in service is counted once more. Then each pod is
 * asked, whatever the others' budgets say; the first refusal is told once all have been.
 */
async function drain(
  step: Extract<PoolStep, { kind: 'drain' }>,
  context: ApplyContext,
  ports: ScaleNodePoolPorts,
): Promise<StepResult> {
  const refusals: AutomationError[] = [];
  for (const pod of await podsThatMayLeave(step, context, ports)) {
    if (textAt(pod, 'metadata.deletionTimestamp') !== undefined) continue;
    const reason = whyNotEvictable(pod);
    if (reason !== undefined) {
      refusals.push(
        new AutomationError('busy', `draining ${step.node}: pod ${textAt(pod, 'metadata.name')} ${reason}`),
      );
      continue;
    }
    try {
      await ports.workloads.evict(step.connection, refOf(pod), await context.fence());
    } catch (thrown) {
      if (!(thrown instanceof AutomationError) || thrown instanceof LeaseLostError) throw thrown;
      refusals.push(thrown);
    }
  }
  const [refusal] = refusals;
  if (refusal !== undefined) throw refusal;
  return { kind: 'started' };
}

/**
 * Throws `busy` where one of them is needed in service. What is on a cordoned node, of whichever pool, is not counted on: its own was
 * cordoned before it is drained, so of two pools that drain at one moment at least one sees that of the other.
 */
async function podsThatMayLeave(
  { connection, node, demands, demandsElsewhere, others, isSound }: Extract<PoolStep, { kind: 'drain' }>,
  { subject }: ApplyContext,
  { objects }: ScaleNodePoolPorts,
): Promise<readonly JsonObject[]> {
  const [nodes, all] = await Promise.all([
    objects.list(connection, { apiVersion: 'v1', kind: 'Node' }),
    objects.list(connection, { apiVersion: 'v1', kind: 'Pod', fieldSelector: UNFINISHED_PODS }),
  ]);
  const nameOf = (object: JsonObject) => textAt(object, 'metadata.name') ?? '';
  const names = new Set(nodes.map(nameOf));
  const cordoned = nodes.filter(isCordoned).map(nameOf);
  if (!cordoned.includes(node)) {
    throw new AutomationError('busy', `draining ${node}: somebody has uncordoned it`);
  }
  const onNodes = podsOnNodes(all);
  const placed = [...onNodes].flatMap(([name, pods]) => {
    return names.has(name) ? pods.map((pod) => ({ pod, node: name })) : [];
  });
  const guard = makeServingGuard({ nowMs: subject.nowMs, placed, demands, demandsElsewhere });
  const reason = guard({
    name: node,
    pods: onNodes.get(node) ?? [],
    isSound,
    others: new Set([...others, ...cordoned.filter((name) => name !== node)]),
  });
  if (reason !== undefined) throw new AutomationError('busy', `draining ${node}: ${reason}`);
  return all.filter((pod) => textAt(pod, 'spec.nodeName') === node && !staysWithNode(pod));
}

/** Pods on the node that somebody would miss, as they are now. */
async function podsOf(
  { connection, node }: Extract<PoolStep, { kind: 'delete' }>,
  { objects }: ScaleNodePoolPorts,
): Promise<readonly JsonObject[]> {
  const fieldSelector = `spec.nodeName=${node},${UNFINISHED_PODS}`;
  const pods = await objects.list(connection, { apiVersion: 'v1', kind: 'Pod', fieldSelector });
  return pods.filter((pod) => !staysWithNode(pod));
}

function refOf(pod: JsonObject) {
  const text = (path: string) => textAt(pod, path) ?? '';
  return { namespace: text('metadata.namespace'), name: text('metadata.name'), uid: text('metadata.uid') };
}

/**
 * Deletes exactly this machine. Whatever has come to the node since it was looked at keeps it: `busy`, so that it is known that
 * nothing was deleted. The request id is the same for every repetition of one attempt of one choice.
 */
async function deleteMachine(
  step: Extract<PoolStep, { kind: 'delete' }>,
  context: ApplyContext,
  ports: ScaleNodePoolPorts,
): Promise<StepResult> {
  const { node: name, group, chosenAtMs, connection } = step;
  const [node, pods] = await Promise.all([
    ports.objects.read(connection, { apiVersion: 'v1', kind: 'Node', name }),
    podsOf(step, ports),
  ]);
  if (node !== undefined && !isCordoned(node)) {
    throw new AutomationError('busy', `deleting node ${name}: somebody has uncordoned it`);
  }
  // A kubelet that is silent never ends its pods: those that are being deleted do not keep the machine.
  const isSilent = node !== undefined && !hasCondition(node, 'Ready');
  const staying = pods.filter((pod) => !isSilent || textAt(pod, 'metadata.deletionTimestamp') === undefined);
  const [pod] = staying;
  if (pod !== undefined) {
    throw new AutomationError('busy', `deleting node ${name}: pod ${textAt(pod, 'metadata.name')} is on it`);
  }
  const requestId = requestIdOf({
    buildId: context.subject.buildId,
    stepId: `${step.id}@${chosenAtMs}`,
    attempts: context.subject.memory[step.id]?.attempts ?? 0,
  });
  const request = { instances: [name], requestId };
  return { kind: 'started', operation: await ports.sizes.deleteInstances(group, request, await context.fence()) };
}
