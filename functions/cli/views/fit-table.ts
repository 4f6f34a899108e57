/** Every model of the catalogue on every GPU: how many hold it. Pure. */
import type { FittedShape } from '#shared/domain/serving/fit.ts';
import { gib } from '#shared/domain/serving/fit-words.ts';
import type { ServingMachine } from '#shared/domain/serving/gpu-facts.ts';
import { GIB, type ServedWeights, totalOf, weightsOf } from '#shared/domain/serving/model-facts.ts';
import { type Line, plain, type Span, span } from '../text/line.ts';
import { toTable } from '../text/table.ts';

export interface ModelRow extends ServedWeights {
  /** The smallest of each GPU. */
  readonly shapes: readonly FittedShape[];
}

export function fitTableLines(rows: readonly ModelRow[], machines: readonly ServingMachine[]): readonly Line[] {
  const names = gpuNamesOf(machines);
  return [
    ...toTable(
      ['MODEL', 'WEIGHTS', '', ...names],
      rows.map((row) => cellsOf(row, names)),
    ),
    plain(''),
    [
      span(
        'GPUs that hold it, the fewest of each; 2 x 8: nodes; ep: expert parallel; -: none of the catalogue.',
        'dim',
      ),
    ],
  ];
}

/** Those of equal memory and generation hold the same, so the first stands for all. */
function gpuNamesOf(machines: readonly ServingMachine[]): readonly string[] {
  const firsts = new Map(machines.toReversed().map(({ gpu }) => [`${gpu.memoryGib} ${gpu.generation}`, gpu.name]));
  return [...new Set(machines.map(({ gpu }) => gpu.name))].filter((name) => [...firsts.values()].includes(name));
}

function cellsOf({ model, format, shapes }: ModelRow, names: readonly string[]): readonly Span[] {
  return [
    span(model.id),
    span(format.precision),
    span(gib(totalOf(weightsOf(model, format)) / GIB)),
    ...names.map((name) => span(sizeText(shapes.find(({ machine }) => machine.gpu.name === name)))),
  ];
}

function sizeText(shape: FittedShape | undefined): string {
  if (shape === undefined) return '-';
  const size = shape.nodes > 1 ? `${shape.nodes} x ${shape.gpusPerNode}` : `${shape.gpusPerNode}`;
  return shape.parallelism === 'expert' ? `${size} ep` : size;
}
