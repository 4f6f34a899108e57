/** Decisions with their arithmetic, newest first. Pure; the terms are worded where they are made. */
import { describeTerm, limitText } from '#shared/domain/scaling/explain.ts';
import type { Decisions, RoleDecisionRow } from '../status-answers.ts';
import { type Line, plain, span } from '../text/line.ts';
import { alignCells } from '../text/table.ts';
import { formatInstant } from '#shared/domain/time-text.ts';

type Kept = Decisions['items'][number];

export function decisionLines({ target, items }: Decisions, context: string): readonly Line[] {
  const head: Line = [span(target, 'bold'), span(`  context ${context}`)];
  if (items.length === 0)
    return [head, plain('no decision is kept of it: nothing about it is sized, or nobody has looked yet')];
  return [head, ...items.flatMap((item) => [plain(''), ...itemLines(item)])];
}

function itemLines(item: Kept): readonly Line[] {
  const { decision, automation, fromMs } = item;
  return [
    [span(`${formatInstant(fromMs)}  `), span(decision.summary, 'bold')],
    [span(`  ${automation}${sameSince(item)}`, 'dim')],
    ...(decision.remarks ?? []).map((remark) => [span(`  ${remark}`, 'yellow')]),
    ...(decision.roles ?? []).flatMap(roleLines),
    ...(decision.terms ?? []).map((term) => plain(`  ${describeTerm(term)}`)),
  ];
}

/** Every look decides; what is told once is told with how often. */
function sameSince({ looks, atMs }: Kept): string {
  return looks === 1 ? ', one look' : `, ${looks} looks, the last ${formatInstant(atMs)}`;
}

/** With the code under which the README of shared/domain/scaling says what to do about it. */
function limitedByText(code: string): string {
  const text = limitText(code);
  return text === code ? code : `${text} (${code})`;
}

function roleLines({
  role,
  fromReplicas,
  desiredReplicas,
  action,
  limitedBy,
  why,
  terms,
}: RoleDecisionRow): readonly Line[] {
  const facts: readonly (readonly [string, string])[] = [
    ['why', why],
    ...(limitedBy === undefined ? [] : [['limited by', limitedByText(limitedBy)] as const]),
    ...terms.map((term, index) => [index === 0 ? 'terms' : '', describeTerm(term)] as const),
  ];
  return [
    [span(`  ${role}`, 'bold'), span(`  ${fromReplicas} → ${desiredReplicas}  ${action}`)],
    ...alignCells(facts.map(([name, text]) => [span(`    ${name}`), span(text)])),
  ];
}
