import type { Problem } from '../../domain/problem.ts';
import type { Stack } from '../../domain/serving/resolved-stack.ts';

/** What the form alone cannot say. Runs on documents whose form is right, defaults filled in. */
export type StackRule = (stack: Stack) => readonly Problem[];
