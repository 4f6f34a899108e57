/** Whether the weights are in the format that is written. What is known of a repository only helps where its weights are what is loaded. */
import type { Problem } from '../../domain/problem.ts';
import type { FitCatalogue } from '../../domain/serving/gpu-facts.ts';
import { type ServedWeights, type WeightFormat, weightsNamed } from '../../domain/serving/model-facts.ts';
import { isAtLeast } from '../../domain/serving/release.ts';
import type { Stack } from '../../domain/serving/resolved-stack.ts';
import type { StackRule } from './rule.ts';

type Models = FitCatalogue['models'];

export function precisionRules({ models }: FitCatalogue): readonly StackRule[] {
  return [(stack) => precisionIsHeld(stack, models)];
}

/** vLLM reads the format off the repository: a word in a document changes nothing of what it loads. */
function precisionIsHeld(stack: Stack, models: Models): readonly Problem[] {
  const { id, precision } = stack.model;
  const held = weightsNamed(models, id);
  if (precision === undefined || held === undefined || precision === held.format.precision) return [];
  if (isFromElsewhere(stack) || (precision === ONLINE_FP8.precision && isQuantizedOnline(stack, held))) return [];
  const rule = `must be ${held.format.precision}, which is what ${id} holds; what vLLM loads is decided by the repository`;
  return [{ field: 'spec.model.precision', value: precision, rule, fix: fixOf(stack, held) }];
}

/** Weights in the precision that is wanted, where somebody publishes them; what vLLM can make of BF16 by itself; else what is there. */
function fixOf({ model: { precision } }: Stack, { model, format: held }: ServedWeights): string {
  const wanted = model.formats.find((format) => format.precision === precision);
  const published =
    wanted === undefined ? [] : [`use id: ${wanted.repository ?? model.id}, which holds ${model.id} in ${precision}`];
  const online =
    precision === 'fp8' && held.precision === 'bf16'
      ? ['have vLLM quantize as it loads, with engine.flags: {--quantization: fp8}']
      : [];
  return [...published, ...online, 'remove it'].join(', or ');
}

/** Whoever filled the bucket or disk knows what is in it. */
function isFromElsewhere({ spec: { storage } }: Stack): boolean {
  return Object.keys(storage?.weights ?? {}).length > 0;
}

/** vLLM makes FP8 of BF16 weights by itself (vllm-project/vllm docs/features/quantization/online.md). */
function isQuantizedOnline({ engine: { flags } }: Stack, { format }: ServedWeights): boolean {
  return flags['--quantization'] === ONLINE_FP8.precision && format.precision === 'bf16';
}

/** All linear layers and experts, one scale for each tensor. */
const ONLINE_FP8 = {
  precision: 'fp8',
  quantized: 'linear',
  bits: 8,
  source: 'vllm-project/vllm docs/features/quantization/online.md',
  asOf: '2026-09',
} as const satisfies WeightFormat;

/**
 * Layer by layer as they are loaded, so that BF16 is never there as a whole (vllm-project/vllm pull request 31914; issue 31805: 0.13 and
 * 0.14 hold more than BF16 meanwhile). The first release that surely has it.
 */
const QUANTIZES_BY_LAYER = '0.16.0';

/** What GPUs have to hold. Undefined: nothing is known. */
export function loadedWeights(stack: Stack, models: Models): ServedWeights | undefined {
  const { id, precision } = stack.model;
  const held = weightsNamed(models, id);
  if (held === undefined || !isQuantizedOnline(stack, held)) return weightsNamed(models, id, precision);
  return isAtLeast(stack.engine.version, QUANTIZES_BY_LAYER) ? { ...held, format: ONLINE_FP8 } : held;
}
