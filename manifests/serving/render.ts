/** A stack as the objects that serve it, in the order in which they are applied. */
import type { Stack } from '../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../kubernetes/wire.ts';
import { autoscaling } from './autoscaling/autoscaling.ts';
import { gateway } from './gateway/gateway.ts';
import { monitoring } from './monitoring/monitoring.ts';
import { rdmaObjects } from './rdma/rdma.ts';
import { foundation } from './safety/foundation.ts';
import { safety } from './safety/safety.ts';
import { imagePuller } from './startup/image-puller.ts';
import { storage } from './storage/storage.ts';
import { load, verification } from './verification/verification.ts';
import { workloads } from './workloads/workloads.ts';

/** One part of a stack; an empty list where the document asks for nothing of it. */
export type Part = (stack: Stack) => readonly Applied[];

const parts: readonly Part[] = [
  foundation,
  storage,
  imagePuller,
  rdmaObjects,
  verification,
  workloads,
  gateway,
  safety,
  monitoring,
  autoscaling,
  load,
];

export function renderStack(stack: Stack): readonly Applied[] {
  return parts.flatMap((part) => part(stack));
}
