/** What `inferctl render` does; apart from the command, so that the others do not load all builders. */
import { checkObjects } from '#manifests/checks/check-objects.ts';
import type { Applied } from '#manifests/kubernetes/wire.ts';
import { toYaml } from '#manifests/kubernetes/yaml.ts';
import { explainObjects } from '#manifests/serving/explain.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { stackOf } from '#shared/documents/serving-stack/parse.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';
import { formatOf, type Invocation } from './command.ts';
import { CliError, type ExitCode, exitCodes } from './exit.ts';
import { columnsUpTo, isColoured } from './io.ts';
import { formatStructured } from './output.ts';
import { readValidStack } from './stack-documents.ts';
import { renderLines } from './text/line.ts';
import { explanationLines } from './views/explanations.ts';

/** Sentences longer than this are hard to read. */
const MAX_COLUMNS = 100;

export async function renderAsked(invocation: Invocation): Promise<ExitCode> {
  const stack = stackOf(await readValidStack(invocation), servingCatalogue);
  const objects = renderStack(stack);
  refuseFaults(objects);
  return invocation.flag('explain') ? explain(invocation, stack, objects) : print(invocation, objects);
}

/** What we write ourselves has to pass what we find in manifests of others. */
export function refuseFaults(objects: readonly Applied[]): void {
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
  const lines = () =>
    renderLines(explanationLines(explanations, columnsUpTo(MAX_COLUMNS, io)), { isColoured: isColoured(io) });
  io.out(format === undefined ? lines() : formatStructured({ objects, explanations }, format));
  return exitCodes.ok;
}
