/** A stack whose hardware, project and cluster's name are those of a cluster, so that they need not be written twice. */
import type { ClusterDocument } from '../../domain/cluster.ts';
import { isJsonObject, type Json, type JsonObject } from '../../domain/json.ts';
import type { Problem } from '../../domain/problem.ts';
import type { ServingStackDocument } from '../../domain/serving/stack.ts';
import { hardwareOf } from '../../domain/serving/hardware-of-cluster.ts';
import { compareVersions } from '../../domain/version.ts';
import { asJson } from '../as-json.ts';

export interface StackOnCluster {
  /** The document with what the cluster says and it left out. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
}

/** `value`: parsed JSON of any form; what is wrong with the form is for the schema to say. */
export function onCluster(value: unknown, cluster: ClusterDocument): StackOnCluster {
  const document = asJson(value);
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
    value: { ...document, spec: { ...spec, project, hardware, ...scaledOn(spec, cluster) } },
    problems: contradictions(spec, written, { cluster, machineType: found.hardware.machineType }),
  };
}

/** Queries of a scaler name the cluster. */
function scaledOn({ autoscaling }: JsonObject, { metadata }: ClusterDocument): JsonObject {
  return isJsonObject(autoscaling) ? { autoscaling: { cluster: metadata.name, ...autoscaling } } : {};
}

/** GKE installs the definition of InferencePool v1 since (llm-d documentation, "GKE" of resources/gateway). */
const HAS_INFERENCE_POOLS = '1.34.0-gke.1626000';

/** What the stack needs of a cluster beyond its nodes; a version that is left to the release channel is not known here. */
export function clusterWarnings({ spec }: ServingStackDocument, cluster: ClusterDocument): readonly Problem[] {
  const { version } = cluster.spec;
  if (spec.gateway === undefined || version === undefined || (compareVersions(version, HAS_INFERENCE_POOLS) ?? 0) >= 0)
    return [];
  const rule = `needs InferencePool v1, which GKE installs from ${HAS_INFERENCE_POOLS}: the cluster ${cluster.metadata.name} has ${version}`;
  const fix =
    'move the cluster to a newer version, or install the definitions of gateway-api-inference-extension by hand';
  return [{ field: 'spec.gateway', value: '(set)', rule, fix }];
}

function noSuchPool(pool: Json | undefined, cluster: ClusterDocument, reason: string): Problem {
  const pools = cluster.spec.gpuPools.map(({ name }) => name);
  const rule = `must name a pool of the cluster ${cluster.metadata.name}, which ${reason}`;
  return { field: 'spec.hardware.nodePool', value: pool, rule, fix: `use ${pools.join(' or ')}` };
}

function scaledElsewhere({ autoscaling }: JsonObject, { metadata }: ClusterDocument) {
  if (!isJsonObject(autoscaling)) return [];
  return [{ field: 'spec.autoscaling.cluster', written: autoscaling['cluster'], there: metadata.name }];
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
    ...scaledElsewhere(spec, cluster),
  ];
  return pairs.flatMap(({ field, written: value, there }) => {
    if (value === undefined || value === there) return [];
    const rule = `must be that of the cluster ${cluster.metadata.name}: ${there}`;
    return [{ field, value, rule, fix: 'remove it' }];
  });
}
