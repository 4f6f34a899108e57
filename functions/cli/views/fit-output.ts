/** Fits for programs: the figures of the views, all of them. Pure. */
import type { FitAnswer, FittedShape } from '#shared/domain/serving/fit.ts';
import { arithmeticOf } from '#shared/domain/serving/fit-words.ts';
import type { FitCatalogue } from '#shared/domain/serving/gpu-facts.ts';
import type { FitRequest } from '#shared/domain/serving/gpu-memory.ts';
import type { ModelRow } from './fit-table.ts';

export function toFitOutput(request: FitRequest, answer: FitAnswer, catalogue: FitCatalogue): unknown {
  const { model, format, ...asked } = request;
  const head = { model: model.id, precision: format.precision, ...asked };
  if (answer.kind === 'fits') {
    return { fits: true, ...head, shapes: answer.shapes.map((shape) => toShape(shape, request, catalogue)) };
  }
  const { nearest, objections, instead } = answer.refusal;
  return {
    fits: false,
    ...head,
    ...(nearest !== undefined && { nearest: toShape(nearest, request, catalogue) }),
    objections,
    instead: instead.map(({ shape, ...change }) => ({
      ...('format' in change ? { change: change.change, precision: change.format.precision } : change),
      ...toPlace(shape),
    })),
  };
}

export function toTableOutput({ model, format, shapes }: ModelRow): unknown {
  return { model: model.id, precision: format.precision, smallest: shapes.map(toPlace) };
}

function toShape(shape: FittedShape, request: FitRequest, catalogue: FitCatalogue): unknown {
  const { memory, support } = shape;
  return { ...toPlace(shape), support, memory, arithmetic: arithmeticOf(shape, request, catalogue) };
}

/** An unknown price is absent. */
function toPlace(shape: FittedShape) {
  const { machine, gpus, parallelism, nodes, gpusPerNode, tensor, pipeline, data, usdPerHour } = shape;
  const ranks = { parallelism, nodes, gpusPerNode, tensor, pipeline, data };
  const price = usdPerHour === undefined ? {} : { usdPerHour };
  return { machineType: machine.machineType, gpu: machine.gpu.name, gpus, ...ranks, ...price };
}
