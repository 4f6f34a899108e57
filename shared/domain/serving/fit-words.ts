/** The arithmetic of a fit, step by step, for whoever has to believe it. */
import type { FittedShape } from './fit.ts';
import type { FitShape } from './fit-shapes.ts';
import type { FitCatalogue } from './gpu-facts.ts';
import { type FitRequest, reserveOf, windowTokensOf } from './gpu-memory.ts';
import { counted } from '../counted.ts';
import {
  expertParametersOf,
  GIB,
  kvBytesPerLayer,
  tableParametersOf,
  totalOf,
  type WeightFormat,
  type ModelFacts,
  weightsOf,
} from './model-facts.ts';

export interface ArithmeticStep {
  readonly name: string;
  readonly text: string;
}

/** In the order in which one is computed from those before it, each with its numbers: whoever doubts can do the sum. */
export function arithmeticOf(
  shape: FittedShape,
  request: FitRequest,
  catalogue: FitCatalogue,
): readonly ArithmeticStep[] {
  const { memory } = shape;
  return [
    { name: 'weights', text: weightsText(request.model, request.format) },
    { name: 'on each GPU', text: `${gib(memory.weightsGib)}: ${divisionText(shape, request.model)}` },
    {
      name: 'usable',
      text: `${gib(memory.usableGib)} = ${memory.gpuGib} GiB of the ${shape.machine.gpu.name} x ${request.gpuMemoryRatio}`,
    },
    { name: 'reserve', text: `${gib(memory.reserveGib)}: ${reserveText(shape, request, catalogue)}` },
    {
      name: 'KV room',
      text: `${gib(memory.kvRoomGib)} = ${number(memory.usableGib)} - ${number(memory.weightsGib)} - ${number(memory.reserveGib)}`,
    },
    { name: 'a sequence', text: `${gib(memory.sequenceGib, 3)}: ${sequenceText(shape, request, catalogue)}` },
    { name: 'sequences', text: sequencesText(shape, request) },
  ];
}

/** `tensor 8, pipeline 2`; the words of a ServingStack's role. */
export function parallelismText({ parallelism, tensor, pipeline, data }: FitShape): string {
  if (parallelism === 'expert') return `expert ${data}`;
  return pipeline === 1 ? `tensor ${tensor}` : `tensor ${tensor}, pipeline ${pipeline}`;
}

/** `1 of 8`: the others are paid for, or serve somebody else. */
export function gpusText({ nodes, gpusPerNode, machine }: FitShape): string {
  if (nodes > 1) return `${nodes} x ${gpusPerNode}`;
  return gpusPerNode === machine.gpuCount ? `${gpusPerNode}` : `${gpusPerNode} of ${machine.gpuCount}`;
}

/** Bits of the stored part include its scales. What is measured after loading wins over the sum. */
function weightsText(model: ModelFacts, format: WeightFormat): string {
  const sum = gib(totalOf(weightsOf(model, format)) / GIB);
  const { loadedGib, quantized, precision, bits } = format;
  if (loadedGib !== undefined) return `${sum} after loading, measured: ${loadedGib.source}`;
  const { total } = model.parameters;
  if (quantized === 'nothing') return `${sum} = ${billions(total)} parameters x 2 bytes`;
  const stored = quantized === 'experts' ? expertParametersOf(model) : total - tableParametersOf(model);
  const what = quantized === 'experts' ? 'of experts' : 'of linear layers';
  return `${sum} = ${billions(stored)} parameters ${what} x ${bits} bits (${precision}) + ${billions(total - stored)} others x 2 bytes`;
}

/** What of the weights is on the fullest GPU. */
function divisionText(shape: FitShape, model: ModelFacts): string {
  const { parallelism, tensor, pipeline, data } = shape;
  if (parallelism === 'expert') {
    const count = model.experts?.count ?? 1;
    return `all but the experts, and ${Math.ceil(count / data)} of ${count} experts`;
  }
  if (pipeline === 1) return tensor === 1 ? 'all' : `divided among ${tensor} ranks`;
  const layers = Math.ceil(model.layers / pipeline);
  return `${layers} of ${model.layers} layers in the longest of ${pipeline} stages, divided among ${tensor} ranks`;
}

function reserveText(shape: FitShape, request: FitRequest, catalogue: FitCatalogue): string {
  if (request.reserveGib !== undefined) return 'as you say';
  const { row } = reserveOf(shape, request.model, catalogue);
  return `${row.profiledGib} of activations, CUDA and NCCL (measured with ${row.measured}) + ${catalogue.engine.cudaGraphs.gib} of CUDA graphs`;
}

/** Of the longest stage, since that one is full first. */
function sequenceText(shape: FitShape, { model, contextTokens }: FitRequest, catalogue: FitCatalogue): string {
  const layers = Math.ceil(model.layers / shape.pipeline);
  const each = `${tokens(kvBytesPerLayer(model, shape.tensor))} bytes (${cacheText(shape, model)})`;
  if (model.window === undefined) return `${tokens(contextTokens)} tokens x ${counted(layers, 'layer')} x ${each}`;
  const kept = Math.min(contextTokens, windowTokensOf(shape, model, catalogue.engine.batchedTokens));
  const full = model.layers - model.window.layers;
  const share = shape.pipeline === 1 ? '' : `, ${layers} of ${model.layers} layers here`;
  return `(${tokens(contextTokens)} tokens x ${full} layers + ${tokens(kept)} x ${model.window.layers} with a window) x ${each}${share}`;
}

/** Two bytes each (BF16). A latent cache and heads that are too few for the ranks are on each rank as a whole. */
function cacheText({ tensor }: FitShape, { cache }: ModelFacts): string {
  if (cache.kind === 'latent') {
    return `${cache.dimension} latent x 2${tensor === 1 ? '' : ', the same on every rank'}`;
  }
  const heads = Math.max(1, cache.heads / tensor);
  const copied = tensor > cache.heads ? `, ${cache.heads} copied to ${tensor} ranks` : '';
  return `key and value x ${counted(heads, 'head')} x ${cache.headDimension} x 2${copied}`;
}

/** Rounded down: a sequence that has no room for its last token is preempted. */
function sequencesText({ memory, data }: FittedShape, { sequences, contextTokens }: FitRequest): string {
  const { maxSequences, kvRoomGib, sequenceGib } = memory;
  if (kvRoomGib <= 0) return `none: the weights leave no room (${gib(kvRoomGib)})`;
  const each = Math.floor(kvRoomGib / sequenceGib);
  const ranks = data === 1 ? '' : ` on each of ${data} ranks`;
  const found = `${maxSequences} of ${tokens(contextTokens)} tokens = ${number(kvRoomGib)} / ${number(sequenceGib, 3)} = ${each}${ranks}`;
  return `${found}; asked for ${sequences}`;
}

export function gib(value: number, digits = 1): string {
  return `${number(value, digits)} GiB`;
}

function number(value: number, digits = 1): string {
  return value.toFixed(digits);
}

function billions(parameters: number): string {
  return `${(parameters / 1e9).toFixed(2)} B`;
}

/** `131,072`. */
export function tokens(count: number): string {
  return count.toLocaleString('en-US');
}
