import { type Catalogue, machineOf } from '../catalogue.ts';
import type { Problem } from '../problem.ts';
import type { FitCatalogue } from './gpu-facts.ts';
import type { StackFacts } from './resolve-stack.ts';
import type { Stack } from './resolved-stack.ts';
import type { ServingStackDocument } from './stack.ts';

/** What a ServingStack is judged and resolved by. */
export interface ServingCatalogue extends Catalogue {
  readonly engine: StackFacts['engine'];
  /** Whether GPUs hold a model. */
  readonly fit: FitCatalogue;
  /** Of those who build from a stack: what they could not write, or write themselves. */
  readonly builderRules: readonly ((stack: Stack) => readonly Problem[])[];
}

/** Undefined: the catalogue does not have the document's machine. */
export function stackFactsOf({ spec }: ServingStackDocument, catalogue: ServingCatalogue): StackFacts | undefined {
  const machine = machineOf(catalogue, spec.hardware.machineType);
  return machine && { machine, engine: catalogue.engine };
}
