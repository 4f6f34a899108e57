/** Findings in manifests, as lines. Pure. */
import type { Check, Severity } from '#manifests/checks/check.ts';
import { counted } from '#shared/domain/counted.ts';
import { type Line, plain, span, type Style } from '../text/line.ts';
import { toTable } from '../text/table.ts';

export interface CheckAnswer {
  readonly file: string;
  readonly objects: number;
  /** Containers that serve a model. */
  readonly servers: number;
  readonly findings: readonly ToldFinding[];
}

export interface ToldFinding {
  readonly file: string;
  readonly line: number;
  readonly severity: Severity;
  readonly rule: string;
  /** Absent: the text is no YAML. */
  readonly object?: string;
  readonly path?: string;
  readonly message: string;
  readonly fix: string;
}

const styles: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', note: 'cyan' };

/** Of what is no YAML. */
export const unreadableRule = 'readable';

/** `FILE:LINE:` first, as compilers have it, so that editors find the place. What cannot be read is no finding: `unreadableLines`. */
export function checkLines(answer: CheckAnswer): readonly Line[] {
  const found = answer.findings.filter(({ rule }) => rule !== unreadableRule);
  return [...found.flatMap(findingLines), [span(closing(answer), 'bold')]];
}

export function unreadableLines({ findings }: CheckAnswer): readonly Line[] {
  return findings.filter(({ rule }) => rule === unreadableRule).flatMap(findingLines);
}

/** The file has nothing that could be looked at. */
export function isNothing({ objects, findings }: CheckAnswer): boolean {
  return objects === 0 && findings.length === 0;
}

/** What a document of ours is, and what to do with it instead. */
export function ownDocument(kind: unknown, path: string): string {
  if (kind === 'ServingStack') return `this is a ServingStack: inferctl render -f ${path} | inferctl check -f -`;
  return `this is a ${String(kind)} of the fleet and no Kubernetes object: inferctl validate -f ${path}`;
}

function findingLines({ file, line, severity, rule, object, path, message, fix }: ToldFinding): readonly Line[] {
  const where = object === undefined ? [] : [plain(`    in: ${object}  ${path ?? ''}`)];
  return [
    [span(`${file}:${line}: `), span(severity, styles[severity]), span(` ${rule}: ${message}`)],
    ...where,
    plain(`    fix: ${fix}`),
  ];
}

function closing(answer: CheckAnswer): string {
  const { file, objects, servers, findings } = answer;
  if (isNothing(answer)) return `${file}: there is no Kubernetes object in it`;
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const found =
    findings.length === 0
      ? 'nothing found'
      : `${counted(count('error'), 'error')}, ${counted(count('warning'), 'warning')}`;
  // Without a server most checks have nothing to look at, which is not the same as being right.
  const served = servers === 0 ? 'nothing that serves a model' : counted(servers, 'model server');
  return `${file}: ${found} in ${counted(objects, 'object')}, ${served}`;
}

/** What is looked for; the source is in `-o json`. */
export function checkTable(checks: readonly Pick<Check, 'id' | 'severity' | 'title'>[]): readonly Line[] {
  return toTable(
    ['CHECK', 'SEVERITY', 'WHAT HOLDS'],
    checks.map(({ id, severity, title }) => [span(id), span(severity, styles[severity]), span(title)]),
  );
}
