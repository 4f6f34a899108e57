/** What a document would do, step by step against the world as it is. Pure. */
import type { PlanAnswer, PlanStep } from '../status-answers.ts';
import { counted } from '#shared/domain/counted.ts';
import { type Line, plain, type Span, span } from '../text/line.ts';
import { alignCells } from '../text/table.ts';
import { servicePlanLines } from './service-plan.ts';

type Plan = PlanAnswer['plans'][number];

export interface PlanCount {
  /** Steps with a request that would be sent, now or after their prerequisites. */
  readonly create: number;
  /** Steps that set something to another size. */
  readonly change: number;
  /** Somebody, usually an earlier run of ours, is creating it. */
  readonly underWay: number;
  /** There and as wanted: left alone. */
  readonly standing: number;
  /** Single problems, of which one step may have several. */
  readonly problems: number;
}

export function countPlan({ plans, problems = [] }: PlanAnswer): PlanCount {
  const steps = plans.flatMap((plan) => plan.steps);
  const created = steps.filter(creates);
  const among = (rows: readonly PlanStep[], ...states: string[]) =>
    rows.filter(({ status }) => states.includes(status.state));
  return {
    create: among(created, 'ready', 'waiting').length,
    change: among(steps.filter(changes), 'ready', 'waiting').length,
    underWay: among(created, 'running').length,
    standing: among(created, 'done').length,
    // The checks report all their problems at once, one a line.
    problems: among(steps, 'failed').reduce((sum, step) => sum + problemLines(step).length, problems.length),
  };
}

export interface PlanOptions {
  readonly context: string;
  readonly showsBodies: boolean;
}

export function planLines(answer: PlanAnswer, { context, showsBodies }: PlanOptions): readonly Line[] {
  return [
    ...answer.plans.flatMap((plan) => [
      [span(answer.target, 'bold'), span(`  by ${plan.automation}, context ${context}`)],
      plain(''),
      ...(answer.service === undefined
        ? [...stepLines(plan, showsBodies), plain(''), plain(priceText(plan))]
        : servicePlanLines(answer.service, { plan, pools: answer.pools ?? [], steps: stepLines(plan, showsBodies) })),
    ]),
    ...(answer.problems ?? []).map((problem) => [span(`problem: ${problem}`, 'red')]),
    plain(`${countText(answer)}. Nothing was changed.`),
  ];
}

/** Of a service nothing is ever created. */
function countText(answer: PlanAnswer): string {
  const { create, change, underWay, standing, problems } = countPlan(answer);
  const found = counted(problems, 'problem');
  if (answer.service !== undefined) return `${counted(change, 'change')} to make now, ${found}`;
  const midway = underWay === 0 ? '' : `${underWay} under way, `;
  return `${create} to create, ${midway}${standing} standing, ${found}`;
}

function stepLines({ steps }: Plan, showsBodies: boolean): readonly Line[] {
  // Aligned as a whole first, so that bodies in between do not widen the columns.
  const rows = alignCells(steps.map((step, index) => toCells(step, index, steps.length)));
  return steps.flatMap((step, index) => [
    ...rows.slice(index, index + 1),
    ...moreProblems(step),
    ...(showsBodies ? bodyLines(step) : []),
  ]);
}

function toCells(step: PlanStep, index: number, inAll: number): readonly Span[] {
  const number = `${index + 1}`.padStart(`${inAll}`.length + 2);
  const { status } = step;
  const [first = ''] = status.state === 'failed' ? problemLines(step) : [status.reason ?? ''];
  return [span(number), stateSpan(step), span(step.title), span(first, status.state === 'failed' ? 'red' : 'dim')];
}

/** `passed` and `check` are for steps that create nothing. */
function stateSpan(step: PlanStep): Span {
  switch (step.status.state) {
    case 'done':
      return span(creates(step) ? 'stands' : 'passed', 'green');
    case 'running':
      return span('under way', 'cyan');
    case 'failed':
      return span('problem', 'red');
    default:
      if (changes(step)) return span('change', 'bold');
      return creates(step) ? span('create', 'bold') : span('check');
  }
}

/** A step without a request only looks: checks before, readiness after. */
function creates({ body, objects }: PlanStep): boolean {
  return body !== undefined || objects !== undefined;
}

/** Kinds of steps that set a size, or ask for one, instead of creating something. */
function changes({ kind }: PlanStep): boolean {
  return kind === 'scale' || kind === 'demand';
}

function problemLines({ status }: PlanStep): readonly string[] {
  return (status.failure?.message ?? status.reason ?? 'no reason given').split('\n');
}

/** The first one stands in the table. */
function moreProblems(step: PlanStep): readonly Line[] {
  if (step.status.state !== 'failed') return [];
  return problemLines(step)
    .slice(1)
    .map((problem) => [span(`      ${problem}`, 'red')]);
}

/** As JSON, because that is what is sent. */
function bodyLines({ body, objects }: PlanStep): readonly Line[] {
  return [...(body === undefined ? [] : [body]), ...(objects ?? [])]
    .flatMap((request) => JSON.stringify(request, undefined, 2).split('\n'))
    .map((text) => plain(`      ${text}`));
}

/** Unknown is not zero: a sum with an unknown part is not shown as a price. */
function priceText({ report }: Plan): string {
  const usdPerHour = report?.['usdPerHour'];
  return typeof usdPerHour === 'number' ? `Price: ${usdPerHour.toFixed(2)} USD per hour` : 'Price: unknown';
}
