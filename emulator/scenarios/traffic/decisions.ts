/** Reads what was decided, as anybody may: from the status API. */
import { listOf, numberOf, textOf } from '../../delivery/json-fields.ts';
import type { JournalEntry } from '../../world/journal.ts';
import type { JsonMap } from '../../world/json.ts';

/** A size that was changed, and why. */
export interface Change {
  readonly atMs: number;
  /** `model/…` or `pool/…`. */
  readonly target: string;
  /** One sentence of the product's own. */
  readonly sentence: string;
}

/** As many as the ledger keeps at most: nothing is missed between two questions that are not further apart than that. */
const LIMIT = 12;

/** A call that a decision about sizes leads to. A cordon is the first call of a node that goes. */
export function isOfChange({ service, method, resource }: JournalEntry): boolean {
  if (service === 'kubernetes') return resource.endsWith('/scale') || resource.includes('/api/v1/nodes/');
  return method === 'setNodePoolSize' || method === 'deleteInstances';
}

export class DecisionReader {
  readonly #statusUrl: string;
  readonly #targets: readonly string[];
  /** When the latest decision that was told began, by target. */
  readonly #toldMs = new Map<string, number>();

  constructor(statusUrl: string, targets: readonly string[]) {
    this.#statusUrl = statusUrl;
    this.#targets = targets;
  }

  /** Changes since the last question, in order. */
  async news(): Promise<readonly Change[]> {
    const all = await Promise.all(this.#targets.map((target) => this.#newsOf(target)));
    return all.flat().sort((a, b) => a.atMs - b.atMs);
  }

  async #newsOf(target: string): Promise<readonly Change[]> {
    const answer = await ask(`${this.#statusUrl}/targets/${target}/decisions?limit=${LIMIT}`);
    const told = this.#toldMs.get(target) ?? 0;
    const records = (answer === undefined ? [] : listOf(answer, 'items'))
      .map((record) => ({ atMs: numberOf(record, 'fromMs') ?? 0, record }))
      .filter(({ atMs }) => atMs > told)
      .sort((a, b) => a.atMs - b.atMs);
    this.#toldMs.set(target, records.at(-1)?.atMs ?? told);
    return records.flatMap(({ atMs, record }) => sentencesOf(record).map((sentence) => ({ atMs, target, sentence })));
  }
}

/** Where the target is: phase and reason of the automation that looks after its size; undefined while nobody answers. */
export async function phaseOf(
  statusUrl: string,
  target: string,
): Promise<{ readonly phase: string; readonly reason: string } | undefined> {
  const answer = await ask(`${statusUrl}/targets/${target}`);
  const [row] = answer === undefined ? [] : listOf(answer, 'automations');
  return row && { phase: textOf(row, 'phase') ?? 'unknown', reason: textOf(row, 'reason') ?? '' };
}

/** What changed: of a model role by role, of a pool in all. Decisions to leave everything as it is are not told. */
function sentencesOf(record: JsonMap): readonly string[] {
  const [decision = {}] = listOf({ decisions: [record['decision'] ?? null] }, 'decisions');
  const roles = listOf(decision, 'roles');
  const moves = (of: JsonMap): boolean => ['up', 'down'].includes(textOf(of, 'action') ?? '');
  if (roles.length > 0) return roles.filter(moves).flatMap((role) => textOf(role, 'why') ?? []);
  return moves(decision) ? [textOf(decision, 'summary') ?? ''] : [];
}

/** Undefined while the functions are being replaced, or nothing is known of it. */
async function ask(url: string): Promise<JsonMap | undefined> {
  try {
    const response = await fetch(url);
    return response.ok ? ((await response.json()) as JsonMap) : undefined; // JSON of the status API
  } catch {
    // Nobody listens for a moment: the next question tells as much.
    return undefined;
  }
}
