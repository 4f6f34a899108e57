/** The stacks of `manifests/examples/stacks`: each a document as a user writes it, and beside it the objects that it becomes. */
import { readdirSync, readFileSync } from 'node:fs';
import { toYaml } from '#manifests/kubernetes/yaml.ts';
import { renderStack } from '#manifests/serving/render.ts';
import { servingCatalogue } from '#manifests/serving/stack-facts.ts';
import { formatProblem } from '#shared/documents/index.ts';
import { parseServingStackText, stackOf } from '#shared/documents/serving-stack/parse.ts';
import type { Stack } from '#shared/domain/serving/resolved-stack.ts';

const folder = new URL('../../manifests/examples/stacks/', import.meta.url);
const OBJECTS = '.objects.yaml';
const DOCUMENT = '.yaml';

/** Without their endings, in order. */
export const exampleNames = namesOf((file) => file.endsWith(DOCUMENT) && !file.endsWith(OBJECTS), DOCUMENT);

/** Texts of objects that no document makes any more are among them. */
export const objectsNames = namesOf((file) => file.endsWith(OBJECTS), OBJECTS);

function namesOf(isOne: (file: string) => boolean, ending: string): readonly string[] {
  return readdirSync(folder)
    .filter(isOne)
    .map((file) => file.slice(0, -ending.length))
    .toSorted();
}

export function objectsFile(name: string): URL {
  return new URL(`${name}${OBJECTS}`, folder);
}

/** Its message is for who wrote the document: every problem of it. */
export class InvalidExample extends Error {}

export function exampleStack(name: string): Stack {
  const text = readFileSync(new URL(`${name}${DOCUMENT}`, folder), 'utf8');
  const parsed = parseServingStackText(text, servingCatalogue);
  if (!parsed.ok) throw new InvalidExample([`reading ${name}:`, ...parsed.problems.map(formatProblem)].join('\n  '));
  return stackOf(parsed.content, servingCatalogue);
}

/** What `inferctl render -f` prints of it. */
export function renderedExample(name: string): string {
  return toYaml(renderStack(exampleStack(name)));
}
