import * as z from 'zod';
import { type GatewaySpec, gatewayClassNames, scorings } from '../../domain/serving/gateway.ts';
import { gatewayDefaults as defaults } from '../../domain/serving/resolve-gateway.ts';
import { choice, text, whole } from '../fields.ts';
import { namespace, objectName } from '../kubernetes-names.ts';
import { endpointPicker, flowControl } from './picker-schema.ts';
import { route } from './route-schema.ts';

/** A day: GKE takes more, but no answer does. */
const MAX_TIMEOUT_SECONDS = 86_400;

/** As requests write it; the same characters as a served name. */
function modelName(describe: string, example: string) {
  return text({
    describe,
    pattern: /^[\w./:@+-]{1,255}$/,
    rule: 'must be 1 to 255 letters, digits or any of . _ - / : @ +',
    example,
  });
}

const prefillWhen = z
  .union([
    z.literal('always'),
    z.strictObject({
      uncachedTokens: whole({
        describe: 'Tokens of a prompt that the decode pod has no keys and values of; fewer are prefilled there',
        min: 1,
        max: 10_485_760,
        example: 512,
      }),
    }),
  ])
  .meta({
    description: 'Which requests are prefilled on a prefill pod (default always); only with prefill and decode',
  });

const objective = z.strictObject({
  // A label, not a name of 253 letters: that of the stack comes before it.
  name: namespace(
    'Name that requests write after that of the stack and a hyphen, in the header x-llm-d-inference-objective',
    'interactive',
  ),
  priority: whole({
    describe: 'Higher is served first; below 0 may be refused when all pods are busy; requests without have 0',
    min: -1000,
    max: 1000,
    example: 10,
  }),
});

const rewrite = z.strictObject({
  model: modelName('Name that requests ask for; any when left out', 'chat').exactOptional(),
  targets: z
    .array(
      z.strictObject({
        model: modelName('Name that the model server serves', 'chat-lora-v2'),
        weight: whole({ describe: 'Share of the requests, of the sum of all', min: 1, max: 1_000_000 }).exactOptional(),
      }),
    )
    .min(1)
    .max(16)
    .meta({ description: 'What requests get; all with a weight or none' }),
});

export const gateway = z
  .strictObject({
    className: choice(gatewayClassNames, {
      describe: "Load balancer of the VPC, or of the internet; of a Gateway of one's own",
      default: defaults.className,
    }).exactOptional(),
    use: objectName(
      "Another stack's Gateway in this namespace, to come in by; one of its own when left out",
      'chat',
    ).exactOptional(),
    tlsSecret: objectName(
      'Secret of type kubernetes.io/tls in this namespace; plain HTTP when left out',
      'chat-tls',
    ).exactOptional(),
    timeoutSeconds: whole({
      describe: 'Seconds that the longest answer takes',
      min: 60,
      max: MAX_TIMEOUT_SECONDS,
      default: defaults.timeoutSeconds,
    }).exactOptional(),
    route: route.exactOptional(),
    scoring: choice(scorings, {
      describe:
        'How pods are compared: by load, by the prefixes that they report (kvCache.events), or by predicted latency, for which every request has to stream',
      default: 'load-aware',
    }).exactOptional(),
    prefillWhen: prefillWhen.exactOptional(),
    peakPrefillTokensPerSecond: whole({
      describe:
        'Prompt tokens per second that one endpoint prefills, measured (llm-d guides/recipes/router/calibration)',
      min: 1,
      max: 10_000_000,
      example: 33_821,
    }).exactOptional(),
    flowControl: flowControl.exactOptional(),
    objectives: z
      .array(objective)
      .max(64)
      .meta({ description: 'Priorities that requests ask for by name' })
      .exactOptional(),
    rewrites: z
      .array(rewrite)
      .max(64)
      .meta({ description: 'Names of models that become others on the way' })
      .exactOptional(),
    endpointPicker: endpointPicker.exactOptional(),
  })
  .meta({ description: 'How requests reach the pods; {} is complete' }) satisfies z.ZodType<GatewaySpec>;
