/** What may differ between the real components and ours: one list per wire, in the folder of its tests. */
import { exceptions as gcloud } from './gcloud/exceptions.ts';
import { exceptions as kubectl } from './kubectl/exceptions.ts';
import { exceptions as kubernetes } from './kubernetes/exceptions.ts';
import { exceptions as pubsub } from './pubsub/exceptions.ts';
import type { ConformanceException } from './report/exception.ts';

export const exceptions: readonly ConformanceException[] = [...gcloud, ...kubectl, ...kubernetes, ...pubsub];
