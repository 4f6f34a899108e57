/** What a model is made of, as far as its memory depends on it, and what follows: weights, and keys and values of each token. */
import type { Provenance } from '../catalogue.ts';
import type { Precision } from './stack.ts';

export interface ModelFacts extends Provenance {
  /** Name on Hugging Face. */
  readonly id: string;
  /** Other names of the same architecture and size: what holds for one holds for all. */
  readonly sameAs?: readonly string[];
  /** `active`: those that work on one token. */
  readonly parameters: { readonly total: number; readonly active: number };
  readonly layers: number;
  readonly hiddenSize: number;
  /** Tokens that it knows, each a row of the embeddings. */
  readonly vocabulary: number;
  /** One table is both embedding and output head. */
  readonly tiesEmbeddings?: true;
  readonly attentionHeads: number;
  readonly cache: GroupedCache | LatentCache;
  /** Layers that look back so many tokens only; absent: every layer sees the whole context. */
  readonly window?: { readonly layers: number; readonly tokens: number };
  readonly experts?: ExpertLayers;
  /** `max_position_embeddings`: what vLLM serves unless told less. */
  readonly maxContextTokens: number;
  /** The model's own first. */
  readonly formats: readonly [WeightFormat, ...WeightFormat[]];
}

/** A key and a value for each head that queries share. */
export interface GroupedCache {
  readonly kind: 'grouped';
  readonly heads: number;
  readonly headDimension: number;
}

/** Multi-head latent attention (DeepSeek-V2): one compressed vector for all heads, which ranks cannot divide. */
export interface LatentCache {
  readonly kind: 'latent';
  /** `kv_lora_rank` + `qk_rope_head_dim`. */
  readonly dimension: number;
}

export interface ExpertLayers {
  /** Layers that have experts. */
  readonly layers: number;
  readonly count: number;
  readonly perToken: number;
  /** `moe_intermediate_size`, of each of an expert's three matrices. */
  readonly intermediateSize: number;
}

/** Weights as somebody publishes them. */
export interface WeightFormat extends Provenance {
  readonly precision: Precision;
  /** Where they are; absent: under the model's own name. */
  readonly repository?: string;
  /** What is stored in `bits`; the rest is BF16. `linear`: all but embeddings and output head. */
  readonly quantized: 'nothing' | 'linear' | 'experts';
  /** Of a quantized parameter, its share of the scales included. */
  readonly bits: number;
  /** Scales hold for squares of so many: what tensor parallelism cuts an expert into must be a multiple. */
  readonly blockSize?: number;
  /** What all GPUs together held after loading, where somebody measured more than the arithmetic says. */
  readonly loadedGib?: Provenance & { readonly gib: number };
}

const BF16_BYTES = 2;
export const GIB = 2 ** 30;

/** Bytes, by what parallelism does with them. */
export interface WeightParts {
  /** Spread over expert ranks. */
  readonly experts: number;
  /** Attention, dense layers, shared experts, norms. */
  readonly body: number;
  /** Embeddings and output head: in the first and the last stage of a pipeline. */
  readonly tables: number;
}

/** Llama 3.3 70B in FP8: 68.45 B parameters x 1 byte + 2.10 B of embeddings and head x 2 bytes = 72.7 GB = 67.7 GiB. */
export function weightsOf(model: ModelFacts, format: WeightFormat): WeightParts {
  const { total } = model.parameters;
  const tableParameters = tableParametersOf(model);
  const expertParameters = expertParametersOf(model);
  const stored = format.bits / 8;
  const parts = {
    experts: expertParameters * (format.quantized === 'nothing' ? BF16_BYTES : stored),
    body: (total - tableParameters - expertParameters) * (format.quantized === 'linear' ? stored : BF16_BYTES),
    tables: tableParameters * BF16_BYTES,
  };
  const { loadedGib } = format;
  if (loadedGib === undefined) return parts;
  const ratio = (loadedGib.gib * GIB) / totalOf(parts);
  return { experts: parts.experts * ratio, body: parts.body * ratio, tables: parts.tables * ratio };
}

export function totalOf({ experts, body, tables }: WeightParts): number {
  return experts + body + tables;
}

export function tableParametersOf({ vocabulary, hiddenSize, tiesEmbeddings }: ModelFacts): number {
  return (tiesEmbeddings === true ? 1 : 2) * vocabulary * hiddenSize;
}

/** Each expert has three matrices: gate, up and down. */
export function expertParametersOf({ experts, hiddenSize }: ModelFacts): number {
  if (experts === undefined) return 0;
  return experts.layers * experts.count * 3 * hiddenSize * experts.intermediateSize;
}

/**
 * Bytes of one token in one layer on one of `tensor` ranks, in BF16. Heads that are fewer than ranks are copied: the share stops shrinking.
 * Llama 70B on 4 ranks: 2 x (8 / 4) heads x 128 x 2 bytes = 1,024.
 */
export function kvBytesPerLayer({ cache }: ModelFacts, tensor: number): number {
  if (cache.kind === 'latent') return cache.dimension * BF16_BYTES;
  return 2 * Math.max(1, cache.heads / tensor) * cache.headDimension * BF16_BYTES;
}

/** Bytes that a token of a long context takes in all layers together: Llama 70B 327,680. */
export function kvBytesPerToken(model: ModelFacts): number {
  return model.layers * kvBytesPerLayer(model, 1);
}

function formatOf({ formats }: ModelFacts, precision: Precision | undefined): WeightFormat | undefined {
  return precision === undefined ? formats[0] : formats.find((format) => format.precision === precision);
}

export interface ServedWeights {
  readonly model: ModelFacts;
  readonly format: WeightFormat;
}

/**
 * The model of that name, or of that repository of quantized weights, in any case, and the format that is meant. Undefined: nothing is
 * known of the model, or of the model in this precision.
 */
export function weightsNamed(
  models: readonly ModelFacts[],
  name: string,
  precision?: Precision,
): ServedWeights | undefined {
  const model = modelNamed(models, name);
  if (model === undefined) return undefined;
  const own = model.formats.find(({ repository }) => repository !== undefined && isSameName(repository, name));
  if (own !== undefined)
    return precision === undefined || own.precision === precision ? { model, format: own } : undefined;
  const format = formatOf(model, precision);
  return format && { model, format };
}

export function modelNamed(models: readonly ModelFacts[], name: string): ModelFacts | undefined {
  return (
    models.find((model) => [model.id, ...(model.sameAs ?? [])].some((known) => isSameName(known, name))) ??
    models.find(({ formats }) =>
      formats.some(({ repository }) => repository !== undefined && isSameName(repository, name)),
    )
  );
}

/** Every name that finds it, its own first. */
export function namesOf({ id, sameAs = [], formats }: ModelFacts): readonly string[] {
  return [id, ...sameAs, ...formats.flatMap(({ repository }) => repository ?? [])];
}

/** Names are typed by people, in whatever case. No two models differ by it alone. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
