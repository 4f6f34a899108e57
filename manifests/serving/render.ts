/** A stack as the objects that serve it, in the order in which they are applied. */
import type { Stack } from '../../shared/domain/serving/resolved-stack.ts';
import type { Applied } from '../kubernetes/wire.ts';
import { workloads } from './workloads/workloads.ts';

/** One part of a stack; an empty list where the document asks for nothing of it. */
export type Part = (stack: Stack) => readonly Applied[];

const parts: readonly Part[] = [workloads];

export function renderStack(stack: Stack): readonly Applied[] {
  return parts.flatMap((part) => part(stack));
}
