/** Whose cordon it is, told by an annotation: ours are taken back, everybody else's are left alone. Pure. */
import type { Subject } from '#shared/automation.ts';
import { SCALE_IN_DELAY_MS } from '#shared/domain/node-pool/need-window.ts';
import type { ChosenNode } from '#shared/domain/node-pool/types.ts';
import type { PlannedStep } from '#shared/domain/step.ts';
import type { Carry } from './carry.ts';
import { removalOf } from './removal.ts';
import { GONE_WITHIN_MS, returnStep } from './removal-steps.ts';
import { deleteStep, deleteStepId, type ObservedNode, type ObservedPool, type PoolStep } from './steps.ts';

type Look = Pick<ObservedPool, 'nodes' | 'readings'>;

function isOurs({ cordonedFor }: ObservedNode, { target }: Subject): boolean {
  return cordonedFor === target;
}

/** Its deletion was asked for, or may have been: it goes, whatever is decided. */
function isGoing(name: string, { memory }: Subject, { readings }: Look): boolean {
  const id = deleteStepId(name);
  return removalOf(memory[id], readings.get(id)) !== 'none';
}

/** How long (ms) a node is left alone that somebody has uncordoned: as long as one has to be spare before it may go. */
const LEFT_ALONE_MS = SCALE_IN_DELAY_MS;

/**
 * The carry, set right by what the nodes say. First row that matches wins.
 *   | node                         | chosen | its deletion  | becomes                                                      |
 *   | any                          | yes    | was asked for | as it was                                                    |
 *   | cordoned, not by us          | yes    | was not       | not chosen: somebody has reasons of their own                |
 *   | marked as ours, not cordoned | yes    | was not       | returning, and left alone for a while: somebody uncordoned it |
 *   | marked as ours               | no     | was asked for | chosen: what we remembered was lost                          |
 *   | marked as ours               | no     | was not       | returning: likewise, or somebody has uncordoned it and the mark stays |
 */
export function withOwnCordons(subject: Subject, look: Look, carry: Carry): Carry {
  const { nowMs } = subject;
  const before = carry.memory.chosen;
  const uncordoned = new Set(
    look.nodes.filter((node) => isOurs(node, subject) && !node.isCordoned).map(({ name }) => name),
  );
  const isTheirs = (node: ObservedNode) => node.isCordoned && !isOurs(node, subject);
  const kept = before.filter(({ name }) => {
    const node = look.nodes.find((one) => one.name === name);
    return node === undefined || !isTheirs(node) || isGoing(name, subject, look);
  });
  const isTakenBack = ({ name, isReturning }: ChosenNode) =>
    !isReturning && uncordoned.has(name) && !isGoing(name, subject, look);
  const lost = look.nodes.filter((node) => isOurs(node, subject) && before.every(({ name }) => name !== node.name));
  const found = lost.map(({ name }): ChosenNode => {
    return { name, chosenAtMs: nowMs, isReturning: !isGoing(name, subject, look) };
  });
  const chosen = kept.map((one) => (isTakenBack(one) ? { ...one, isReturning: true } : one));
  const left = (carry.leftAlone ?? []).filter(({ sinceMs }) => nowMs - sinceMs < LEFT_ALONE_MS);
  const added = kept.filter(isTakenBack).map(({ name }) => ({ name, sinceMs: nowMs }));
  return { ...carry, memory: { ...carry.memory, chosen: [...chosen, ...found] }, leftAlone: [...left, ...added] };
}

/** The nodes as the rule sees them: what a person has uncordoned is not chosen again at once. */
export function leaveAlone(nodes: readonly ObservedNode[], { leftAlone = [] }: Carry): readonly ObservedNode[] {
  const names = new Set(leftAlone.map(({ name }) => name));
  return nodes.map((node) => {
    if (!names.has(node.name) || node.keptBecause !== undefined) return node;
    return { ...node, keptBecause: `was uncordoned by somebody within ${LEFT_ALONE_MS / 60_000} min` };
  });
}

/** A pool that is no longer ours to size: its nodes take pods again, but for those whose machines are about to be gone. */
export function handBack(
  subject: Subject,
  observed: ObservedPool,
  carry: Carry,
): { readonly steps: readonly PlannedStep<PoolStep>[]; readonly carry: Carry } {
  const isEnding = (name: string) =>
    isGoing(name, subject, observed) &&
    subject.nowMs - (subject.memory[deleteStepId(name)]?.startedAtMs ?? subject.nowMs) < GONE_WITHIN_MS;
  const chosen = carry.memory.chosen.filter(({ name }) => isEnding(name));
  const ending = chosen.flatMap((one) => {
    const node = observed.nodes.find(({ name }) => name === one.name);
    return node === undefined ? [] : endingStep(node, one, observed);
  });
  const marked = observed.nodes.filter((node) => isOurs(node, subject) && !isEnding(node.name));
  return {
    steps: [...ending, ...marked.map((node) => returnStep(node, { subject, observed }))],
    carry: { ...carry, memory: { ...carry.memory, chosen } },
  };
}

/** Shown for as long as it lasts: what is known of a step that is planned no more is forgotten. */
function endingStep(
  { name, group }: ObservedNode,
  { chosenAtMs }: ChosenNode,
  { connection }: ObservedPool,
): readonly PlannedStep<PoolStep>[] {
  if (group === undefined) return [];
  const step = deleteStep({ connection, node: name, group, chosenAtMs });
  return [{ step, status: { state: 'running', reason: 'its machine is being deleted' } }];
}
