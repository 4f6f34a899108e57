/** What each GPU of a shape holds: weights, what the engine keeps for itself, and what is left for keys and values. */
import { type FitShape, gpusOf } from './fit-shapes.ts';
import { batchOf, type FitCatalogue, type ServingReserve } from './gpu-facts.ts';
import { GIB, kvBytesPerLayer, type ModelFacts, type WeightFormat, weightsOf } from './model-facts.ts';

/** What somebody wants to serve, with nothing left to default. */
export interface FitRequest {
  readonly model: ModelFacts;
  readonly format: WeightFormat;
  /** Tokens of prompt and answer together, of each sequence. */
  readonly contextTokens: number;
  /** Sequences in flight at the same time, all of that length: the worst case. */
  readonly sequences: number;
  /** `--gpu-memory-utilization`. */
  readonly gpuMemoryRatio: number;
  /** Of each GPU, instead of the catalogue's measurements. */
  readonly reserveGib?: number;
}

/** GiB of the GPU that holds most, unless the name says otherwise. */
export interface GpuMemory {
  readonly gpuGib: number;
  readonly usableGib: number;
  readonly weightsGib: number;
  readonly reserveGib: number;
  /** Below zero: the weights alone do not fit. */
  readonly kvRoomGib: number;
  readonly sequenceGib: number;
  /** Sequences of the whole context that a replica holds at the same time. */
  readonly maxSequences: number;
  /** The same in tokens: what vLLM logs as `GPU KV cache size`. */
  readonly cacheTokens: number;
}

/**
 * Room for keys and values = memory x ratio - weights - reserve, as vLLM computes it (vllm/v1/worker/gpu_worker.py,
 * determine_available_memory). Example: 80 GiB x 0.92 - 16 - 7 = 50.6 GiB, and of 1 GiB a sequence that holds 50.
 */
export function memoryOf(shape: FitShape, request: FitRequest, catalogue: FitCatalogue): GpuMemory {
  const gpuGib = shape.machine.gpu.memoryGib;
  const usableGib = gpuGib * request.gpuMemoryRatio;
  const weightsGib = weightBytesOf(shape, request) / GIB;
  const reserveGib = request.reserveGib ?? reserveOf(shape, request.model, catalogue).gib;
  const kvRoomGib = usableGib - weightsGib - reserveGib;
  const sequenceGib = sequenceBytesOf(shape, request, catalogue) / GIB;
  // Each data-parallel rank serves whole sequences of its own.
  const maxSequences = shape.data * Math.max(0, Math.floor(kvRoomGib / sequenceGib));
  const cacheTokens = Math.floor(shape.data * Math.max(0, kvRoomGib / sequenceGib) * request.contextTokens);
  return { gpuGib, usableGib, weightsGib, reserveGib, kvRoomGib, sequenceGib, maxSequences, cacheTokens };
}

/** Of the fullest GPU: stages differ by a layer where layers do not divide, and ranks by an expert. */
function weightBytesOf(shape: FitShape, { model, format }: Pick<FitRequest, 'model' | 'format'>): number {
  const { experts, body, tables } = weightsOf(model, format);
  if (shape.parallelism === 'expert') {
    const count = model.experts?.count ?? 1;
    return body + tables + (experts * Math.ceil(count / gpusOf(shape))) / count;
  }
  const { tensor, pipeline } = shape;
  // The first stage holds the embeddings, the last one the output head.
  const tablesHere = pipeline > 1 && model.tiesEmbeddings !== true ? tables / 2 : tables;
  return ((experts + body) * stageShareOf(shape, model) + tablesHere) / tensor;
}

/** Of all layers, those of the longest stage: 61 layers in 2 stages are 31 and 30. */
function stageShareOf({ pipeline }: FitShape, { layers }: ModelFacts): number {
  return Math.ceil(layers / pipeline) / layers;
}

/**
 * Keys and values of one sequence on one GPU. A window layer holds its window and what is computed at once (vLLM
 * vllm/v1/kv_cache_interface.py SlidingWindowSpec), the others everything.
 */
function sequenceBytesOf(
  shape: FitShape,
  { model, contextTokens }: Pick<FitRequest, 'model' | 'contextTokens'>,
  { engine }: FitCatalogue,
): number {
  const windowLayers = model.window?.layers ?? 0;
  const windowTokens = windowTokensOf(shape, model, engine.batchedTokens);
  const layerTokens =
    (model.layers - windowLayers) * contextTokens + windowLayers * Math.min(contextTokens, windowTokens);
  return layerTokens * stageShareOf(shape, model) * kvBytesPerLayer(model, shape.tensor);
}

/** Tokens that a layer with a window keeps: the window, and the batch that is computed at once. Infinite: the model has none. */
export function windowTokensOf(
  { machine }: FitShape,
  { window }: ModelFacts,
  batchedTokens: { readonly large: number; readonly small: number },
): number {
  return window === undefined ? Number.POSITIVE_INFINITY : window.tokens - 1 + batchedTokens[batchOf(machine.gpu)];
}

/** The longest context of which so many sequences fit; 0: none. Bytes grow with it in two straight pieces, so halving finds it. */
export function longestContext(shape: FitShape, request: FitRequest, catalogue: FitCatalogue): number {
  let [fits, exceeds] = [0, request.model.maxContextTokens + 1];
  while (exceeds - fits > 1) {
    const middle = Math.floor((fits + exceeds) / 2);
    const { maxSequences } = memoryOf(shape, { ...request, contextTokens: middle }, catalogue);
    if (maxSequences >= request.sequences) fits = middle;
    else exceeds = middle;
  }
  return fits;
}

/** The measurement that is nearest to the shape: a GPU that computes as much at once, and a model of the same kind. */
export function reserveOf(
  { machine }: FitShape,
  model: ModelFacts,
  { reserves, engine }: FitCatalogue,
): { readonly gib: number; readonly row: ServingReserve } {
  const batch = batchOf(machine.gpu);
  const hasExperts = model.experts !== undefined;
  const row = reserves.find((one) => one.batch === batch && one.hasExperts === hasExperts);
  if (row === undefined)
    throw new Error(`reserving memory of ${machine.gpu.name}: no measurement for ${batch} batches`);
  return { gib: row.profiledGib + engine.cudaGraphs.gib, row };
}
