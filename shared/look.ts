/** One look: what is wanted, what is there, what is to be done; and the doing of what can be done now. Each part is recorded at once. */
import type { ApplyContext, Automation, LoopPorts, Subject } from './automation-contract.ts';
import { applyFrontier, toFailure } from './apply-frontier.ts';
import { logDecision, logResults } from './decision-log.ts';
import { pausePlan } from './domain/controls.ts';
import { adoptDocument, type Progress, recordBlindLook, recordPlan, recordResults } from './domain/progress.ts';
import { retryAfter } from './domain/retry.ts';
import type { Failure, Step, StepResult } from './domain/step.ts';
import type { Lease } from './lease.ts';
import type { DocumentRecord } from './ledger/records.ts';
import { withinLookLimit } from './look-limit.ts';
import { readControls, readForLook, readWanted, recordProgress, startProgress } from './progress-store.ts';

/** `again`: a frontier was applied, so the world has changed under our hands and is looked at anew. */
export type Look =
  | 'nothingWanted'
  | 'again'
  | { readonly progress: Progress; readonly recheckAfterSeconds: number | undefined };

/** When the target is to be looked at again, Unix ms; undefined: only when somebody wakes it. */
export function nextCheck(look: Look, nowMs: number): number | undefined {
  if (look === 'nothingWanted') return undefined;
  // Out of budget in the middle of the work: go on in the next delivery, now.
  if (look === 'again') return nowMs;
  return look.recheckAfterSeconds === undefined ? undefined : nowMs + look.recheckAfterSeconds * 1000;
}

/** Throws what is a bug, once the results of what was applied are recorded; and `LeaseLostError`. */
export async function lookOnce<Observed, S extends Step, Ports extends LoopPorts>(
  automation: Automation<Observed, S, Ports>,
  ports: Ports,
  lease: Lease,
): Promise<Look> {
  const records = await readForLook(ports.ledger, lease.wake);
  const wanted = await readWanted(records, lease.wake.target);
  if (wanted === undefined) return 'nothingWanted';
  const nowMs = ports.clock.nowMs();
  const progress = adoptDocument(await startProgress(records, lease.wake, wanted), wanted.sequence, nowMs);
  const controls = await readControls(records, wanted.target, nowMs);
  const subject: Subject = { ...aboutOf(wanted, progress), controls, nowMs };
  let observed: Observed;
  try {
    observed = await withinLookLimit(() => automation.observe(subject, ports));
  } catch (thrown) {
    return await lookBlindly(ports, { lease, progress }, toFailure(thrown));
  }
  const plan = pausePlan(automation.plan(subject, observed), controls, subject.target);
  const planned = recordPlan(progress, plan, ports.clock.nowMs());
  logDecision(ports.log, progress, planned);
  await recordProgress({ ledger: ports.ledger, lease }, planned, { beforeLook: false });
  const { recheckAfterSeconds } = plan;
  const frontier = plan.steps.filter(({ status }) => status.state === 'ready').map(({ step }) => step);
  if (frontier.length === 0) return { progress: planned, recheckAfterSeconds };
  const context: ApplyContext = {
    subject,
    fence: () => lease.fence(),
    guard: (transaction) => lease.guard(transaction),
  };
  const applied = await applyAll(ports, { lease, planned, frontier }, (step) => automation.apply(step, context, ports));
  return applied === 'again' ? applied : { progress: applied, recheckAfterSeconds };
}

function aboutOf({ target, document, sequence }: DocumentRecord, { buildId, steps, carry }: Progress) {
  return { target, wanted: document, sequence, buildId, memory: steps, ...(carry !== undefined && { carry }) };
}

/** Where every answer shows its end state, another look would learn nothing new: then the record is what is known. */
async function applyAll<S extends Step>(
  ports: LoopPorts,
  { lease, planned, frontier }: { readonly lease: Lease; readonly planned: Progress; readonly frontier: readonly S[] },
  apply: (step: S) => Promise<StepResult>,
): Promise<Progress | 'again'> {
  const { results, thrown } = await applyFrontier(frontier, apply);
  logResults(ports.log, planned, results);
  const applied = recordResults(planned, results, ports.clock.nowMs());
  const isSettled = frontier.every(({ id }) => results.get(id)?.kind === 'done');
  const held = { ledger: ports.ledger, lease };
  await recordProgress(held, applied, { beforeLook: thrown === undefined && !isSettled });
  if (thrown !== undefined) throw thrown;
  return isSettled ? applied : 'again';
}

async function lookBlindly(
  ports: LoopPorts,
  held: { readonly lease: Lease; readonly progress: Progress },
  failure: Failure,
): Promise<Look> {
  const progress = recordBlindLook(held.progress, failure, ports.clock.nowMs());
  await recordProgress({ ledger: ports.ledger, lease: held.lease }, progress, { beforeLook: false });
  return { progress, recheckAfterSeconds: Math.max(1, retryAfter(failure, progress.blindLooks).afterSeconds) };
}
