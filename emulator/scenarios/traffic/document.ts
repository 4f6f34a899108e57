/** What the story must know of the `ModelService` document that it publishes; whether it is valid is for `inferctl apply` to say. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { listOf, mapOf, numberOf, textOf } from '../../delivery/json-fields.ts';
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
  const document: unknown = parse(readFileSync(file, 'utf8'));
  const fail = (field: string): never => {
    throw new Error(`reading ${file}: the story needs ${field}`);
  };
  const root = isMap(document) ? document : fail('a document');
  const spec = mapOf(root, 'spec') ?? fail('spec');
  const roles = listOf(spec, 'roles');
  const roleOf = (name: StoryRole): JsonMap =>
    roles.find((role) => textOf(role, 'role') === name) ?? fail(`a role ${name}`);
  const name = textOf(mapOf(root, 'metadata') ?? {}, 'name') ?? fail('metadata.name');
  const namespace = textOf(spec, 'namespace') ?? fail('spec.namespace');
  const cluster = textOf(mapOf(spec, 'cluster') ?? {}, 'name') ?? fail('spec.cluster.name');
  const slo = mapOf(spec, 'slo') ?? fail('spec.slo');
  return {
    file,
    name,
    namespace,
    cluster,
    target: `model/${cluster}/${namespace}/${name}`,
    servedModelName: textOf(spec, 'servedModelName') ?? fail('spec.servedModelName'),
    nodePool: textOf(roleOf('decode'), 'nodePool') ?? fail('a node pool'),
    gpusPerReplica: numberOf(roleOf('decode'), 'gpusPerReplica') ?? fail('gpusPerReplica'),
    sizes: { prefill: sizeOf(roleOf('prefill')), decode: sizeOf(roleOf('decode')) },
    objectives: {
      ttftSeconds: numberOf(slo, 'ttftP90Seconds') ?? fail('spec.slo.ttftP90Seconds'),
      tpotSeconds: numberOf(slo, 'tpotP90Seconds') ?? fail('spec.slo.tpotP90Seconds'),
    },
  };
}

function sizeOf(role: JsonMap): { readonly min: number; readonly max: number } {
  const size = mapOf(role, 'size') ?? {};
  return { min: numberOf(size, 'min') ?? 0, max: numberOf(size, 'max') ?? 0 };
}

function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
