/**
 * Models that people serve, with what their memory depends on. Fields are those of config.json; parameters as published, held against
 * what the fields add up to by a test. What could not be read somewhere public is left out. A new model is a row here and nothing else.
 */
import type { ModelFacts } from '../../shared/domain/serving/model-facts.ts';
import { latentModels } from './models/latent.ts';
import { llamaModels } from './models/llama.ts';
import { otherModels } from './models/other.ts';
import { qwenModels } from './models/qwen.ts';

export const models: readonly ModelFacts[] = [...llamaModels, ...qwenModels, ...latentModels, ...otherModels];
