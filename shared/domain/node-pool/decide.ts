/**
 * Decides the size of a node pool. Pure. First row that matches wins.
 *   | GPUs per node | needed and unusable nodes | limits                              | decision                          |
 *   | unknown       | any                       | any                                 | hold gpusUnknown                  |
 *   | known         | more than are there       | a zone, or the ceiling, and broken nodes that GKE does not repair | down, those: others are bought then |
 *   | known         | more than are there       | a zone would shrink, or the ceiling | hold zones, ceiling               |
 *   | known         | more than are there       | as many were refused just now       | up, to what may be had: stock     |
 *   | known         | more than are there       | none                                | up, to what is allowed            |
 *   | known         | as many as are there      | pods of other GPUs than asked for   | hold gpusDiffer                   |
 *   | known         | as many as are there      | any                                 | keep                              |
 *   | known         | fewer                     | doubt, breaker, operation           | hold doubtfulDemand, gpusDiffer, unreadyNodes, operation |
 *   | known         | fewer                     | grown, or needed, minutes ago       | keep afterGrowth, unneededWait    |
 *   | known         | fewer                     | nothing that can go                 | keep podsWait, noRemovableNode    |
 *   | known         | fewer                     | none                                | down, chosen nodes                |
 * Nodes chosen earlier return as soon as they are needed, whatever else is decided.
 */
import { chooseNodes, keptReason, replaceableNodes } from './choose-nodes.ts';
import { offersGpus } from './node-states.ts';
import { growZones } from './nodes-per-zone.ts';
import { doubtOf, roomToShrink, spareNodes } from './scale-in-gates.ts';
import { smallerRequest } from './smaller-request.ts';
import { clamp, nodesText, type Survey, surveyPool } from './survey.ts';
import { termsOf } from './terms.ts';
import type { ChosenNode, PoolDecision, PoolInput, PoolLimit, RefusedSize } from './types.ts';
import { counted } from '../counted.ts';

type Known = NonNullable<Survey['known']>;

/** What differs between the rows of the table. */
interface Verdict {
  readonly action: PoolDecision['action'];
  readonly wantedNodes: number;
  readonly why: string;
  readonly limitedBy?: PoolLimit;
  readonly nodesPerZone?: number;
  readonly chosen: readonly ChosenNode[];
}

export function decidePool(input: PoolInput): PoolDecision {
  const survey = surveyPool(input);
  const verdict = decide(survey);
  const doubt = doubtOf(survey);
  const { action, wantedNodes, nodesPerZone, limitedBy, why, chosen } = verdict;
  return {
    action,
    needNodes: survey.known?.need.nodes,
    presentNodes: survey.presentNodes,
    wantedNodes,
    ...(nodesPerZone !== undefined && { nodesPerZone }),
    chosen,
    ...(doubt !== undefined && { removalWaits: doubt.why }),
    ...(limitedBy !== undefined && { limitedBy }),
    counts: survey.counts,
    terms: termsOf(survey, verdict),
    why,
    memory: {
      ...survey.memory,
      chosen,
      ...(action === 'up' && { lastGrowthAtMs: input.nowMs }),
    },
  };
}

function decide(survey: Survey): Verdict {
  const { input, known, presentNodes, memory } = survey;
  if (known === undefined) {
    const why = 'how many GPUs a node has is said neither by the pool nor by a node';
    return { action: 'hold', limitedBy: 'gpusUnknown', wantedNodes: presentNodes, why, chosen: memory.chosen };
  }
  const chosen = keptChosen(survey, known);
  const wanted = known.need.nodes + countUseless(survey);
  const up = clamp(wanted, input.size) > presentNodes ? grow(survey, wanted, chosen) : undefined;
  if (wanted > presentNodes && up?.action !== 'up') {
    const replacing = replace(survey, { shortOf: wanted - presentNodes, chosen });
    if (replacing !== undefined) return replacing;
  }
  if (up !== undefined) return up;
  if (spareNodes(survey, known.need.packedNodes) > 0) return shrink(survey, known, chosen);
  const going = chosen.filter(({ isReturning }) => !isReturning).length;
  const wantedNodes = presentNodes - countGoing(survey, chosen);
  return { ...reasonToKeep(survey, known, { wanted, going }), wantedNodes, chosen };
}

