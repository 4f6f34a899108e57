import * as z from 'zod';
import { startupDefaults } from '../../domain/serving/defaults.ts';
import type { Startup } from '../../domain/serving/startup.ts';
import { flag, text, whole } from '../fields.ts';
import { projectId } from '../names.ts';

const imageDisk = z
  .strictObject({
    // The name ends a label, of which it may use 39 letters.
    image: text({
      describe: 'Disk image with container images, made by gke-disk-image-builder',
      pattern: /^[a-z](?:[-a-z0-9]{0,37}[a-z0-9])?$/,
      rule: 'must be at most 39 lower-case letters, digits or hyphens, begin with a letter and not end with a hyphen',
      example: 'vllm-v0-30-0',
    }),
    project: projectId("Project of the disk image; the stack's own when left out").exactOptional(),
  })
  .meta({ description: 'Nodes that GKE makes for these pods get this disk image as secondary boot disk' });

const sleep = z
  .strictObject({
    weightsGib: whole({
      describe:
        'Memory that each pod gets for its weights while it sleeps, GiB; 0 where they are loaded anew (level 2)',
      min: 0,
      max: 16_384,
      example: 140,
    }),
    trustEveryClient: z.literal(true).meta({
      description:
        "Whoever reaches the pods, past the gateway, may put them to sleep and run code in them: vLLM's development mode. Say that you know",
    }),
  })
  .meta({ description: 'Replicas that can be put to sleep, their GPUs free while the process stays' });

export const startup = z
  .strictObject({
    budgetSeconds: whole({
      describe: 'Seconds from the start of the container to its first answer after which it is given up',
      min: 60,
      max: 7200,
      default: startupDefaults.budgetSeconds,
    }).exactOptional(),
    prePull: flag({
      describe: "Pull the server's image onto every node before a pod needs it",
      default: false,
    }).exactOptional(),
    imageDisk: imageDisk.exactOptional(),
    sleep: sleep.exactOptional(),
  })
  .meta({ description: 'What makes a replica ready sooner' }) satisfies z.ZodType<Startup>;
