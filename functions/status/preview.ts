/** What a document would do if it were published now. Reads the world, changes nothing. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { type FleetDocument, formatProblem, formatProblems, parseDocument, targetOf } from '#shared/documents/index.ts';
import { textAt } from '#shared/domain/compare.ts';
import { type JsonObject, toPlainJson } from '#shared/domain/json.ts';
import type { Problem } from '#shared/domain/problem.ts';
import { buildIdOf } from '#shared/domain/request-id.ts';
import { CLUSTER_GONE } from '#shared/domain/standing-place.ts';
import type { Plan, PlannedStep, Step } from '#shared/domain/step.ts';
import { AutomationError, type FailureKind } from '#shared/errors.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import { Progress, progressKey } from '#shared/ledger/records.ts';
import { readControls } from '#shared/progress-store.ts';
import type { LoopPorts } from '#shared/automation.ts';
import type { BoundAutomation } from '../automation-door.ts';
import type { DoorReply } from '../door.ts';
import { foretellRefusal } from '../objections.ts';
import { automations } from '../registry.ts';
import type { Runtime } from '../runtime.ts';
import { findCluster, notBuiltYet, noSuchCluster } from './find-cluster.ts';
import { previewService } from './service-preview.ts';

/** Failures that the next attempt may not meet: a plan made of them would be about the moment. */
const passing: readonly FailureKind[] = ['transient', 'capacity'];

/**
 * 400 with every problem, 409 where intake would refuse it, 502 where the world cannot be read just now, else a plan per automation
 * that the document concerns, and what keeps it from working besides the steps.
 */
export async function previewDocument(runtime: Runtime, body: unknown): Promise<DoorReply> {
  const parsed = parseDocument(body, catalogue);
  if (!parsed.ok) return invalid(parsed.problems);
  const { document } = parsed;
  const loop = await runtime.begin();
  const problems = await foretellRefusal(loop.ledger, document);
  if (problems.length > 0) return { status: 409, body: { error: 'the document would be refused', problems } };
  try {
    const concerned = Object.entries(automations).filter(([, { kinds }]) => kinds.includes(document.kind));
    const looks = await Promise.all(
      concerned.map(async ([name, door]) => await look(await door.bind(runtime), { name, document, loop })),
    );
    const service = await previewService(loop.ledger, document);
    const plans = looks.map(({ plan }) => plan);
    const found = looks.flatMap((one) => one.problems);
    return { status: 200, body: { target: targetOf(document), ...service, plans, problems: found } };
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    const error = `the world could not be read: ${thrown.message}`;
    return { status: 502, body: { error, failureKind: thrown.kind } };
  }
}

export function invalid(problems: readonly Problem[]): DoorReply {
  return { status: 400, body: { error: 'the document is not valid', problems: formatProblems(problems) } };
}

interface Look {
  readonly plan: JsonObject;
  /** One line each. Problems of single steps stand with their steps. */
  readonly problems: readonly string[];
}

interface About {
  readonly name: string;
  readonly document: FleetDocument;
  readonly loop: LoopPorts;
}

async function look(bound: BoundAutomation, about: About): Promise<Look> {
  const { name: automation, document, loop } = about;
  try {
    const plan = await preview(bound, about);
    const { phase, reason, next, steps, report = plan.foreseen?.report } = plan;
    const row = { automation, phase, reason, next, steps: steps.map(toRow), ...(report !== undefined && { report }) };
    if (document.kind === 'ModelService' && textAt(report, 'cluster') === CLUSTER_GONE) {
      const known = await findCluster(loop.ledger, document);
      if (known.isDeclared) return { plan: { ...row, phase: 'pending', reason: notBuiltYet(document) }, problems: [] };
      return { plan: row, problems: [formatProblem(noSuchCluster(document, known))] };
    }
    return { plan: row, problems: (plan.foreseen?.problems ?? []).map(formatProblem) };
  } catch (thrown) {
    if (!(thrown instanceof AutomationError) || passing.includes(thrown.kind)) throw thrown;
    return unread(automation, thrown);
  }
}

/** What was read of the ledger is worth showing without the world; a cluster that is being made is no problem, only early. */
function unread(automation: string, { kind, message }: AutomationError): Look {
  const plan = { automation, phase: 'holding', reason: message, steps: [] };
  if (kind === 'busy') return { plan: { ...plan, next: 'it is looked at once that is over' }, problems: [] };
  const advice =
    kind === 'auth' ? '; check the permissions of the service account that the functions run as (infra/README.md)' : '';
  return {
    plan: { ...plan, next: 'a person mends that; then plan again' },
    problems: [`the world could not be read: ${message}${advice}`],
  };
}

async function preview(bound: BoundAutomation, { name: automation, document, loop }: About): Promise<Plan<Step>> {
  const target = targetOf(document);
  const standing = await readRecord(loop.ledger, progressKey({ automation, target }), Progress);
  const subject = {
    target,
    wanted: { ...document },
    sequence: (standing?.sequence ?? 0) + 1,
    buildId: standing?.buildId ?? buildIdOf({ automation, target }),
    memory: standing?.steps ?? {},
    ...(standing?.carry !== undefined && { carry: standing.carry }),
    controls: await readControls(loop.ledger, target, loop.clock.nowMs()),
    nowMs: loop.clock.nowMs(),
  };
  return await bound.preview(subject, loop);
}

/** The step as it is, its request bodies included, and where it stands. */
function toRow({ step, status }: PlannedStep<Step>): JsonObject {
  return toPlainJson({ ...step, status });
}
