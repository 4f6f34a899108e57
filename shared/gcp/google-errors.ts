/** The one place that decides what an error of Google means for us: pure, by the table of google-error-rows.ts. */
import { AutomationError, type FailureKind } from '../errors.ts';
import { type GoogleErrorFacts, readGoogleError } from './google-error-facts.ts';
import type { GoogleErrorRow } from './google-error-row.ts';
import { googleErrorRows } from './google-error-rows.ts';

export interface GoogleFailure {
  readonly kind: FailureKind;
  readonly code?: string;
  readonly retryAfterSeconds?: number;
  readonly waitingFor?: string;
}

/** What no row knows is `permanent`: repeating a call is only right where the error itself says so. */
export function classifyGoogleError(facts: GoogleErrorFacts): GoogleFailure {
  const row = googleErrorRowOf(facts);
  const code = row?.code ?? codeOf(facts);
  const waitingFor = row === undefined ? undefined : fillIn(row, facts.text);
  const retryAfterSeconds = facts.retryAfterSeconds ?? row?.retryAfterSeconds;
  return {
    kind: row?.kind ?? 'permanent',
    ...(code !== undefined && { code }),
    ...(waitingFor !== undefined && { waitingFor }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
}

/** The row that decides; undefined if none knows the error. */
export function googleErrorRowOf(facts: GoogleErrorFacts): GoogleErrorRow | undefined {
  return googleErrorRows.find(({ when }) => matches(when, facts));
}

/** What a client threw, as the error that crosses our ports. `doing` is a gerund with its object: `creating subnet a`. */
export function toAutomationError(doing: string, thrown: unknown): AutomationError {
  if (thrown instanceof AutomationError) return thrown;
  const facts = readGoogleError(thrown);
  const { kind, ...details } = classifyGoogleError(facts);
  return new AutomationError(kind, `${doing}: ${facts.text}`, details, { cause: thrown });
}

// From "nothing but a person helps" to "it may pass by itself": an operation is as bad as its worst error.
const worstFirst: readonly FailureKind[] = [
  'permanent',
  'quota',
  'auth',
  'capacity',
  'gone',
  'exists',
  'busy',
  'transient',
];

/** The errors of one operation as one error; all their texts, the kind of the worst. */
export function toOperationError(doing: string, errors: readonly GoogleErrorFacts[], cause: unknown): AutomationError {
  const failures = errors
    .map(classifyGoogleError)
    .toSorted((a, b) => worstFirst.indexOf(a.kind) - worstFirst.indexOf(b.kind));
  const { kind, ...details } = failures[0] ?? { kind: 'permanent' as const };
  const text = errors.map((error) => error.text).join('; ');
  return new AutomationError(kind, `${doing}: ${text === '' ? 'it failed without saying why' : text}`, details, {
    cause,
  });
}

function matches({ sign, text, ...status }: GoogleErrorRow['when'], facts: GoogleErrorFacts): boolean {
  if (sign !== undefined && ![...facts.reasons, facts.text].some((words) => sign.test(words))) return false;
  if (text !== undefined && !text.test(facts.text)) return false;
  return hasStatus(status, facts);
}

function hasStatus(
  when: Pick<GoogleErrorRow['when'], 'canonical' | 'http' | 'system'>,
  facts: GoogleErrorFacts,
): boolean {
  const { canonical, httpStatus, systemCode } = facts;
  if (when.canonical !== undefined && !when.canonical.includes(canonical ?? '')) return false;
  // A canonical code says more than the HTTP status that carries it.
  if (when.http !== undefined && (canonical !== undefined || !when.http.includes(httpStatus ?? 0))) return false;
  return when.system === undefined || when.system.test(systemCode ?? '');
}

function fillIn(row: GoogleErrorRow, text: string): string | undefined {
  return row.waitingFor?.replace('$1', row.when.text?.exec(text)?.[1] ?? '');
}

function codeOf({ reasons, canonical, systemCode, httpStatus }: GoogleErrorFacts): string | undefined {
  return reasons[0] ?? canonical ?? systemCode ?? (httpStatus === undefined ? undefined : `HTTP_${httpStatus}`);
}
