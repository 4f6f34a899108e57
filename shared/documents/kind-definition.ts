import type * as z from 'zod';
import type { Catalogue } from '../domain/catalogue.ts';
import type { Problem } from '../domain/problem.ts';

/** What can be written, and what it must hold. `T` is what a valid one is read as, `C` the facts that its content is judged by. */
export interface KindDefinition<T, C extends Catalogue = Catalogue> {
  readonly schema: z.ZodType<T>;
  /** What the form alone cannot say. Looks at every part whose form is right, even if another part's is not. */
  readonly check: (value: unknown, catalogue: C) => Findings;
}

/** All of them at once, each with field, value, rule and fix: nobody wants to hear of one mistake at a time. */
export interface Findings {
  readonly problems: readonly Problem[];
  /** What may be wrong, but only Google, the cluster or its owner knows. */
  readonly warnings: readonly Problem[];
}
