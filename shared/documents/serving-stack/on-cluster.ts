/** A stack whose hardware and project are those of a cluster, so that they need not be written twice. */
import type { ClusterDocument } from '../../domain/cluster.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import type { Problem } from '../../domain/problem.ts';
import { hardwareOf } from '../../domain/serving/hardware-of-cluster.ts';

export interface StackOnCluster {
  /** The document with what the cluster says and it left out. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/** `value`: parsed JSON of any form; what is wrong with the form is for the schema to say. */
export function onCluster(value: unknown, cluster: ClusterDocument): StackOnCluster {
  const document = value as Json | undefined; // read from JSON or YAML: nothing else can stand there
  const spec = isJsonObject(document) ? document['spec'] : undefined;
  if (!isJsonObject(document) || !isJsonObject(spec)) return { value, problems: [] };
  const written = spec['hardware'] ?? {};
  if (!isJsonObject(written)) return { value, problems: [] };
  const pool = written['nodePool'];
  const found = hardwareOf(cluster, typeof pool === 'string' ? pool : undefined);
  if ('problem' in found) return { value, problems: [noSuchPool(pool, cluster, found.problem)] };
  const { project = cluster.spec.project } = spec;
  const hardware = { ...found.hardware, ...written };
  return {
    value: { ...document, spec: { ...spec, project, hardware } },
    problems: contradictions(spec, written, { cluster, machineType: found.hardware.machineType }),
  };
}

function noSuchPool(pool: Json | undefined, cluster: ClusterDocument, reason: string): Problem {
  const pools = cluster.spec.gpuPools.map(({ name }) => name);
  const rule = `must name a pool of the cluster ${cluster.metadata.name}, which ${reason}`;
  return { field: 'spec.hardware.nodePool', value: pool, rule, fix: `use ${pools.join(' or ')}` };
}

/** What is written twice must be the same: nobody could tell which of the two is meant. */
function contradictions(
  spec: JsonObject,
  hardware: JsonObject,
  { cluster, machineType }: { readonly cluster: ClusterDocument; readonly machineType: string },
): readonly Problem[] {
  const pairs = [
    { field: 'spec.project', written: spec['project'], there: cluster.spec.project },
    { field: 'spec.hardware.machineType', written: hardware['machineType'], there: machineType },
  ];
  return pairs.flatMap(({ field, written: value, there }) => {
    if (value === undefined || value === there) return [];
    const rule = `must be that of the cluster ${cluster.metadata.name}: ${there}`;
    return [{ field, value, rule, fix: 'remove it' }];
  });
}
