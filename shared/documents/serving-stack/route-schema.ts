import * as z from 'zod';
import type { GatewaySpec } from '../../domain/serving/gateway.ts';
import { flag, text, whole } from '../fields.ts';
import { gkeName } from '../names.ts';

const headerName = text({
  describe: 'Header',
  pattern: /^[A-Za-z0-9!#$%&'*+\-.^_`|~]{1,256}$/,
  rule: 'must be the name of a header: letters, digits or hyphens',
  example: 'x-tenant',
});

const headerValue = text({
  describe: 'Its exact value',
  pattern: /^[ -~]{1,4096}$/,
  rule: 'must be 1 to 4,096 printable characters of ASCII',
  example: 'gold',
});

const adapter = text({
  describe: 'LoRA adapter',
  pattern: /^[\w./:@+-]{1,255}$/,
  rule: 'must be 1 to 255 letters, digits or any of . _ - / : @ +',
  example: 'chat-lora-v2',
});

export const route = z
  .union([
    z.literal('none'),
    z.strictObject({
      byModel: flag({
        describe: "By the model that the body names; the Gateway's own stack must say so too",
        default: false,
      }).exactOptional(),
      adapters: z
        .array(adapter)
        .min(1)
        .max(256)
        .meta({ description: 'LoRA adapters that this stack serves too; only with byModel' })
        .exactOptional(),
      headers: z
        .record(headerName, headerValue)
        .meta({
          description: 'Headers that a request must have, with exact values: 16 at most, one fewer with byModel',
        })
        .exactOptional(),
      weights: z
        .record(
          gkeName('InferencePool, which has the name of its stack', 'chat-green'),
          whole({ describe: 'Share of the requests, of the sum of all', min: 0, max: 1_000_000 }),
        )
        .meta({
          description:
            "Shares of at most 16 InferencePools, this stack's among them; all to this stack's when left out",
        })
        .exactOptional(),
    }),
  ])
  .meta({
    description:
      "Which requests come here; all of the Gateway's when left out, none where another stack's route sends them",
  }) satisfies z.ZodType<NonNullable<GatewaySpec['route']>>;
