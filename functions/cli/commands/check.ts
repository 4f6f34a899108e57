/** Runs the named checks over anybody's manifests. Needs no connection. */
import type { Check, Finding } from '#manifests/checks/check.ts';
import type { CheckFacts } from '#manifests/checks/check-facts.ts';
import { inspectObjects } from '#manifests/checks/check-objects.ts';
import { checks } from '#manifests/checks/checks.ts';
import { formatPath } from '#manifests/checks/place.ts';
import { type Command, fileOption, formatOf, type Invocation, outputOption } from '../command.ts';
import { readFileOption } from '../documents.ts';
import { type ExitCode, exitCodes, usageError } from '../exit.ts';
import { isColoured } from '../io.ts';
import { type ManifestFile, readManifests } from '../manifest-file.ts';
import { formatStructured } from '../output.ts';
import { renderLines } from '../text/line.ts';
import { type CheckAnswer, checkLines, checkTable, type ToldFinding } from '../views/check.ts';

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
    'severity, rule and fix. An error ends it with 2; with warnings alone it ends with 0. Nothing is said about what is not in the file.',
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
    const answer = answerOf(name, readManifests(text), factsOf(invocation));
    io.out(
      format === undefined
        ? renderLines(checkLines(answer), { isColoured: isColoured(io) })
        : formatStructured(answer, format),
    );
    return exitCodeOf(answer);
  },
};

function factsOf(invocation: Invocation): CheckFacts {
  const text = invocation.text('spare-gpus');
  if (text === undefined) return {};
  if (!/^\d+$/.test(text)) throw usageError(`--spare-gpus ${text}: must be a whole number from 0`);
  return { spareGpus: Number(text) };
}

function answerOf(file: string, manifests: ManifestFile, facts: CheckFacts): CheckAnswer {
  const { findings, serverCount } = inspectObjects(manifests.objects, facts);
  const unreadable = manifests.problems.map(
    ({ line, message, fix }): ToldFinding => ({ file, line, severity: 'error', rule: 'readable', message, fix }),
  );
  const told = findings.map((finding) => toldFinding(file, manifests, finding));
  return {
    file,
    objects: manifests.objects.length,
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

function exitCodeOf({ findings, objects }: CheckAnswer): ExitCode {
  if (findings.some(({ severity }) => severity === 'error')) return exitCodes.invalid;
  // A file without a single object is not what was meant.
  return objects === 0 ? exitCodes.invalid : exitCodes.ok;
}
