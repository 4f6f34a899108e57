import * as z from 'zod';
import type { Engine } from '../../domain/serving/engine.ts';
import { flag, text } from '../fields.ts';

const flagName = text({
  describe: 'Flag of vllm serve',
  pattern: /^--[a-z][a-z0-9-]*(?:\.[a-z0-9_.-]+)?$/,
  rule: 'must have long flags of vllm serve as keys, with hyphens between words',
  example: '--max-num-seqs',
});

const variableName = text({
  describe: 'Name of a variable',
  pattern: /^[A-Z_][A-Z0-9_]*$/,
  rule: 'must have names of variables as keys: capital letters, digits and underscores',
  example: 'VLLM_LOGGING_LEVEL',
});

export const engine = z
  .strictObject({
    version: text({
      describe: "vLLM's version, which decides what flags there are; the one that the builders know best when left out",
      pattern: /^\d{1,3}\.\d{1,4}\.\d{1,4}$/,
      rule: 'must be a release of vLLM, three numbers without a v',
      example: '0.30.0',
    }).exactOptional(),
    image: text({
      describe: "An image of yours that holds this version, with a tag or digest; vLLM's own when left out",
      // A registry may have a port; a tag may be pinned by a digest besides.
      pattern:
        /^(?=.{1,512}$)[a-z0-9][a-z0-9._-]*(?::\d+(?=\/))?(?:\/[a-z0-9][a-z0-9._-]*)*(?:(?::\w[\w.-]{0,127})?@sha256:[0-9a-f]{64}|:(?!latest$)\w[\w.-]{0,127})$/,
      rule: 'must be a repository and a tag other than latest, or a digest: a tag that moves changes replicas one by one',
      example: 'europe-docker.pkg.dev/my-project/serving/vllm:v0.30.0-1',
    }).exactOptional(),
    includesRay: flag({
      describe: "The image of yours has Ray, which vLLM's has not; executor: ray asks for it",
      default: false,
    }).exactOptional(),
    flags: z
      .record(flagName, z.union([z.string().max(4096), z.number(), z.boolean()]))
      .meta({
        description:
          'Further flags of vllm serve, on all roles: a text or number, true for a switch, false for its --no- form. Flags that follow from the rest of the document are refused',
        examples: [{ '--max-num-seqs': 256, '--enable-auto-tool-choice': true }],
      })
      .exactOptional(),
    env: z
      .record(variableName, z.string().max(4096))
      .meta({
        description: 'Further variables of the model server, on all roles; never a credential: those come from Secrets',
        examples: [{ VLLM_LOGGING_LEVEL: 'WARNING' }],
      })
      .exactOptional(),
  })
  .meta({ description: 'The model server: vLLM' }) satisfies z.ZodType<Engine>;
