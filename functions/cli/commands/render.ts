/** Turns a ServingStack into the Kubernetes objects that serve it; without a deployment, a connection or a cluster. */
import { checkObjects } from '#manifests/checks/check-objects.ts';
import { toYaml } from '#manifests/kubernetes/yaml.ts';
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { explainObjects } from '#manifests/serving/explain.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { stackOf } from '#shared/documents/serving-stack/parse.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';
import { type Command, fileOption, formatOf, type Invocation, outputOption } from '../command.ts';
import { readValidStack } from '../documents.ts';
import { CliError, type ExitCode, exitCodes } from '../exit.ts';
import { isColoured, type Io } from '../io.ts';
import { formatStructured } from '../output.ts';
import { renderLines } from '../text/line.ts';
import { explanationLines } from '../views/explanations.ts';

/** Sentences longer than this are hard to read. */
const MAX_COLUMNS = 100;

export const render: Command = {
  name: 'render',
  summary: 'print the Kubernetes objects of a ServingStack; needs no connection and changes nothing',
  usage: '-f FILE [--cluster FILE] [--explain] [-o json|yaml]',
  maxPositionals: 0,
  options: {
    file: fileOption,
    cluster: { value: 'FILE', summary: 'the Cluster that it is for: says its machine, pool and project' },
    explain: { summary: 'tell why each value that is no default is there, and where that is written' },
    output: outputOption,
  },
  notes: [
    'The namespace is not made unless the document asks for it (safety.createNamespace). As json the objects are one List; with --explain,',
    'objects and explanations.',
  ],
  examples: [
    ['inferctl render -f stack.yaml | kubectl apply -f -', 'serve it'],
    ['inferctl render -f stack.yaml --explain', 'with the reason and source of every value'],
  ],
  async run(invocation) {
    const stack = stackOf(await readValidStack(invocation), servingCatalogue);
    const objects = renderStack(stack);
    refuseFaults(objects);
    return invocation.flag('explain') ? explain(invocation, stack, objects) : print(invocation, objects);
  },
};

/** What we write ourselves has to pass what we find in manifests of others. */
function refuseFaults(objects: readonly Applied[]): void {
  const faults = checkObjects(objects).filter(({ severity }) => severity === 'error');
  if (faults.length === 0) return;
  const lines = faults.map(({ rule, object, message }) => `${object}: ${message} (${rule})`);
  throw new CliError(
    exitCodes.bug,
    ['a bug of inferctl: what it renders of this document would not work:', ...lines].join('\n'),
  );
}

function print(invocation: Invocation, objects: readonly Applied[]): ExitCode {
  const isJson = formatOf(invocation) === 'json';
  const list = { apiVersion: 'v1', kind: 'List', items: objects };
  invocation.io.out(isJson ? formatStructured(list, 'json') : toYaml(objects));
  return exitCodes.ok;
}

function explain(invocation: Invocation, stack: Stack, objects: readonly Applied[]): ExitCode {
  const { io } = invocation;
  const { explanations } = explainObjects(stack, objects);
  const format = formatOf(invocation);
  const lines = () => renderLines(explanationLines(explanations, columnsOf(io)), { isColoured: isColoured(io) });
  io.out(format === undefined ? lines() : formatStructured({ objects, explanations }, format));
  return exitCodes.ok;
}

function columnsOf(io: Io): number {
  return io.isTerminal ? Math.min(io.columns(), MAX_COLUMNS) : MAX_COLUMNS;
}
