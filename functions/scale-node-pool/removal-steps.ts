/** The way of a chosen node out of the pool, or back into it. Pure. */
import type { Subject } from '#shared/automation.ts';
import { isStuckPod, podsInTheWay } from '#shared/domain/node-pool/node-states.ts';
import type { ChosenNode, PodOnNode, PoolDecision } from '#shared/domain/node-pool/types.ts';
import { pausedStatus } from '#shared/domain/retry-pause.ts';
import type { OperationReading } from '#shared/domain/operation.ts';
import type { PlannedStep, StepMemory, StepStatus } from '#shared/domain/step.ts';
import { removalOf } from './removal.ts';
import { deleteStep, deleteStepId, type ObservedNode, type ObservedPool, type PoolStep } from './steps.ts';
import { counted } from '#shared/domain/counted.ts';

export interface RemovalFacts {
  readonly subject: Subject;
  readonly observed: ObservedPool;
  readonly decision: PoolDecision;
  /** What had been chosen when the last look ended. */
  readonly before: readonly ChosenNode[];
}

/** A machine and its node are gone within minutes of the deletion; after so long (ms) it is taken for one that had no effect. */
export const GONE_WITHIN_MS = 15 * 60_000;

export function removalSteps(facts: RemovalFacts): readonly PlannedStep<PoolStep>[] {
  const { observed, decision, before } = facts;
  const find = (name: string) => observed.nodes.find((node) => node.name === name);
  const gone = before.filter(({ name }) => find(name) === undefined);
  return [
    ...gone.flatMap((chosen) => goneStep(chosen, facts)),
    ...decision.chosen.flatMap((chosen) => {
      const node = find(chosen.name);
      if (node === undefined) return [];
      return chosen.isReturning ? [returnStep(node, facts)] : leavingSteps(node, chosen, facts);
    }),
  ];
}

/** Said once: the next look knows nothing of it any more. */
function goneStep(
  { name, chosenAtMs }: ChosenNode,
  { subject, observed }: RemovalFacts,
): readonly PlannedStep<PoolStep>[] {
  const [first] = observed.groups;
  if (subject.memory[deleteStepId(name)] === undefined || first === undefined) return [];
  const { connection } = observed;
  const step = deleteStep({ connection, node: name, group: first.group, chosenAtMs });
  return [{ step, status: { state: 'done' } }];
}

export function returnStep(
  { name }: ObservedNode,
  { subject, observed }: Pick<RemovalFacts, 'subject' | 'observed'>,
): PlannedStep<PoolStep> {
  const id = `uncordon/${name}`;
  const { connection } = observed;
  const step: PoolStep = { kind: 'uncordon', id, title: `keep ${name}`, dependsOn: [], connection, node: name };
  return { step, status: pausedStatus(subject.memory[id], subject.nowMs) ?? { state: 'ready' } };
}

function leavingSteps(
  node: ObservedNode,
  { chosenAtMs }: ChosenNode,
  facts: RemovalFacts,
): readonly PlannedStep<PoolStep>[] {
  const { observed } = facts;
  const { name, group } = node;
  // A node of no group is never chosen (`keptBecause`).
  if (group === undefined) return [];
  const of = { connection: observed.connection, node: name };
  const cordon = `cordon/${name}`;
  const drain = `drain/${name}`;
  const cordoned = cordonStatus(node, facts);
  const drained = cordoned.state === 'done' ? drainStatus(node, facts) : needs(`cordon ${name}`);
  return [
    { step: { kind: 'cordon', id: cordon, title: `cordon ${name}`, dependsOn: [], ...of }, status: cordoned },
    {
      step: { kind: 'drain', id: drain, title: `drain ${name}`, dependsOn: [cordon], ...of, ...guardOf(node, facts) },
      status: drained,
    },
    { step: deleteStep({ ...of, group, chosenAtMs }, [drain]), status: deleteStatus(node, drained, facts) },
  ];
}

/** What is looked at once more before pods are asked to leave. */
function guardOf({ name, isReady, gpus }: ObservedNode, { observed, decision, subject }: RemovalFacts) {
  const others = observed.nodes.filter((node) => node.name !== name && isUnreliable(node, decision, subject));
  return {
    demands: observed.demands,
    demandsElsewhere: observed.demandsElsewhere,
    others: others.map((node) => node.name),
    isSound: isReady && gpus > 0,
  };
}

