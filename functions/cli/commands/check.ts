/** Runs the named checks over anybody's manifests. Needs no connection. */
import type { Check, Finding } from '#manifests/checks/check.ts';
import type { CheckFacts } from '#manifests/checks/check-facts.ts';
import { inspectObjects } from '#manifests/checks/check-objects.ts';
import { checks } from '#manifests/checks/checks.ts';
import { formatPath } from '#manifests/checks/place.ts';
import { API_VERSION } from '#shared/domain/document.ts';
import { type Command, fileOption, formatOf, type Invocation, outputOption } from '../command.ts';
import { readFileOption } from '../documents.ts';
import { CliError, type ExitCode, exitCodes, usageError } from '../exit.ts';
import { type Io, isColoured } from '../io.ts';
import { type ManifestFile, readManifests } from '../manifest-file.ts';
import { formatStructured } from '../output.ts';
import { typable } from '../program.ts';
import { renderLines } from '../text/line.ts';
import {
  type CheckAnswer,
  checkLines,
  checkTable,
  isNothing,
  ownDocument,
  type ToldFinding,
  unreadableLines,
  unreadableRule,
} from '../views/check.ts';

export const check: Command = {
  name: 'check',
  summary: 'look for known mistakes in Kubernetes manifests that serve a model; needs no connection',
  usage: '-f FILE [--spare-gpus N] [-o json|yaml] | --list [-o json|yaml]',
  maxPositionals: 0,
  options: {
    file: { ...fileOption, summary: 'Kubernetes objects, YAML or JSON; - reads standard input' },
    'spare-gpus': { value: 'N', summary: 'GPUs that are free during a rollout; left out: surge is not judged' },
    list: { summary: 'print the checks instead' },
    output: outputOption,
  },
  notes: [
    'The manifests may be anybody’s, of any kind that holds pods: Deployments, LeaderWorkerSets, RayServices, … Each finding has its line,',
    'severity, rule and fix. Nothing is said about what is not in the file. What cannot be read is told on standard error.',
    'Exit codes: 0 nothing, or warnings and notes alone; 2 errors were found, a part cannot be read, or there is nothing to check.',
  ],
  examples: [
    ['inferctl check -f vllm.yaml', 'every finding, by line'],
    ['kubectl get deploy,svc -o yaml | inferctl check -f -', 'what runs already'],
    ['inferctl check --list', 'what is looked for, and why'],
  ],
  async run(invocation) {
    const { io } = invocation;
    const format = formatOf(invocation);
    if (invocation.flag('list')) {
      const list = checks.map(({ id, severity, title, source }: Check) => ({ id, severity, title, source }));
      io.out(
        format === undefined
          ? renderLines(checkTable(list), { isColoured: isColoured(io) })
          : formatStructured(list, format),
      );
      return exitCodes.ok;
    }
    const { name, text } = await readFileOption(invocation);
    const manifests = readManifests(text);
    tellOwnDocuments(invocation, name, manifests);
    const answer = answerOf(name, manifests, factsOf(invocation));
    io.err(typable(renderLines(unreadableLines(answer), { isColoured: false }), invocation.program));
    if (format !== undefined) io.out(formatStructured(answer, format));
    else tell(io, answer);
    return exitCodeOf(answer);
  },
};

/** That there was nothing to look at is no finding: it goes to standard error. */
function tell(io: Io, answer: CheckAnswer): void {
  if (isNothing(answer)) io.err(renderLines(checkLines(answer), { isColoured: false }));
  else io.out(renderLines(checkLines(answer), { isColoured: isColoured(io) }));
}

/** Documents of ours hold no pods: what is rendered of them does. With nothing beside them there is nothing to check. */
function tellOwnDocuments(invocation: Invocation, name: string, manifests: ManifestFile): void {
  const { objects, problems } = manifests;
  const told = objects.flatMap((object, index) => {
    if (!isOwn(object)) return [];
    return [`${name}:${manifests.lineOf(index, [])}: ${ownDocument(object.kind, invocation.text('file') ?? name)}`];
  });
  if (told.length === 0) return;
  if (told.length === objects.length && problems.length === 0) {
    throw new CliError(exitCodes.invalid, told.join('\n'));
  }
  for (const line of told) invocation.io.err(`${typable(line, invocation.program)}\n`);
}

const [ownGroup] = API_VERSION.split('/');

/** Of any version. */
function isOwn(object: unknown): object is { readonly kind: unknown } {
  return (
    typeof object === 'object' &&
    object !== null &&
    'kind' in object &&
    'apiVersion' in object &&
    String(object.apiVersion).startsWith(`${ownGroup}/`)
  );
}

/** What no manifest says. */
function factsOf(invocation: Invocation): CheckFacts {
  const text = invocation.text('spare-gpus');
  if (text === undefined) return {};
  if (!/^\d+$/.test(text)) throw usageError(`--spare-gpus ${text}: must be a whole number from 0`);
  return { spareGpus: Number(text) };
}

/** Our own documents are not counted among the objects that were looked at. */
function answerOf(file: string, manifests: ManifestFile, facts: CheckFacts): CheckAnswer {
  const { findings, serverCount } = inspectObjects(manifests.objects, facts);
  const unreadable = manifests.problems.map(
    ({ line, message, fix }): ToldFinding => ({ file, line, severity: 'error', rule: unreadableRule, message, fix }),
  );
  const told = findings.map((finding) => toldFinding(file, manifests, finding));
  return {
    file,
    objects: manifests.objects.filter((object) => !isOwn(object)).length,
    servers: serverCount,
    // Equal lines keep the order of their severity.
    findings: [...unreadable, ...told].toSorted((left, right) => left.line - right.line),
  };
}

function toldFinding(file: string, manifests: ManifestFile, { at, word, ...finding }: Finding): ToldFinding {
  const { rule, severity, object, message, fix } = finding;
  const line = manifests.lineOf(at.object, at.path, word);
  return { file, line, severity, rule, object, path: formatPath(at.path), message, fix };
}

/** Warnings end with 0: a pipeline that stops at them would soon be told to ignore everything. */
function exitCodeOf({ findings, objects }: CheckAnswer): ExitCode {
  if (findings.some(({ severity }) => severity === 'error')) return exitCodes.invalid;
  // A file without a single object is not what was meant.
  return objects === 0 ? exitCodes.invalid : exitCodes.ok;
}
