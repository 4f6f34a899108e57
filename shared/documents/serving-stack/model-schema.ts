import * as z from 'zod';
import { precisions, type ServedModel } from '../../domain/serving/stack.ts';
import { choice, text, whole } from '../fields.ts';

/** Of the model's name, revision and served name: what an argument of a command line and a label of a metric may hold. */
const NAME_CHARACTERS = 'letters, digits or any of . _ - / : @ +';

export const model = z
  .strictObject({
    id: text({
      describe: 'Name on Hugging Face; the weights come from there unless storage says otherwise',
      pattern: /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/,
      rule: 'must be organisation/model, each of at most 96 letters, digits, hyphens, underscores or dots',
      example: 'meta-llama/Llama-3.1-8B-Instruct',
    }),
    revision: text({
      describe: "Commit, tag or branch of the model's repository; pin it for replicas that must stay alike",
      pattern: /^[A-Za-z0-9][\w./-]{0,254}$/,
      rule: 'must be a commit, tag or branch: at most 255 letters, digits or any of . _ - /',
      example: '0e9e39f249a16976918f6564b8830bc894c89659',
    }).exactOptional(),
    servedName: text({
      describe: 'Name that requests ask for, also the label model_name of the metrics; the id when left out',
      pattern: /^[\w./:@+-]{1,255}$/,
      rule: `must be 1 to 255 ${NAME_CHARACTERS}`,
      example: 'llama-8b',
    }).exactOptional(),
    precision: choice(precisions, {
      describe:
        "Format of the weights that are there: of the model's repository, or of what storage.weights holds; it chooses nothing, so it must agree with what is known of a repository. For another one name the repository that has it, or have BF16 quantized with engine.flags: {--quantization: fp8}. What the repository holds when left out",
    }).exactOptional(),
    maxContextTokens: whole({
      describe: "Tokens of prompt and answer together; the model's own limit when left out",
      min: 256,
      max: 10_485_760,
      example: 32_768,
    }).exactOptional(),
  })
  .meta({ description: 'What is served' }) satisfies z.ZodType<ServedModel>;
