/** What the story must know of the `ModelService` document that it publishes; whether it is valid is for `inferctl apply` to say. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { mapsAt, numberAt, textAt } from '../../kubernetes/objects.ts';
import type { JsonMap } from '../../world/json.ts';

export type StoryRole = 'prefill' | 'decode';

export interface ServiceStory {
  readonly file: string;
  readonly name: string;
  readonly namespace: string;
  readonly cluster: string;
  /** `model/<cluster>/<namespace>/<name>`. */
  readonly target: string;
  readonly servedModelName: string;
  readonly nodePool: string;
  readonly gpusPerReplica: number;
  readonly sizes: Readonly<Record<StoryRole, { readonly min: number; readonly max: number }>>;
  readonly objectives: { readonly ttftSeconds: number; readonly tpotSeconds: number };
}

/** Throws where the document is none that this story can be told of. */
export function readServiceStory(file: string): ServiceStory {
  const document = parse(readFileSync(file, 'utf8')) as JsonMap; // YAML without tags is JSON
  /** Neither an empty text nor a zero makes sense in any of these fields. */
  const need = <T extends string | number>(value: T, field: string): T => {
    if (value !== '' && value !== 0) return value;
    throw new Error(`reading ${file}: the story needs ${field}`);
  };
  const text = (...path: readonly string[]) => need(textAt(document, ...path), path.join('.'));
  const number = (...path: readonly string[]) => need(numberAt(document, ...path), path.join('.'));
  const roles = mapsAt(document, 'spec', 'roles');
  const roleOf = (name: StoryRole): JsonMap => roles.find(({ role }) => role === name) ?? {};
  const decode = roleOf('decode');
  const name = text('metadata', 'name');
  const namespace = text('spec', 'namespace');
  const cluster = text('spec', 'cluster', 'name');
  return {
    file,
    name,
    namespace,
    cluster,
    target: `model/${cluster}/${namespace}/${name}`,
    servedModelName: text('spec', 'servedModelName'),
    nodePool: need(textAt(decode, 'nodePool'), 'the node pool of a decode role'),
    gpusPerReplica: need(numberAt(decode, 'gpusPerReplica'), 'gpusPerReplica of a decode role'),
    sizes: { prefill: sizeOf(roleOf('prefill')), decode: sizeOf(decode) },
    objectives: {
      ttftSeconds: number('spec', 'slo', 'ttftP90Seconds'),
      tpotSeconds: number('spec', 'slo', 'tpotP90Seconds'),
    },
  };
}

function sizeOf(role: JsonMap): { readonly min: number; readonly max: number } {
  return { min: numberAt(role, 'size', 'min'), max: numberAt(role, 'size', 'max') };
}
