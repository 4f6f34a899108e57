/** The form of a `ServingStack` document: one schema for each part, in a file of its own. */
import * as z from 'zod';
import type { ServingStackDocument } from '../../domain/serving/stack.ts';
import { envelope } from '../envelope.ts';
import { namespace } from '../kubernetes-names.ts';
import { projectId } from '../names.ts';
import { autoscaling } from './autoscaling-schema.ts';
import { engine } from './engine-schema.ts';
import { gateway } from './gateway-schema.ts';
import { hardware } from './hardware-schema.ts';
import { kvCache } from './kv-cache-schema.ts';
import { model } from './model-schema.ts';
import { monitoring } from './monitoring-schema.ts';
import { roles } from './roles-schema.ts';
import { safety } from './safety-schema.ts';
import { startup } from './startup-schema.ts';
import { storage } from './storage-schema.ts';
import { verification } from './verification-schema.ts';

/** Strict at every level, as the `Cluster` document is. */
export const servingStackDocument = envelope(
  'ServingStack',
  z
    .strictObject({
      namespace: namespace('Namespace of everything that is made', 'serving'),
      project: projectId(
        'Google Cloud project of the cluster, for what names it: Workload Identity, Secret Manager, Cloud Monitoring',
      ).exactOptional(),
      model,
      hardware,
      engine: engine.exactOptional(),
      roles,
      kvCache: kvCache.exactOptional(),
      gateway: gateway.exactOptional(),
      storage: storage.exactOptional(),
      startup: startup.exactOptional(),
      monitoring: monitoring.exactOptional(),
      safety: safety.exactOptional(),
      verification: verification.exactOptional(),
      autoscaling: autoscaling.exactOptional(),
    })
    .meta({
      description:
        'A model, how it is spread over GPUs, and everything around it that serves it; rendered, not published',
    }),
) satisfies z.ZodType<ServingStackDocument>;