/** Nodes that take a place in the size and serve nobody. */
function countUseless({ counts, known }: Survey): number {
  return counts.unusable + (known?.need.heldNodes ?? 0);
}

/** Those that the size still counts. */
function countGoing({ input }: Survey, chosen: readonly ChosenNode[]): number {
  return chosen.filter(({ name, isReturning }) => !isReturning && !input.leaving.has(name)).length;
}

function reasonToKeep(
  { input, presentNodes }: Survey,
  { need, pods }: Known,
  { wanted, going }: { readonly wanted: number; readonly going: number },
): Pick<Verdict, 'action' | 'why' | 'limitedBy'> {
  const { min, max } = input.size;
  const [tooLarge] = need.tooLarge;
  if (wanted > presentNodes) {
    const why = `${nodesText(wanted)} needed, ${max} are the most that the pool may have`;
    return { action: 'hold', limitedBy: 'ceiling', why };
  }
  const [differing] = pods.differing;
  if (differing !== undefined) return { action: 'hold', limitedBy: 'gpusDiffer', why: differing };
  if (tooLarge !== undefined) {
    const why = `a pod of ${tooLarge.what} asks for ${counted(tooLarge.gpus, 'GPU')}, and a node has ${input.gpusPerNode ?? 0}`;
    return { action: 'hold', limitedBy: 'podTooLarge', why };
  }
  if (going > 0) return { action: 'keep', why: `${nodesText(going)} being removed` };
  const needed = `${nodesText(need.nodes)} needed`;
  if (wanted < presentNodes)
    return { action: 'keep', limitedBy: 'floor', why: `${needed}, ${nodesText(min)} at least` };
  return { action: 'keep', why: `${needed}, there or on the way` };
}

function grow(survey: Survey, wanted: number, chosen: readonly ChosenNode[]): Verdict {
  const { input, presentNodes, known } = survey;
  const { size, zones } = input;
  const { nodesPerZone, nodes, cut } = growAsMayBe(input, wanted);
  const needed = `${nodesText(known?.need.nodes ?? 0)} needed`;
  const useless = countUseless(survey);
  const besides = useless > 0 ? ` besides ${useless} that serve nobody` : '';
  const reason = wanted < size.min ? `${nodesText(size.min)} at least` : `${needed}${besides}`;
  if (nodesPerZone === undefined) {
    const perZone = zones.map(({ zone, targetSize }) => `${zone} ${targetSize}`).join(', ');
    const why = `${reason}, but no equal number in each zone (now ${perZone}) adds one within the most, ${size.max}`;
    return { action: 'hold', limitedBy: 'zones', wantedNodes: presentNodes, why, chosen };
  }
  const grown = `${presentNodes} → ${nodes}, ${nodesPerZone} in each zone`;
  const up = { action: 'up', wantedNodes: nodes, nodesPerZone, chosen } as const;
  if (cut !== undefined) {
    return { ...up, limitedBy: 'stock', why: `${reason}: ${grown}; ${refusalText(cut)}, so fewer are asked for first` };
  }
  if (nodes >= wanted) return { ...up, why: `${reason}: ${grown}` };
  const limitedBy = wanted > size.max ? 'ceiling' : 'zones';
  return { ...up, limitedBy, why: `${reason}, ${size.max} at most: ${grown}` };
}

/**
 * A pool that may not grow gets rid of what serves nobody, even below its least number for the minutes until another one has been bought:
 * a broken node is none of those that the floor is meant to keep. Undefined: there is none, or somebody else looks after it.
 */
function replace(
  survey: Survey,
  { shortOf, chosen }: { readonly shortOf: number; readonly chosen: readonly ChosenNode[] },
): Verdict | undefined {
  const { input, nodes, guard, presentNodes } = survey;
  if (input.isAutoRepaired || doubtOf(survey) !== undefined) return undefined;
  const names = replaceableNodes({ nowMs: input.nowMs, nodes, guard, count: shortOf });
  if (names.length === 0) return undefined;
  const added = names.map((name) => ({ name, chosenAtMs: input.nowMs, isReturning: false, isReplaced: true }) as const);
  return {
    action: 'down',
    limitedBy: 'ceiling',
    wantedNodes: presentNodes - countGoing(survey, chosen) - added.length,
    why: `${names.join(', ')} ${names.length === 1 ? 'serves' : 'serve'} nobody and ${input.size.max} are the most that the pool may have: what goes is bought anew`,
    chosen: [...chosen.filter(({ name }) => !names.includes(name)), ...added],
  };
}

