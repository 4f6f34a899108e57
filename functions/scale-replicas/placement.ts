/** Which pods a role gives back, as marks for the controller that takes them, and in words. Pure. */
import { counted } from '#shared/domain/counted.ts';
import {
  chooseReplicasToRemove,
  type OtherPod,
  type Removal,
} from '#shared/domain/scaling-placement/choose-replicas.ts';
import type { ScalingDecision, Term } from '#shared/domain/scaling/types.ts';
import { decisionOf, isChosenFrom, type WithWorkload } from './decide.ts';
import type { PodFacts } from './pods.ts';
import type { GpuPod, Observed, PodMark, Surroundings } from './steps.ts';

/** Marks that one step sets at the most, one call each; of more pods the controller takes the rest in its own order. */
const MOST_MARKS = 32;

/** Names that a sentence bears. */
const MOST_NAMES = 3;

export interface RolePlacement {
  readonly marks: readonly PodMark[];
  readonly term: Term;
}

/**
 * By role, of those that give back pods which may be chosen. One role after the other, each on the nodes that the ones before it leave:
 * two roles that shrink at once then free a node together.
 */
export function placeRemovals(
  roles: readonly WithWorkload[],
  decision: ScalingDecision,
  { surroundings, service }: Observed,
): ReadonlyMap<string, RolePlacement> {
  const placements = new Map<string, RolePlacement>();
  if (surroundings === undefined) return placements;
  const sizeOf = ({ role }: WithWorkload) => decisionOf(decision, role.role).desiredReplicas;
  let waiting = roles.filter((role) => isChosenFrom(role, sizeOf(role)));
  let present = surroundings.kind === 'known' ? surroundings.pods : [];
  for (const role of waiting) {
    waiting = waiting.filter((one) => one !== role);
    const { namespace } = service;
    const ofRole = namesOf(role, namespace);
    const mayGo = new Set(waiting.flatMap((one) => [...namesOf(one, namespace)]));
    const others = present.filter((pod) => !ofRole.has(keyOf(pod)));
    const beside = others.map(({ node, gpus, ...pod }): OtherPod => ({ node, gpus, mayGo: mayGo.has(keyOf(pod)) }));
    const { placement, gone } = placeRole(role, sizeOf(role), { surroundings, beside });
    placements.set(role.role.role, placement);
    const left = new Set(gone.map((name) => keyOf({ namespace, name })));
    present = present.filter((pod) => !left.has(keyOf(pod)));
  }
  return placements;
}

/**
 * Marks of a role that gives nothing back and whose controller has taken what it had to: from a look whose decision was never carried
 * out. The next removal must not be misled by them.
 */
export function staleMarks({ pods, workload }: WithWorkload): readonly PodMark[] {
  const present = staying(pods);
  if (workload.inMotion !== undefined || present.length > workload.replicas) return [];
  return changes(present, new Set()).slice(0, MOST_MARKS);
}

function staying(pods: readonly PodFacts[]): readonly PodFacts[] {
  return pods.filter(({ state }) => state !== 'terminating');
}

function keyOf({ namespace, name }: Pick<GpuPod, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function namesOf({ pods }: WithWorkload, namespace: string): ReadonlySet<string> {
  return new Set(pods.map(({ name }) => keyOf({ namespace, name })));
}

function placeRole(
  { role, pods }: WithWorkload,
  toReplicas: number,
  { surroundings, beside }: { readonly surroundings: Surroundings; readonly beside: readonly OtherPod[] },
): { readonly placement: RolePlacement; readonly gone: readonly string[] } {
  const present = staying(pods);
  if (surroundings.kind === 'unknown') {
    return unchosen(`could not be chosen: ${surroundings.reason}`);
  }
  const theirs = present.find(({ deletionCost }) => deletionCost === 'foreign');
  if (theirs !== undefined)
    return unchosen(`left to the pod-deletion-cost that somebody has set, e.g. on ${theirs.name}`);
  const removal = chooseReplicasToRemove({
    pods: present.map((pod) => ({
      name: pod.name,
      stage: stageOf(pod),
      gpus: role.gpusPerReplica,
      ...(pod.node !== undefined && { node: pod.node }),
    })),
    others: beside,
    cordoned: surroundings.cordoned,
    remove: Math.max(0, present.length - toReplicas),
  });
  const chosen = new Set(removal.chosen);
  const marks = changes(present, chosen).slice(0, MOST_MARKS);
  return { placement: { marks, term: describe(removal, present.length) }, gone: removal.gone };
}

/** A pod that runs but is not ready is further than one whose containers are yet to be made. */
function stageOf({ state, node, answers }: PodFacts) {
  if (node === undefined) return 'unscheduled';
  if (state === 'ready') return 'ready';
  return answers ? 'notReady' : 'pending';
}

/** Only what has to change; what is to go comes first, should there be more than one step can do. */
function changes(present: readonly PodFacts[], chosen: ReadonlySet<string>): readonly PodMark[] {
  const isOurs = ({ deletionCost }: PodFacts) => deletionCost === 'ours';
  const begin = present.filter((pod) => chosen.has(pod.name) && !isOurs(pod));
  const end = present.filter((pod) => !chosen.has(pod.name) && isOurs(pod));
  return [
    ...begin.map(({ name }) => ({ pod: name, goesFirst: true })),
    ...end.map(({ name }) => ({ pod: name, goesFirst: false })),
  ];
}

const TERM = 'which pods go';

function unchosen(why: string): { readonly placement: RolePlacement; readonly gone: readonly string[] } {
  const term = { name: TERM, inputs: [], formula: "in the controller's own order", result: why };
  return { placement: { marks: [], term }, gone: [] };
}

/** Example: `which pods go: 2 of 5: llama-x, llama-y → node b becomes free of GPU pods`. */
function describe({ gone, chosen, emptied }: Removal, present: number): Term {
  const names = nameSome(chosen.length > 0 ? chosen : gone);
  const nodes = `${emptied.length === 1 ? 'node' : 'nodes'} ${nameSome(emptied)}`;
  const result =
    emptied.length === 0
      ? 'no node becomes free: other GPU pods stay on each of theirs'
      : `${nodes} ${emptied.length === 1 ? 'becomes' : 'become'} free of GPU pods`;
  return { name: TERM, inputs: [], formula: `${gone.length} of ${counted(present, 'pod')}: ${names}`, result };
}

function nameSome(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
