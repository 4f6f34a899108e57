/** The arithmetic of a pool's size, line by line, for whoever asks why. Pure. */
import type { Term, TermInput } from '../scaling/types.ts';
import { nodesText, type Survey } from './survey.ts';
import type { DemandFacts } from './types.ts';
import { counted } from '../counted.ts';
import { formatDuration } from '../time-text.ts';

interface Outcome {
  readonly wantedNodes: number;
  readonly why: string;
}

export function termsOf(survey: Survey, outcome: Outcome): readonly Term[] {
  const { input } = survey;
  return [
    ...input.demands.map((demand) => demandTerm(demand, input.nowMs)),
    needTerm(survey),
    supplyTerm(survey),
    sizeTerm(survey, outcome),
  ];
}

function demandTerm({ from, items, decidedAtMs, doubt }: DemandFacts, nowMs: number): Term {
  // Not an age: a demand holds until it is changed, however long ago it was said.
  const unchanged = `unchanged for ${formatDuration(nowMs - decidedAtMs)}`;
  const gpus = items.reduce((sum, { pods, gpusPerPod }) => sum + pods * gpusPerPod, 0);
  return {
    name: `demand of ${from}`,
    inputs: items.map(
      ({ what, pods, gpusPerPod }): TermInput => ({
        name: what,
        state: doubt === undefined ? 'value' : 'stale',
        value: pods,
        note: `pods of ${counted(gpusPerPod, 'GPU')}, ${unchanged}${doubt === undefined ? '' : `; ${doubt}`}`,
      }),
    ),
    formula: items.map(({ pods, gpusPerPod }) => `${pods} × ${gpusPerPod}`).join(' + ') || 'nothing is asked for',
    result: counted(gpus, 'GPU'),
  };
}

function needTerm({ known, input }: Survey): Term {
  const inputs = [value('GPUs per node', input.gpusPerNode)];
  if (known === undefined)
    return { name: 'nodes needed', inputs, formula: 'GPUs per node are not known', result: 'unknown' };
  const { pods, need } = known;
  return {
    name: 'nodes needed',
    inputs: [
      ...inputs,
      value('pods to place', pods.toPlace.length),
      value("somebody else's pods", pods.others),
      value("somebody else's pending pods", pods.pendingOthers.length, 'nothing is bought for them'),
    ],
    formula: 'nodes with pods that stay, and the fewest more that hold the pods to place, largest first',
    result: `${nodesText(need.nodes)}, ${need.newNodes} new; ${need.packedNodes} if pods are moved together`,
  };
}

function supplyTerm({ counts, presentNodes, cordoned, broken, input }: Survey): Term {
  return {
    name: 'nodes there',
    inputs: [
      value('ready, with GPUs', counts.ready),
      value('coming', counts.coming),
      value('without GPUs for too long', broken),
      value('cordoned by somebody else', cordoned),
      value('leaving', counts.leaving),
    ],
    formula: input.zones.map(({ zone, targetSize }) => `${zone} ${targetSize}`).join(' + '),
    result: counted(presentNodes, 'machine'),
  };
}

function sizeTerm({ input, presentNodes }: Survey, { wantedNodes, why }: Outcome): Term {
  const { min, max } = input.size;
  return {
    name: 'size',
    inputs: [value('least', min), value('most', max), value('present', presentNodes)],
    formula: why,
    result: nodesText(wantedNodes),
  };
}

function value(name: string, count: number | undefined, note?: string): TermInput {
  return {
    name,
    ...(count === undefined ? { state: 'missing' } : { state: 'value', value: count }),
    ...(note !== undefined && { note }),
  };
}
