/** Where the rows of the model catalogue were read, and the formats that many of them have. */
import type { WeightFormat } from '../../../shared/domain/serving/model-facts.ts';

/** Copies of config.json as Hugging Face has them. */
export const AICONFIGURATOR = 'ai-dynamo/aiconfigurator aic-core/src/aiconfigurator_core/model_configs';
/** Which quantized weights vLLM's own recipes serve. */
export const RECIPES = 'vllm-project/recipes models';

const recipeOf = (recipe: string) => ({ source: `${RECIPES}/${recipe}.yaml`, asOf: '2026-08' });

/** As published, two bytes each. */
export const BF16: WeightFormat = {
  precision: 'bf16',
  quantized: 'nothing',
  bits: 16,
  source: 'torch_dtype of its config.json',
  asOf: '2026-08',
};

/** All linear layers; embeddings and output head stay BF16 (`exclude_modules: lm_head` of ModelOpt). */
export function linearFp8(repository: string, recipe = repository): WeightFormat {
  return { precision: 'fp8', repository, quantized: 'linear', bits: 8, ...recipeOf(recipe) };
}

/** Scales for squares of 128 x 128, so hardly more than 8 bits. */
export function blockFp8(repository: string, recipe = repository): WeightFormat {
  return { ...linearFp8(repository, recipe), blockSize: 128 };
}

/** 4 bits, and a scale of 8 for every 16 of them (ModelOpt `group_size: 16`). */
export function linearNvfp4(repository: string, recipe = repository): WeightFormat {
  return { precision: 'nvfp4', repository, quantized: 'linear', bits: 4.5, ...recipeOf(recipe) };
}