/** Going, or cordoned by a person who may drain it. */
function isUnreliable({ name, isCordoned, cordonedFor }: ObservedNode, { chosen }: PoolDecision, { target }: Subject) {
  return chosen.some((one) => one.name === name && !one.isReturning) || (isCordoned && cordonedFor !== target);
}

function needs(title: string): StepStatus {
  return { state: 'waiting', cause: 'prerequisites', reason: `needs ${title}` };
}

function cordonStatus({ name, isCordoned }: ObservedNode, facts: RemovalFacts): StepStatus {
  if (isCordoned) return { state: 'done' };
  return held(facts) ?? paused(`cordon/${name}`, facts) ?? { state: 'ready' };
}

/**
 * First row that matches wins.
 *   | pods that are to be moved | doubt or pause | status                                |
 *   | none                      | any            | done                                  |
 *   | all are being deleted     | any            | running; one that outlives its grace: failed, with its name |
 *   | some stay                 | yes            | waiting for it                        |
 *   | some stay                 | no             | ready: the others are asked to leave  |
 */
function drainStatus(node: ObservedNode, facts: RemovalFacts): StepStatus {
  const pods = podsInTheWay(node, facts.subject.nowMs);
  const staying = pods.filter(({ terminatesAtMs }) => terminatesAtMs === undefined);
  if (pods.length === 0) return { state: 'done' };
  if (staying.length === 0) return endingStatus(pods, facts.subject.nowMs);
  return held(facts) ?? paused(`drain/${node.name}`, facts) ?? { state: 'ready' };
}

/** The kubelet gives up no pod whose containers do not end; only who runs it knows whether it may be deleted by force. */
function endingStatus(pods: readonly PodOnNode[], nowMs: number): StepStatus {
  const stuck = pods.find((pod) => isStuckPod(pod, nowMs));
  if (stuck === undefined) {
    return { state: 'running', reason: `${counted(pods.length, 'pod')} ${pods.length === 1 ? 'is' : 'are'} ending` };
  }
  const overdueSeconds = Math.round((nowMs - (stuck.terminatesAtMs ?? nowMs)) / 1000);
  const message = `pod ${stuck.namespace}/${stuck.name} has not ended, though its grace was over ${overdueSeconds} s ago; a person has to look at it`;
  return { state: 'failed', failure: { kind: 'permanent', message }, fresh: false };
}

function deleteStatus(node: ObservedNode, drained: StepStatus, facts: RemovalFacts): StepStatus {
  const { subject, observed } = facts;
  const id = deleteStepId(node.name);
  const memory = subject.memory[id];
  const reading = observed.readings.get(id);
  if (reading?.state === 'failed') {
    const { kind, message } = reading.error;
    // An operation that has failed is over, whatever made it fail; `transient` would mean that nobody knows (see `removalOf`).
    return { state: 'failed', failure: { kind: kind === 'transient' ? 'gone' : kind, message }, fresh: true };
  }
  const removal = removalOf(memory, reading);
  // Repeated whatever else is known: it may have been accepted, and the answer tells.
  if (removal === 'unconfirmed') return paused(id, facts) ?? { state: 'ready' };
  if (removal === 'confirmed' && memory !== undefined)
    return goingStatus(node, memory, { reading, nowMs: subject.nowMs });
  if (drained.state !== 'done') return needs(`drain ${node.name}`);
  return held(facts) ?? paused(id, facts) ?? { state: 'ready' };
}

function goingStatus(
  { name }: ObservedNode,
  { attempts, startedAtMs }: StepMemory,
  { reading, nowMs }: { readonly reading: OperationReading | undefined; readonly nowMs: number },
): StepStatus {
  const limitMs = GONE_WITHIN_MS * (attempts + 1);
  const isOverdue = reading?.state !== 'running' && nowMs - (startedAtMs ?? nowMs) > limitMs;
  if (!isOverdue) return { state: 'running', reason: 'its machine is being deleted' };
  const message = `deleting ${name}: the operation is over, and the node is still there`;
  return { state: 'failed', failure: { kind: 'gone', message }, fresh: true };
}

function paused(id: string, { subject }: RemovalFacts): StepStatus | undefined {
  return pausedStatus(subject.memory[id], subject.nowMs);
}

/** What forbids to go on now; the node stays as it is until that is known, or it returns. */
function held({ decision }: RemovalFacts): StepStatus | undefined {
  const { removalWaits } = decision;
  return removalWaits === undefined ? undefined : { state: 'waiting', cause: 'others', reason: removalWaits };
}
