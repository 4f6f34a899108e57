/** What a document would do if it were published now. Reads the world, changes nothing. */
import { catalogue } from '#manifests/catalogue/index.ts';
import { formatProblem, parseDocument, targetOf } from '#shared/documents/index.ts';
import type { JsonObject } from '#shared/domain/json.ts';
import { buildIdOf } from '#shared/domain/request-id.ts';
import type { PlannedStep, Step } from '#shared/domain/step.ts';
import { AutomationError } from '#shared/errors.ts';
import { Progress, progressKey } from '#shared/ledger/records.ts';
import type { DoorReply } from '../door.ts';
import { automations, concernedBy } from '../registry.ts';
import type { Runtime } from '../runtime.ts';

export async function previewDocument(runtime: Runtime, body: unknown): Promise<DoorReply> {
  const parsed = parseDocument(body, catalogue);
  if (!parsed.ok) return { status: 400, body: { error: 'the document is not valid', problems: parsed.problems.map(formatProblem) } };
  const loop = await runtime.begin();
  const target = targetOf(parsed.document);
  const plans: JsonObject[] = [];
  for (const automation of concernedBy(parsed.document.kind)) {
    const stored = await loop.ledger.get(progressKey({ automation, target }));
    const progress = stored === undefined ? undefined : Progress.parse(stored);
    const bound = await automations[automation]?.bind(runtime);
    if (bound === undefined) continue;
    const subject = {
      target,
      wanted: { ...parsed.document },
      sequence: (progress?.sequence ?? 0) + 1,
      buildId: progress?.buildId ?? buildIdOf({ automation, target }),
      memory: progress?.steps ?? {},
      nowMs: loop.clock.nowMs(),
    };
    try {
      const { phase, reason, next, steps, report } = await bound.preview(subject, loop);
      plans.push({ automation, phase, reason, next, steps: steps.map(toRow), ...(report !== undefined && { report }) });
    } catch (thrown) {
      if (!(thrown instanceof AutomationError)) throw thrown;
      return { status: 502, body: { error: `the world could not be read: ${thrown.message}`, failureKind: thrown.kind } };
    }
  }
  return { status: 200, body: { target, plans } };
}

/** The step as it is, its request bodies included, and where it stands. */
function toRow({ step, status }: PlannedStep<Step>): JsonObject {
  return JSON.parse(JSON.stringify({ ...step, status })) as JsonObject; // plain data by contract: see Step
}
