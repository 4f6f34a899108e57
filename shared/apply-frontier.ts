/** Starts the steps of a frontier side by side, and sorts what comes of them into results and bugs. */
import type { Failure, Step, StepResult } from './domain/step.ts';
import { AutomationError, ensureError } from './errors.ts';
import { LeaseLostError } from './lease.ts';

/** What came of the steps that were started together. */
export interface FrontierResults {
  /** By step id; to be recorded whatever became of the other steps: these calls were made. */
  readonly results: ReadonlyMap<string, StepResult>;
  /** What to go on throwing once the results are recorded. Of several one is enough: the others come up when it is mended. */
  readonly thrown?: Error;
}

/** One step's failure does not stop its siblings, nor does a bug in it. */
export async function applyFrontier<S extends Step>(
  frontier: readonly S[],
  apply: (step: S) => Promise<StepResult>,
): Promise<FrontierResults> {
  const settled = await Promise.allSettled(
    frontier.map(async (step): Promise<[string, StepResult]> => {
      try {
        return [step.id, await apply(step)];
      } catch (thrown) {
        return [step.id, { kind: 'failed', failure: toFailure(thrown) }];
      }
    }),
  );
  const rejected = settled.find((result) => result.status === 'rejected');
  return {
    results: new Map(settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))),
    ...(rejected !== undefined && { thrown: ensureError(rejected.reason) }),
  };
}

/** The failures that an automation may decide by; anything else is a bug (or a lost lease) and goes on being thrown. */
export function toFailure(thrown: unknown): Failure {
  if (!(thrown instanceof AutomationError) || thrown instanceof LeaseLostError) throw thrown;
  const { code, retryAfterSeconds, waitingFor } = thrown.facts;
  return {
    kind: thrown.kind,
    message: waitingFor === undefined ? thrown.message : `${thrown.message} (waiting for ${waitingFor})`,
    ...(code !== undefined && { code }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}
