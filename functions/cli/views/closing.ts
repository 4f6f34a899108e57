/** The last words about a target that was followed to its end. Pure. */
import type { Progress } from '#shared/domain/progress.ts';
import type { Target } from '../status-answers.ts';
import { type Line, plain, span } from '../text/line.ts';
import { alignCells } from '../text/table.ts';
import { formatDuration, formatInstant } from '#shared/domain/time-text.ts';
import { elapsedOf } from './frame.ts';
import { type Ending, leadingAutomation, phaseClause, phaseStyle } from './phase.ts';
import { counted } from '#shared/domain/counted.ts';

/** What a user can type next. */
export interface Hints {
  /** How the user calls us. */
  readonly program: string;
  /** Of the document; undefined: the user knows which. */
  readonly file: string | undefined;
}

/** `hints`: undefined: nobody is to be told what to try next. */
export function closingLines(target: Target, ending: Ending, hints: Hints | undefined): readonly Line[] {
  const reason = leadingAutomation(target)?.reason ?? '';
  const [first = '', ...more] = `${phaseClause(ending)}: ${reason}`.split('\n');
  return [
    [span(target.target, 'bold'), span(' '), span(first, phaseStyle(ending))],
    ...more.map((text) => plain(`  ${text}`)),
    ...(ending === 'ready' ? builtLines(target) : notBuiltLines(target)),
    ...(hints === undefined ? [] : hintLines(commandsToTry(target, ending, hints))),
  ];
}

function hintLines(commands: readonly string[]): readonly Line[] {
  return [plain(''), plain('Try'), ...commands.map((command) => plain(`  ${command}`))];
}

/** From the report, which counts what was observed in the cluster and not what was asked for. */
function builtLines({ details }: Target): readonly Line[] {
  return [
    plain(''),
    ...alignCells(details.flatMap((progress) => summaryRows(progress).map((row) => row.map((text) => span(text))))),
  ];
}

/** What stands costs money although it is not finished. */
function notBuiltLines(target: Target): readonly Line[] {
  const steps = target.details.flatMap((progress) => Object.values(progress.steps));
  const standing = steps.filter(({ state }) => state === 'done').length;
  const took = Math.max(0, ...target.details.map(({ startedAtMs, lookedAtMs }) => lookedAtMs - startedAtMs));
  return [
    plain(''),
    plain(`${standingText(standing, steps.length)}, after ${formatDuration(took)} of world time.`),
    plain(`Next: ${leadingAutomation(target)?.next ?? 'a first look at the world'}`),
  ];
}

function standingText(standing: number, all: number): string {
  const of = `of ${counted(all, 'step')}`;
  if (standing === 0) return `None ${of} is done`;
  return standing === 1 ? `1 ${of} stands and is left as it is` : `${standing} ${of} stand and are left as they are`;
}

/** Plurals; what is not here is named after its field. */
const labels: Readonly<Record<string, string>> = {
  subnetworks: 'subnets',
  nodePools: 'node pools',
  gpuNodes: 'GPU nodes',
  gpus: 'GPUs',
  rdmaNics: 'RDMA NICs',
  objects: 'in-cluster objects',
};

function summaryRows(progress: Progress): readonly (readonly string[])[] {
  // An automation that reports nothing has built nothing to count or to pay for.
  if (progress.report === undefined) return [];
  const { usdPerHour, ...counts } = progress.report;
  const built = Object.entries(counts).flatMap(([field, count]) =>
    typeof count === 'number' ? [`${count} ${countedNoun(count, labels[field] ?? field)}`] : [],
  );
  return [
    ...inRows(built, 4).map((row, index) => [index === 0 ? 'Built' : '', row]),
    ['Took', `${formatDuration(elapsedOf(progress))} of world time`],
    [
      'Costs',
      typeof usdPerHour === 'number' ? `${usdPerHour.toFixed(2)} USD per hour${sinceWhen(progress)}` : 'unknown',
    ],
  ];
}

/** Pools are resized after the build: their owners may have changed the sizes since somebody looked. */
function sinceWhen({ endedAtMs, lookedAtMs }: Progress): string {
  const isOfBuild = endedAtMs === undefined || lookedAtMs <= endedAtMs;
  return isOfBuild ? '' : `, as seen at the last look (${formatInstant(lookedAtMs)})`;
}

/** All our plurals end in s: `1 router`, `2 routers`. */
function countedNoun(count: number, plural: string): string {
  return count === 1 ? plural.replace(/s$/, '') : plural;
}

function inRows(items: readonly string[], perRow: number): readonly string[] {
  const rows = Map.groupBy(items.entries(), ([index]) => Math.floor(index / perRow));
  return [...rows.values()].map((row) => row.map(([, item]) => item).join(', '));
}

/** Whole command lines, to be copied. */
function commandsToTry(target: Target, ending: Ending, { program, file = 'FILE' }: Hints): readonly string[] {
  const describe = `${program} describe ${target.target}`;
  const plan = `${program} plan -f ${file}`;
  if (ending !== 'ready') return [describe, plan, `${program} apply -f ${file}`];
  return [describe, `eval "$(${program} env)" && kubectl get nodes`, plan];
}