/** Within the bounds, and for now within what a refusal has left to try: `cut` is that refusal where it makes a difference. */
function growAsMayBe({ size, zones, refused }: PoolInput, wanted: number) {
  const bounds = { wanted: clamp(wanted, size), max: size.max };
  const whole = growZones(zones, bounds);
  if (refused === undefined) return { ...whole, cut: undefined };
  const smaller = growZones(zones, { ...bounds, mostPerZone: smallerRequest(zones, refused) });
  return { ...smaller, cut: smaller.nodes < whole.nodes ? refused : undefined };
}

function refusalText({ nodesPerZone, freePerZone }: RefusedSize): string {
  const free = freePerZone === undefined ? '' : ` with ${freePerZone} free`;
  return `${nodesPerZone} in each zone were refused${free}`;
}

function shrink(survey: Survey, { pods }: Known, chosen: readonly ChosenNode[]): Verdict {
  const { input, presentNodes, nodes, guard } = survey;
  const kept = { action: 'keep', wantedNodes: presentNodes - countGoing(survey, chosen), chosen } as const;
  const doubt = doubtOf(survey);
  if (doubt !== undefined) return { ...kept, action: 'hold', ...doubt };
  const room = roomToShrink(survey);
  const removing = chosen.some(({ isReturning }) => !isReturning) ? 'a node is being removed; ' : '';
  if ('limitedBy' in room) return { ...kept, limitedBy: room.limitedBy, why: `${removing}${room.why}` };
  const choice = chooseNodes({ nowMs: input.nowMs, nodes, pods, guard, count: room.count });
  if (choice.waiting > 0)
    return {
      ...kept,
      limitedBy: 'podsWait',
      why: choice.waiting === 1 ? '1 pod waits for room' : `${choice.waiting} pods wait for room`,
    };
  if (choice.names.length === 0) {
    return { ...kept, limitedBy: 'noRemovableNode', why: `no further node can go: ${keptText(choice.kept)}` };
  }
  const added = choice.names.map((name) => ({ name, chosenAtMs: input.nowMs, isReturning: false }));
  const others = chosen.filter(({ name }) => !choice.names.includes(name));
  return {
    action: 'down',
    wantedNodes: kept.wantedNodes - added.length,
    why: `${nodesText(room.count)} not needed for 10 min: ${choice.names.join(', ')} can go`,
    chosen: [...others, ...added],
  };
}

/** A look's record is bounded, and a pool may have a thousand nodes that cannot go. */
const MOST_KEPT_NAMED = 10;

function keptText(kept: readonly string[]): string {
  const more = kept.length - MOST_KEPT_NAMED;
  return [...kept.slice(0, MOST_KEPT_NAMED), ...(more > 0 ? [`and ${nodesText(more)} more`] : [])].join('; ');
}

/** Chosen nodes, with those marked that are needed after all; one that takes pods again, or still does, is forgotten. */
function keptChosen(survey: Survey, { need }: Known): readonly ChosenNode[] {
  const { input, nodes, memory, guard } = survey;
  let spare = Math.max(
    0,
    spareNodes(survey, need.packedNodes) + nodes.filter(({ state }) => state === 'chosen').length,
  );
  return memory.chosen.flatMap((one): readonly ChosenNode[] => {
    const node = nodes.find(({ name }) => name === one.name);
    if (node === undefined || node.state === 'leaving') return [one];
    const isKept = keptReason(node, { nowMs: input.nowMs, nodes, guard }) !== undefined;
    const isReplaced = one.isReplaced === true && !offersGpus(node);
    const isNeeded = need.returning.includes(one.name) || isKept || (spare <= 0 && !isReplaced);
    if (!one.isReturning && !isNeeded) {
      spare = Math.max(0, spare - 1);
      return [one];
    }
    return node.isCordoned || node.cordonedFor !== undefined ? [{ ...one, isReturning: true }] : [];
  });
}
