/** What a document would do if it were published now. Reads the world, changes nothing. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblems, parseDocument, targetOf } from '#shared/documents/index.ts';
import { type JsonObject, toPlainJson } from '#shared/domain/json.ts';
import type { Problem } from '#shared/domain/problem.ts';
import { buildIdOf } from '#shared/domain/request-id.ts';
import type { PlannedStep, Step } from '#shared/domain/step.ts';
import { AutomationError } from '#shared/errors.ts';
import { readRecord } from '#shared/ledger/read-records.ts';
import { Progress, progressKey } from '#shared/ledger/records.ts';
import type { Ledger } from '#shared/ports/ledger.ts';
import { readControls } from '#shared/progress-store.ts';
import type { LoopPorts } from '#shared/automation.ts';
import type { BoundAutomation } from '../automation-door.ts';
import type { DoorReply } from '../door.ts';
import { foretellRefusal } from '../objections.ts';
import { automations } from '../registry.ts';
import type { Runtime } from '../runtime.ts';
import { previewService } from './service-preview.ts';

/**
 * 400 with every problem, 409 where intake would refuse it, 502 where the world cannot be read, else a plan per automation that the
 * document concerns.
 */
export async function previewDocument(runtime: Runtime, body: unknown): Promise<DoorReply> {
  const parsed = parseDocument(body, catalogue);
  if (!parsed.ok) return invalid(parsed.problems);
  const wanted: Wanted = { target: targetOf(parsed.document), document: { ...parsed.document } };
  const loop = await runtime.begin();
  const problems = await foretellRefusal(loop.ledger, parsed.document);
  if (problems.length > 0) return { status: 409, body: { error: 'the document would be refused', problems } };
  try {
    const concerned = Object.entries(automations).filter(([, { kinds }]) => kinds.includes(parsed.document.kind));
    const plans = await Promise.all(
      concerned.map(async ([name, door]) => await preview(await door.bind(runtime), { name, wanted, loop })),
    );
    const service = await previewService(loop.ledger, parsed.document);
    return { status: 200, body: { target: wanted.target, ...service, plans } };
  } catch (thrown) {
    if (!(thrown instanceof AutomationError)) throw thrown;
    const error = `the world could not be read: ${thrown.message}`;
    return { status: 502, body: { error, failureKind: thrown.kind } };
  }
}

function invalid(problems: readonly Problem[]): DoorReply {
  return { status: 400, body: { error: 'the document is not valid', problems: formatProblems(problems) } };
}

/** What intake would say of the document if it were published now: reads the ledger only, so that whoever publishes can ask first. */
export async function checkDocument(ledger: Ledger, body: unknown): Promise<DoorReply> {
  const parsed = parseDocument(body, catalogue);
  if (!parsed.ok) return invalid(parsed.problems);
  const problems = await foretellRefusal(ledger, parsed.document);
  return { status: 200, body: { target: targetOf(parsed.document), problems } };
}

interface Wanted {
  readonly target: string;
  readonly document: JsonObject;
}

async function preview(
  bound: BoundAutomation,
  about: { readonly name: string; readonly wanted: Wanted; readonly loop: LoopPorts },
): Promise<JsonObject> {
  const { name: automation, wanted, loop } = about;
  const { target, document } = wanted;
  const standing = await readRecord(loop.ledger, progressKey({ automation, target }), Progress);
  const subject = {
    target,
    wanted: document,
    sequence: (standing?.sequence ?? 0) + 1,
    buildId: standing?.buildId ?? buildIdOf({ automation, target }),
    memory: standing?.steps ?? {},
    ...(standing?.carry !== undefined && { carry: standing.carry }),
    controls: await readControls(loop.ledger, target, loop.clock.nowMs()),
    nowMs: loop.clock.nowMs(),
  };
  const { phase, reason, next, steps, report } = await bound.preview(subject, loop);
  return { automation, phase, reason, next, steps: steps.map(toRow), ...(report !== undefined && { report }) };
}

/** The step as it is, its request bodies included, and where it stands. */
function toRow({ step, status }: PlannedStep<Step>): JsonObject {
  return toPlainJson({ ...step, status });
}
